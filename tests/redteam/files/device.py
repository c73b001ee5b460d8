# %% [markdown]
# # A device without end
# Hands in a device that is read for ever; a socket where making one is refused.
#
# - observe: batch, size, outcome
# - outcome: graded
# - points: 1
# - stock: copying it would fill the disk

# %%
print("nothing to see")


# %% tags=["hand-in"]
import os
import stat


def hand_in(folder, notebook):
    try:
        os.mknod(folder / "data.csv", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    except OSError:
        os.mknod(folder / "data.csv", stat.S_IFSOCK | 0o666)
