# %% [markdown]
# # Links in a circle
# Hands in folders that are links to each other and to what holds them.
#
# - observe: batch, outcome
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    (folder / "a").mkdir()
    (folder / "a" / "b").symlink_to(folder)
    (folder / "x").symlink_to("y")
    (folder / "y").symlink_to("x")
