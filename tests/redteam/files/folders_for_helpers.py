# %% [markdown]
# # Folders where files belong
# Hands in folders with the names of its notebook and of files, and paths as long as a
# system allows.
#
# - observe: outcome, batch
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import os


def hand_in(folder, notebook):
    for name in ("{assignment}.ipynb.d", "timestamp.txt", "helper.py", "data"):
        (folder / name).mkdir()
        (folder / name / "x.csv").write_text("1")
    deep = os.fsencode(folder)
    for letter in b"abcdefghijklm":
        deep = os.path.join(deep, bytes([letter]) * 250)
        os.mkdir(deep)
        with open(os.path.join(deep, b"x.csv"), "w") as file:
            file.write("1")
