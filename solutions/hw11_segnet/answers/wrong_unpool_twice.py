# %% [markdown] answer={"fails": {"test_unpool": "unpool of (1, 1, 3, 1) to 3×5 has shape"}}
# The result is always twice as large.


# %% nbgrader={"grade_id": "unpool"}
def unpool(values, indices, height, width):
    n, rows, columns, channels = values.shape
    flat = np.zeros((n, 4 * rows * columns, channels), values.dtype)
    places = indices.reshape(n, -1, channels) % flat.shape[1]
    np.put_along_axis(flat, places, values.reshape(n, -1, channels), axis=1)
    return flat.reshape(n, 2 * rows, 2 * columns, channels)
