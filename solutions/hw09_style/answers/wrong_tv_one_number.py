# %% [markdown] answer={"fails": {"test_total_variation": "one number for all pictures"}}
# One number for the batch.


# %% nbgrader={"grade_id": "total_variation"}
def total_variation(images):
    down = ops.abs(images[:, 1:] - images[:, :-1])
    right = ops.abs(images[:, :, 1:] - images[:, :, :-1])
    return ops.sum(down) + ops.sum(right)
