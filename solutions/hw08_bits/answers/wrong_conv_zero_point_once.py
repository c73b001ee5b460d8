# %% [markdown] answer={"fails": {"test_integer_conv_zero": "the zero point is subtracted from each sum"}}
# Subtracts the zero point from the result.


# %% nbgrader={"grade_id": "integer_conv"}
def integer_conv(x, zero_point, kernel, strides=1):
    size, filters = kernel.shape[0], kernel.shape[-1]
    view = np.lib.stride_tricks.sliding_window_view(
        x.astype("int32"), (size, size), axis=(1, 2)
    )
    view = view[:, ::strides, ::strides].transpose(0, 1, 2, 4, 5, 3)
    rows = view.reshape(*view.shape[:3], -1)
    return rows @ kernel.reshape(-1, filters).astype("int32") - zero_point
