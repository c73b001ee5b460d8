# %% [markdown] answer={"fails": {"test_needs_projection": "needs_projection(channels=256, filters=64, strides=2) is False; expected True"}}
# Forgets that a stride changes the size.


# %% nbgrader={"grade_id": "needs_projection"}
def needs_projection(channels, filters, strides=1):
    return channels != 4 * filters
