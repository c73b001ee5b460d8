# %% [markdown] answer={"fails": {"test_needs_projection": "needs_projection(channels=256, filters=64, strides=1) is True; expected False"}}
# Compares the input's channels with `filters`, as for a basic block.


# %% nbgrader={"grade_id": "needs_projection"}
def needs_projection(channels, filters, strides=1):
    return channels != filters or strides != 1
