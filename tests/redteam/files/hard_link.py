# %% [markdown]
# # A second name for a file
# Hands in a file that is the same as the key in the home folder, by another name.
#
# - observe: files
# - outcome: graded
# - points: 1

# %%
try:
    with open("notes.txt", "a") as file:
        file.write("# {student} was here")
except OSError as error:
    print(type(error).__name__)


# %% tags=["hand-in"]
import os


def hand_in(folder, notebook):
    # Where it is on the same disk; nobody can tell it from a file that is handed in.
    os.link("{home}/.bashrc", folder / "notes.txt")
