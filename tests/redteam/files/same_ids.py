# %% [markdown]
# # Cells with the ids of tests
# Hands in each of its tests three times, and cells of one id.
#
# - observe: points, outcome
# - outcome: graded
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import copy


def hand_in(folder, notebook):
    copies = [copy.deepcopy(c) for c in notebook.cells if c.metadata.get("nbgrader")]
    for cell in copies * 2:
        cell["source"] = "pass" if cell.cell_type == "code" else cell.source
        cell["id"] = "same"
        notebook.cells.append(copy.deepcopy(cell))
