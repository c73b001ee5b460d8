# %% [markdown] answer={"fails": {"test_integer_conv_zero": "sums of 3600 products is wrong"}}
# Adds in float32, which is not exact for large sums.


# %% nbgrader={"grade_id": "integer_conv"}
def integer_conv(x, zero_point, kernel, strides=1):
    x = x.astype("float32") - zero_point
    sums = ops.conv(x, kernel.astype("float32"), strides, "valid")
    return ops.convert_to_numpy(sums).astype("int32")
