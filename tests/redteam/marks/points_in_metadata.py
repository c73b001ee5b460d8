# %% [markdown]
# # Points that the student sets
# Writes a hundred points into the metadata of its own visible test, and unlocks it.
#
# - observe: points
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    for cell in notebook.cells:
        declared = cell.metadata.get("nbgrader", {})
        if declared.get("grade_id") == "test_triple":
            declared.update(points=100, locked=False, solution=True)
