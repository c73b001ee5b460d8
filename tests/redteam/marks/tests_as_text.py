# %% [markdown]
# # Tests that are no code
# Turns its test cells into Markdown, which nobody runs.
#
# - observe: points
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in ("test_double", "test_hidden"):
            cell.cell_type = "markdown"
            del cell["outputs"], cell["execution_count"]
