# %% [markdown] answer={"fails": {"test_shift_change": "is signed"}}
# Forgets the absolute value.


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    moved = np.roll(x, shift, axis=(1, 2))
    change = ops.convert_to_numpy(model(moved)) - ops.convert_to_numpy(model(x))
    return float(change.max())
