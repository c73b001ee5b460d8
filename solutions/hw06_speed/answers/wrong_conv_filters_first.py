# %% [markdown] answer={"fails": {"test_conv2d": "stand in the wrong places", "test_conv2d_strides": "is wrong in", "test_conv2d_same": "is wrong in"}}
# Multiplies with the kernel on the left and reshapes without moving the axes.


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    from keras import ops

    right = np.array(ops.conv(x, kernel, strides, padding) + bias)
    return np.moveaxis(right, -1, 0).reshape(right.shape)
