# %% [markdown] answer={"fails": {"test_conv2d": "all numbers are there, in the wrong places"}}
# Multiplies with the kernel on the left and reshapes without moving the axes.


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    from keras import ops

    right = np.array(ops.conv(x, kernel, strides, padding) + bias)
    return np.moveaxis(right, -1, 0).reshape(right.shape)
