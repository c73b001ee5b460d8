# %% [markdown]
# # Somebody else's notebook
# Hands in a link to another student's notebook in place of its own.
#
# - observe: points, outcome
# - outcome: missing or unreadable
# - points: 0

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    (folder / "{assignment}.ipynb").symlink_to("{other}/{assignment}.ipynb")
