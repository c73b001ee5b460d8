# %% [markdown] answer={"fails": {"test_im2col": "each row must have all channels of a place side by side", "test_im2col_strides": "im2col of images (1, 5, 5, 2), kernel_size=3, strides=2, padding=0 is wrong in"}}
# Leaves the axes as `sliding_window_view` gives them.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(
        x, (kernel_size, kernel_size), axis=(1, 2)
    )[:, ::strides, ::strides]
    return view.reshape(-1, kernel_size**2 * x.shape[-1])


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    from keras import ops

    return ops.conv(x, kernel, strides, padding) + bias
