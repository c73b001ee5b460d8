# %% [markdown]
# # A pipe
# Hands in a named pipe: whoever opens it waits for ever.
#
# - observe: batch, outcome
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import os


def hand_in(folder, notebook):
    os.mkfifo(folder / "data.csv")
