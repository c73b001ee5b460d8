# %% [markdown] answer={"fails": {"test_im2col": "the window is read column by column", "test_im2col_strides": "im2col of images (1, 5, 5, 2), kernel_size=3, strides=2, padding=0 is wrong in"}}
# Swaps the two axes of the window.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    x = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    view = np.lib.stride_tricks.sliding_window_view(
        x, (kernel_size, kernel_size), axis=(1, 2)
    )[:, ::strides, ::strides]
    return view.transpose(0, 1, 2, 5, 4, 3).reshape(-1, kernel_size**2 * x.shape[-1])


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    from keras import ops

    return ops.conv(x, kernel, strides, padding) + bias
