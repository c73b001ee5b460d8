# %% [markdown] answer={"fails": {"test_stage": "every block has the stride: expected it in the first alone", "test_network_stages": ""}}
# Every block of a stage has the stride.


# %% nbgrader={"grade_id": "stage"}
def stage(x, block, widths, strides=1):
    for filters in widths:
        x = block(x, filters, strides)
    return x
