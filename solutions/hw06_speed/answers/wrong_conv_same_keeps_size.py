# %% [markdown] answer={"fails": {"test_conv2d_same": "the stride is ignored"}}
# Takes "same" for "the output has the input's size".


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    from keras import ops

    if padding == "same":
        strides = 1
    return ops.conv(x, kernel, strides, padding) + bias
