# %% [markdown] answer={"fails": {"test_saving": "the biases are missing"}}
# Counts weights and forgets the biases.


# %% nbgrader={"grade_id": "saving"}
def saving(kernel_size, channels, filters):
    n = (kernel_size - 1) // 2
    large = kernel_size**2 * channels * filters
    return large - 9 * channels * filters - 9 * (n - 1) * filters**2
