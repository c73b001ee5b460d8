# %% [markdown] answer={"fails": {"test_im2col": "all channels of a place must stand side by side"}}
# Leaves the axes as `sliding_window_view` gives them.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(
        x, (kernel_size, kernel_size), axis=(1, 2)
    )[:, ::strides, ::strides]
    return view.reshape(-1, kernel_size**2 * x.shape[-1])
