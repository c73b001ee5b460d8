# %% [markdown]
# # Folders that nobody may enter
# Hands in folders and files beside its notebook that may not be opened, entered or read.
#
# - observe: outcome, batch
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import os


def hand_in(folder, notebook):
    for mode in (0o000, 0o111, 0o444):
        (folder / f"closed{mode}").mkdir()
        (folder / f"closed{mode}").chmod(mode)
        (folder / f"file{mode}.csv").touch()
        (folder / f"file{mode}.csv").chmod(mode)
    for name in (b"r\xe9sum\xe9.csv", b"[bold]\\[.csv", b"two\nlines.csv"):
        with open(os.path.join(os.fsencode(folder), name), "w") as file:
            file.write("1")
