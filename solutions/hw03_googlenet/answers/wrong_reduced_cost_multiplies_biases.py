# %% [markdown] answer={"fails": {"test_reduced_cost": "biases count as multiply-adds"}}
# Multiplies the parameters by the pixels.


# %% nbgrader={"grade_id": "reduced_cost"}
def reduced_cost(height, width, channels, filters):
    f1, (r3, f3), (r5, f5), fp = filters
    kernels = channels * (f1 + r3 + r5 + fp) + 9 * r3 * f3 + 25 * r5 * f5
    biases = f1 + r3 + f3 + r5 + f5 + fp
    return kernels + biases, height * width * (kernels + biases)
