# %% [markdown] answer={"fails": {"test_shift_change": "the changes are averaged"}}
# Averages.


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    moved = np.roll(x, shift, axis=(1, 2))
    change = ops.convert_to_numpy(model(moved)) - ops.convert_to_numpy(model(x))
    return float(np.abs(change).mean())
