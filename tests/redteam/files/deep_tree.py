# %% [markdown]
# # Folders without end
# Hands in four hundred folders in each other: the path is longer than a path may be.
#
# - observe: batch, outcome
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import os


def hand_in(folder, notebook):
    here = os.getcwd()
    os.chdir(folder)
    try:
        for _ in range(400):
            os.mkdir("d" * 20)
            os.chdir("d" * 20)
        with open("deep.txt", "w") as file:
            file.write("deep")
    finally:
        os.chdir(here)
