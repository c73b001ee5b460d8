# %% [markdown] answer={"fails": {"test_merge_kernels": "the axes are in another order"}}
# Leaves the axes as tensordot puts them.


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    return np.tensordot(reduce[0, 0], kernel, axes=(1, 2))
