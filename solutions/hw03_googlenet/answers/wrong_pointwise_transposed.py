# %% [markdown] answer={"fails": {"test_pointwise": "matrix is transposed"}}
# Takes the kernel's rows for its filters.


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    x = x[:, ::strides, ::strides]
    return x @ kernel[0, 0].T + bias
