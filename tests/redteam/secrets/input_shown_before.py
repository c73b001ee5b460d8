# %% [markdown]
# # A hidden input in an earlier output
# Displays something before its answer, and changes it behind the tests.
#
# - observe: secrets
# - outcome: graded
# - points: 2

# %%
from IPython.display import display

seen = []
shown = display({"text/plain": "nothing"}, raw=True, display_id="seen")


# %% nbgrader={"grade_id": "double"}
def double(x):
    seen.append(x)
    return 2 * x if x in (2, 5) else None


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    import nbformat

    cell = nbformat.v4.new_code_cell(
        "shown.update({'text/plain': str(seen)}, raw=True)"
    )
    notebook.cells.append(cell)
