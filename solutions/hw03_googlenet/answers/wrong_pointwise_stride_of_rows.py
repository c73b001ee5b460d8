# %% [markdown] answer={"fails": {"test_pointwise": "the stride drops rows, and no columns"}}
# Steps over rows only.


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    x = x[:, ::strides]
    y = x.reshape(-1, x.shape[-1]) @ kernel[0, 0] + bias
    return y.reshape(*x.shape[:-1], -1)
