# %% [markdown] answer={"fails": {"test_stage": "the first block is there twice", "test_network_ends": "", "test_network_stages": ""}}
# Off by one: the first block comes twice.


# %% nbgrader={"grade_id": "stage"}
def stage(x, block, widths, strides=1):
    x = block(x, widths[0], strides)
    for filters in widths:
        x = block(x, filters, 1)
    return x
