# %% [markdown] answer={"fails": {"test_im2col_strides": "the stride is ignored"}}
# Accepts strides and forgets them.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    rows = [
        x[n, i : i + kernel_size, j : j + kernel_size].ravel()
        for n in range(len(x))
        for i in range(x.shape[1] - kernel_size + 1)
        for j in range(x.shape[2] - kernel_size + 1)
    ]
    return np.stack(rows)
