# %% [markdown]
# # A file of gigabytes
# Hands in an empty file of 250 MB that takes no place until it is copied.
#
# - observe: size, batch
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    with (folder / "data.bin").open("wb") as file:
        file.truncate(250_000_000)
