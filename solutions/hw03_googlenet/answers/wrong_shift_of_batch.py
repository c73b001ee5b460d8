# %% [markdown] answer={"fails": {"test_shift_change": "moved among each other"}}
# Counts the axes from 0 and moves the batch.


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    moved = np.roll(x, shift, axis=(0, 1))
    change = ops.convert_to_numpy(model(moved)) - ops.convert_to_numpy(model(x))
    return float(np.abs(change).max())
