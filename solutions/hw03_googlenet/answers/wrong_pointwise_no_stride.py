# %% [markdown] answer={"fails": {"test_pointwise": "the stride is ignored"}}
# Keeps all pixels.


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    return x @ kernel[0, 0] + bias
