# %% [markdown] answer={"fails": {"test_conv2d": "the kernel is turned around", "test_conv2d_strides": "kernel size 3, strides=2 is wrong in", "test_conv2d_same": "is wrong in"}}
# Turns the kernel around, as mathematics defines a convolution.


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    from keras import ops

    return ops.conv(x, kernel[::-1, ::-1].copy(), strides, padding) + bias
