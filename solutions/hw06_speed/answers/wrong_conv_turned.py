# %% [markdown] answer={"fails": {"test_conv2d": "the kernel is turned around"}}
# Turns the kernel around, as mathematics defines a convolution.


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    from keras import ops

    return ops.conv(x, kernel[::-1, ::-1].copy(), strides, padding) + bias
