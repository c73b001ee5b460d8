# %% [markdown] answer={"fails": {"test_conv2d_same": "all zeros stand after the image"}}
# Puts all zeros on the right and below.


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    from keras import ops

    if padding == "same":
        lack = [
            max((-(-n // strides) - 1) * strides + len(kernel) - n, 0)
            for n in x.shape[1:3]
        ]
        x = np.pad(x, ((0, 0), (0, lack[0]), (0, lack[1]), (0, 0)))
    return ops.conv(x, kernel, strides, "valid") + bias
