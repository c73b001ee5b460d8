# %% [markdown] answer={"fails": {"test_naive_cost": "the pooling counts as multiply-adds"}}
# Counts the pooling's comparisons among the multiply-adds.


# %% nbgrader={"grade_id": "naive_cost"}
def naive_cost(height, width, channels, filters):
    f1, f3, f5 = filters
    kernels = channels * (f1 + 9 * f3 + 25 * f5)
    return kernels + f1 + f3 + f5, height * width * (kernels + 9 * channels)
