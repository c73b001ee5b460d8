# %% [markdown]
# # Tests before all code
# Puts its cells in the opposite order and repeats the tests, changed, behind.
#
# - observe: points, outcome
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import copy


def hand_in(folder, notebook):
    cells = notebook.cells[::-1]
    for cell in list(cells):
        if cell.metadata.get("nbgrader", {}).get("grade"):
            easy = copy.deepcopy(cell)
            easy.metadata.clear()
            easy.update(id=f"{cell['id']}-easy", source="assert True")
            cells.append(easy)
    notebook.cells[:] = cells
