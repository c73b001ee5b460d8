# %% [markdown] answer={"fails": {"test_total_variation": "wraps around"}}
# `roll` makes the last row a neighbour of the first.


# %% nbgrader={"grade_id": "total_variation"}
def total_variation(images):
    steps = [ops.abs(images - ops.roll(images, 1, axis=axis)) for axis in (1, 2)]
    return sum(ops.sum(step, axis=(1, 2, 3)) for step in steps)
