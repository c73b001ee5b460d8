# %% [markdown] answer={"fails": {"test_flatten_kernel": "the rows are in the wrong order"}}
# Repeats each row instead of the whole matrix.


# %% nbgrader={"grade_id": "flatten_kernel"}
def flatten_kernel(kernel, height, width):
    return np.repeat(kernel, height * width, axis=0) / (height * width)
