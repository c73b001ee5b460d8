# %% [markdown]
# # Files without end
# Hands in ten thousand files in a hundred folders.
#
# - observe: batch, size
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    for number in range(100):
        (folder / f"d{number}").mkdir()
        for part in range(100):
            (folder / f"d{number}" / f"{part}.txt").touch()
