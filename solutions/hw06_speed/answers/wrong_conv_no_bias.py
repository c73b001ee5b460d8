# %% [markdown] answer={"fails": {"test_conv2d": "the bias is missing"}}
# Forgets the bias.


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    from keras import ops

    return ops.conv(x, kernel, strides, padding)
