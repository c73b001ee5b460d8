# %% [markdown] answer={"fails": {"test_shift_change": "it moves up and to the left"}}
# Reads each pixel from where it should go.


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    height, width = x.shape[1:3]
    rows = (np.arange(height) + shift[0]) % height
    columns = (np.arange(width) + shift[1]) % width
    moved = x[:, rows][:, :, columns]
    return np.abs(model.predict(moved, verbose=0) - model.predict(x, verbose=0)).max()
