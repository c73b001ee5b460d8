# %% [markdown]
# # A huge notebook
# Hands in a notebook of 30 MB.
#
# - observe: outcome, batch, size
# - outcome: unreadable
# - points: 0

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    notebook.cells[0].source += "x" * 30_000_000
