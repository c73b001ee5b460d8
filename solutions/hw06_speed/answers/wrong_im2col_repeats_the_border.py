# %% [markdown] answer={"fails": {"test_im2col_strides": "the border is repeated"}}
# Pads with copies of the border.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    sides = (padding, padding)
    x = np.pad(x, ((0, 0), sides, sides, (0, 0)), mode="edge")
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel_size,) * 2, axis=(1, 2))
    view = view[:, ::strides, ::strides].transpose(0, 1, 2, 4, 5, 3)
    return view.reshape(-1, kernel_size**2 * x.shape[-1])
