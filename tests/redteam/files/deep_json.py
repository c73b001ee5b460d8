# %% [markdown]
# # Lists in lists
# Hands in a file of a hundred thousand brackets.
#
# - observe: outcome, batch
# - outcome: unreadable
# - points: 0

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    (folder / "{assignment}.ipynb").write_text("[" * 100_000)
