# %% [markdown] answer={"fails": {"test_integer_conv_zero": "the dtype of integer_conv is 'float32'"}}
# Computes in float32, which is not exact for large sums.


# %% nbgrader={"grade_id": "integer_conv"}
def integer_conv(x, zero_point, kernel, strides=1):
    x = x.astype("float32") - zero_point
    return ops.convert_to_numpy(ops.conv(x, kernel.astype("float32"), strides, "valid"))
