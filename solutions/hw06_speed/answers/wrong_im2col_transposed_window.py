# %% [markdown] answer={"fails": {"test_im2col": "the window is read column by column; expected row by row"}}
# Swaps the two axes of the window.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(
        x, (kernel_size, kernel_size), axis=(1, 2)
    )[:, ::strides, ::strides]
    return view.transpose(0, 1, 2, 5, 4, 3).reshape(-1, kernel_size**2 * x.shape[-1])
