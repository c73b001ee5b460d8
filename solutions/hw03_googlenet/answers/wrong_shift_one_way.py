# %% [markdown] answer={"fails": {"test_shift_change": "it moves down only"}}
# Moves down only.


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    moved = np.roll(x, shift[0], axis=1)
    change = ops.convert_to_numpy(model(moved)) - ops.convert_to_numpy(model(x))
    return float(np.abs(change).max())
