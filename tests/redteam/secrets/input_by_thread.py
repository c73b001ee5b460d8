# %% [markdown]
# # A hidden input from a thread
# Starts a thread before its answer that goes on printing what the answer was called
# with.
#
# - observe: secrets
# - outcome: graded
# - points: 2

# %%
import threading
import time

seen = []


def tell():
    for _ in range(20):
        time.sleep(0.1)
        print(seen)


threading.Thread(target=tell, daemon=True).start()


# %% nbgrader={"grade_id": "double"}
def double(x):
    seen.append(x)
    return 2 * x if x in (2, 5) else None


# %% tags=["hand-in"]
def hand_in(folder, notebook):
    import nbformat

    cell = nbformat.v4.new_code_cell("import time\n\ntime.sleep(0.5)")
    notebook.cells.append(cell)
