# %% [markdown] answer={"fails": {"test_bottleneck_weights": "40 too many: does a convolution have a bias?", "test_bottleneck_stride": "as if the first 1×1 convolution had the stride"}}
# Hands in the library's block: stride in the first 1×1 convolution, and biases.


# %%
from layerwise.models.resnet import bottleneck_block


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    return bottleneck_block(x, filters, strides)
