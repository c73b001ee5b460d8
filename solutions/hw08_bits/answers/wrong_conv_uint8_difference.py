# %% [markdown] answer={"fails": {"test_integer_conv_zero": "x - zero_point wraps around: make x wider"}}
# Subtracts in uint8 before widening.


# %% nbgrader={"grade_id": "integer_conv"}
def integer_conv(x, zero_point, kernel, strides=1):
    size, filters = kernel.shape[0], kernel.shape[-1]
    x = (x - np.uint8(zero_point)).astype("int32")
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    view = view[:, ::strides, ::strides].transpose(0, 1, 2, 4, 5, 3)
    rows = view.reshape(*view.shape[:3], -1)
    return rows @ kernel.reshape(-1, filters).astype("int32")
