# %% [markdown] answer={"fails": {"test_shift_change": "down and right are swapped"}}
# Takes the first number for the horizontal one.


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    moved = np.roll(x, shift, axis=(2, 1))
    change = ops.convert_to_numpy(model(moved)) - ops.convert_to_numpy(model(x))
    return float(np.abs(change).max())
