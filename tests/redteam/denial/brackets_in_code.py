# %% [markdown]
# # Brackets in code
# Hands in a locked cell, a test and an answer with half a million brackets behind them.
#
# - observe: outcome, batch
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    for cell in notebook.cells:
        name = cell.metadata.get("nbgrader", {}).get("grade_id")
        if name in ("setup", "test_double", "double"):
            cell.source += "\n" + "(" * 500_000
