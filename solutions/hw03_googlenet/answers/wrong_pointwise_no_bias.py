# %% [markdown] answer={"fails": {"test_pointwise": "the bias is missing"}}
# Forgets the bias.


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    x = x[:, ::strides, ::strides]
    return x @ kernel[0, 0]
