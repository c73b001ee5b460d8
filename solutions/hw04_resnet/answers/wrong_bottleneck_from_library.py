# %% [markdown] answer={"fails": {"test_bottleneck_weights": "Does a convolution have a bias?", "test_bottleneck_stride": "expected stride 2 in the 3x3 convolution, received it in the first 1x1"}}
# Hands in the library's block: stride in the first 1×1 convolution, and biases.


# %%
from layerwise.models.resnet import bottleneck_block


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    return bottleneck_block(x, filters, strides)
