# %% [markdown] answer={"fails": {"test_stage": "the 3 blocks hold 1", "test_network_ends": "the kernels hold", "test_network_stages": "the 6 blocks, the first convolution and the end hold"}}
# Calls the library's block, whatever `block` is.


# %%
from layerwise.models.resnet import basic_block


# %% nbgrader={"grade_id": "stage"}
def stage(x, block, widths, strides=1):
    for index, filters in enumerate(widths):
        x = basic_block(x, filters, strides if index == 0 else 1)
    return x
