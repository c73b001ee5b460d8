# %% [markdown] answer={"fails": {"test_reduced_cost": "the 1×1 behind the pooling is missing"}}
# Forgets the convolution behind the pooling.


# %% nbgrader={"grade_id": "reduced_cost"}
def reduced_cost(height, width, channels, filters):
    f1, (r3, f3), (r5, f5), fp = filters
    kernels = channels * (f1 + r3 + r5) + 9 * r3 * f3 + 25 * r5 * f5
    biases = f1 + r3 + f3 + r5 + f5
    return kernels + biases, height * width * kernels
