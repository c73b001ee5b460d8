# %% [markdown] answer={"fails": {"test_flatten_kernel": "it gives the sum over each channel"}}
# Forgets to divide.


# %% nbgrader={"grade_id": "flatten_kernel"}
def flatten_kernel(kernel, height, width):
    return np.tile(kernel, (height * width, 1))
