# %% [markdown] answer={"fails": {"test_pointwise": "pixels are mixed"}}
# Makes a matrix with a row for each channel by reshape alone, which mixes the pixels.


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    x = x[:, ::strides, ::strides]
    pixels = x.reshape(x.shape[-1], -1)
    y = kernel[0, 0].T @ pixels
    return y.T.reshape(*x.shape[:-1], -1) + bias
