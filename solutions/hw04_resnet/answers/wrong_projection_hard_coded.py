# %% [markdown] answer={"fails": {"test_needs_projection": "needs_projection(channels=256, filters=128, strides=1) is False; expected True"}}
# Knows the one stage of ResNet-50 that needs a projection without a stride, and no
# other network.


# %% nbgrader={"grade_id": "needs_projection"}
def needs_projection(channels, filters, strides=1):
    return strides == 2 or channels == 64
