# %% [markdown] answer={"fails": {"test_im2col_strides": "the last window of each row and column is missing"}}
# Stops one window early.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    rows = [
        x[n, i : i + kernel_size, j : j + kernel_size].ravel()
        for n in range(len(x))
        for i in range(0, x.shape[1] - kernel_size, strides)
        for j in range(0, x.shape[2] - kernel_size, strides)
    ]
    return np.array(rows).reshape(-1, kernel_size**2 * x.shape[-1])
