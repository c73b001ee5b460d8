# %% [markdown]
# # Somebody else's folder
# Makes its whole submission a link to another student's folder.
#
# - observe: points, outcome
# - outcome: missing or unreadable
# - points: 0

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    folder.rmdir()
    folder.symlink_to("{other}")
