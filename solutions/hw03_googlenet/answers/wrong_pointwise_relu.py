# %% [markdown] answer={"fails": {"test_pointwise": "there is a ReLU"}}
# Puts a ReLU behind, as the network does.


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    x = x[:, ::strides, ::strides]
    return np.maximum(x @ kernel[0, 0] + bias, 0)
