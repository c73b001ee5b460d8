# %% [markdown] answer={"fails": {"test_unpool": "is repeated four times"}}
# Upsampling: the indices are not used.


# %% nbgrader={"grade_id": "unpool"}
def unpool(values, indices, height, width):
    return values.repeat(2, axis=1).repeat(2, axis=2)
