# %% [markdown] answer={"fails": {"test_stage": "the 3 blocks hold 820 weights; expected 660", "test_network_ends": "the kernels hold", "test_network_stages": "the 6 blocks, the first convolution and the end hold"}}
# Off by one: the first block comes twice.


# %% nbgrader={"grade_id": "stage"}
def stage(x, block, widths, strides=1):
    x = block(x, widths[0], strides)
    for filters in widths:
        x = block(x, filters, 1)
    return x
