# %% [markdown] answer={"fails": {"test_flatten_kernel": "the kernel given to flatten_kernel changed"}}
# Divides the kernel that it is given.


# %% nbgrader={"grade_id": "flatten_kernel"}
def flatten_kernel(kernel, height, width):
    kernel /= height * width
    return np.tile(kernel, (height * width, 1))
