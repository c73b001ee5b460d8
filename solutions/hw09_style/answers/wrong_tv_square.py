# %% [markdown] answer={"fails": {"test_total_variation": "squares are summed"}}
# Squares, as in the chapter.


# %% nbgrader={"grade_id": "total_variation"}
def total_variation(images):
    down = (images[:, 1:] - images[:, :-1]) ** 2
    right = (images[:, :, 1:] - images[:, :, :-1]) ** 2
    return ops.sum(down, axis=(1, 2, 3)) + ops.sum(right, axis=(1, 2, 3))
