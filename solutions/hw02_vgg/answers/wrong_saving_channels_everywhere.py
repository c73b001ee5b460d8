# %% [markdown] answer={"fails": {"test_saving": "every convolution of the stack takes `channels`"}}
# Every convolution of the stack takes `channels`.


# %% nbgrader={"grade_id": "saving"}
def saving(kernel_size, channels, filters):
    large = kernel_size**2 * channels * filters + filters
    n = (kernel_size - 1) // 2
    return large - n * (9 * channels * filters + filters)
