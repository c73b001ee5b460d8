# %% [markdown]
# # A pipe for the date
# Hands in a named pipe where the date of handing in is read.
#
# - observe: batch, outcome
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import os


def hand_in(folder, notebook):
    os.mkfifo(folder / "timestamp.txt")
