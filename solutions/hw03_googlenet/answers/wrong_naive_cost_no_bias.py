# %% [markdown] answer={"fails": {"test_naive_cost": "the biases, one for each filter, are missing"}}
# Counts the kernels only.


# %% nbgrader={"grade_id": "naive_cost"}
def naive_cost(height, width, channels, filters):
    f1, f3, f5 = filters
    kernels = channels * (f1 + 9 * f3 + 25 * f5)
    return kernels, height * width * kernels
