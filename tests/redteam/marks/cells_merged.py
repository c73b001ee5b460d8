# %% [markdown]
# # All in one cell
# Merges all cells into one without metadata, in which the tests have become comments.
#
# - observe: points, outcome
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    first, *others = notebook.cells
    code = [cell.source for cell in others if cell.cell_type == "code"]
    first.source = "\n\n".join(code).replace("assert double", "# assert double")
    first.cell_type, first["outputs"], first["execution_count"] = "code", [], None
    first.metadata.clear()
    notebook.cells[1:] = []
