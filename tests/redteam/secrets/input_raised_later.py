# %% [markdown]
# # A hidden input in a later error
# Keeps what its answer is called with, and raises it behind the tests, as if it had met
# a limit.
#
# - observe: secrets
# - outcome: graded
# - points: 2

# %%
seen = []


class CellTimeout(Exception):  # noqa: N818
    pass


# %% nbgrader={"grade_id": "double"}
def double(x):
    seen.append(x)
    return 2 * x if x in (2, 5) else None


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    import nbformat

    cell = nbformat.v4.new_code_cell(
        "raise CellTimeout(f'cell {seen} ran over 3 s of CPU time')"
    )
    notebook.cells.append(cell)
