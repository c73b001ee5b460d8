# %% [markdown] answer={"fails": {"test_pointwise": "the size is rounded down"}}
# Rounds the output's size down, as integer division does.


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    height, width = x.shape[1] // strides, x.shape[2] // strides
    x = x[:, : height * strides : strides, : width * strides : strides]
    return x @ kernel[0, 0] + bias
