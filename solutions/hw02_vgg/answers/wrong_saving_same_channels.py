# %% [markdown] answer={"fails": {"test_saving": "the stack takes `filters` channels from its start"}}
# The paper's sum, in which all layers have `filters` channels.


# %% nbgrader={"grade_id": "saving"}
def saving(kernel_size, channels, filters):
    large = kernel_size**2 * channels * filters + filters
    n = (kernel_size - 1) // 2
    return large - n * (9 * filters * filters + filters)
