# %% [markdown]
# # A pipe for a notebook
# Hands in a named pipe in place of its notebook.
#
# - observe: batch, outcome
# - outcome: missing or unreadable
# - points: 0

# %%
print("nothing to see")


# %% tags=["hand-in"]
import os


def hand_in(folder, notebook):
    os.mkfifo(folder / "{assignment}.ipynb")
