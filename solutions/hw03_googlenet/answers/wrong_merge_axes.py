# %% [markdown] answer={"fails": {"test_merge_kernels": "has shape (4, 3, 3, 3); expected (3, 3, 4, 3)"}}
# Leaves the axes as tensordot puts them.


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    return np.tensordot(reduce[0, 0], kernel, axes=(1, 2))
