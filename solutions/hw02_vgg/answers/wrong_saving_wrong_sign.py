# %% [markdown] answer={"fails": {"test_saving": "it has the wrong sign"}}
# The stack minus the large kernel.


# %% nbgrader={"grade_id": "saving"}
def saving(kernel_size, channels, filters):
    large = kernel_size**2 * channels * filters + filters
    n = (kernel_size - 1) // 2
    return 9 * channels * filters + 9 * (n - 1) * filters**2 + n * filters - large
