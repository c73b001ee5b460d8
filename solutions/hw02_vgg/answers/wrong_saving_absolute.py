# %% [markdown] answer={"fails": {"test_saving": "the stack is dearer here"}}
# Cannot believe that a stack can be dearer.


# %% nbgrader={"grade_id": "saving"}
def saving(kernel_size, channels, filters):
    n = (kernel_size - 1) // 2
    large = kernel_size**2 * channels * filters + filters
    stack = 9 * channels * filters + 9 * (n - 1) * filters**2 + n * filters
    return abs(large - stack)
