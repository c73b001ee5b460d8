# %% [markdown]
# # Cells without end
# Hands in a notebook of three thousand cells that each print.
#
# - observe: outcome, batch
# - outcome: graded or timeout
# - points: 1

# %%
print("nothing to see")


# %% tags=["hand-in"]
import nbformat


def hand_in(folder, notebook):
    text = "print(1)"
    for number in range(3000):
        cell = nbformat.v4.new_code_cell(text, id=f"cell-{number}")
        notebook.cells.append(cell)
