# %% [markdown] answer={"fails": {"test_integer_conv_zero": "wrapped around in 16 bits"}}
# Adds in 16 bits.


# %% nbgrader={"grade_id": "integer_conv"}
def integer_conv(x, zero_point, kernel, strides=1):
    size, filters = kernel.shape[0], kernel.shape[-1]
    x = x.astype("int16") - np.int16(zero_point)
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    view = view[:, ::strides, ::strides].transpose(0, 1, 2, 4, 5, 3)
    rows = view.reshape(*view.shape[:3], -1)
    return rows @ kernel.reshape(-1, filters).astype("int16")
