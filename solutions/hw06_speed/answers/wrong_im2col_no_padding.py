# %% [markdown] answer={"fails": {"test_im2col_strides": "the padding is ignored"}}
# Never pads.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    rows = [
        x[n, i : i + kernel_size, j : j + kernel_size].ravel()
        for n in range(len(x))
        for i in range(0, x.shape[1] - kernel_size + 1, strides)
        for j in range(0, x.shape[2] - kernel_size + 1, strides)
    ]
    return np.stack(rows)
