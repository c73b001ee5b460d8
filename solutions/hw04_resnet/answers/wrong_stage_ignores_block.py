# %% [markdown] answer={"fails": {"test_stage": "is wrong in 90 of 90 numbers", "test_network_ends": "", "test_network_stages": ""}}
# Calls the library's block, whatever `block` is.


# %%
from layerwise.models.resnet import basic_block


# %% nbgrader={"grade_id": "stage"}
def stage(x, block, widths, strides=1):
    for index, filters in enumerate(widths):
        x = basic_block(x, filters, strides if index == 0 else 1)
    return x
