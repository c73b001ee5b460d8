# %% [markdown] answer={"fails": {"test_im2col_strides": "the images alternate"}}
# Goes through the places first and the images last.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    sides = (padding, padding)
    x = np.pad(x, ((0, 0), sides, sides, (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel_size,) * 2, axis=(1, 2))
    view = view[:, ::strides, ::strides].transpose(1, 2, 0, 4, 5, 3)
    return view.reshape(-1, kernel_size**2 * x.shape[-1])
