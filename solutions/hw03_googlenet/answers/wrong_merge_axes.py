# %% [markdown] answer={"fails": {"test_merge_kernels": "has shape (6, 3, 3, 5); expected (3, 3, 6, 5)"}}
# Leaves the axes as tensordot puts them.


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    return np.tensordot(reduce[0, 0], kernel, axes=(1, 2))
