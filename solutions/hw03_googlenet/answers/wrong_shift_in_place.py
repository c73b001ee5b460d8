# %% [markdown] answer={"fails": {"test_shift_change": "the images given to shift_change changed"}}
# Moves the images that it is given.


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    before = ops.convert_to_numpy(model(x))
    x[...] = np.roll(x, shift, axis=(1, 2))
    return float(np.abs(ops.convert_to_numpy(model(x)) - before).max())
