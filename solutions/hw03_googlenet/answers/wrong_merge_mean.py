# %% [markdown] answer={"fails": {"test_merge_kernels": "the mean over the reduced channels is taken"}}
# Averages over the reduced channels where a matrix product adds.


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    each = reduce[0, 0][:, :, None] * kernel[:, :, None]
    return each.mean(axis=3)
