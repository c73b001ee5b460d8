# %% [markdown] answer={"fails": {"test_merge_kernels": "turned by 180 degrees"}}
# Flips the kernel, as the convolution of mathematics does.


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    return np.einsum("cr,hwrf->hwcf", reduce[0, 0], kernel[::-1, ::-1])
