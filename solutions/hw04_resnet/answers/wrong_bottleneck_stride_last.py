# %% [markdown] answer={"fails": {"test_bottleneck_stride": "the stride is in the last 1×1 convolution, or after the 3×3"}}
# Puts the stride into the last 1×1 convolution.


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    side = x
    if strides != 1 or x.shape[-1] != 4 * filters:
        side = layers.Conv2D(4 * filters, 1, strides, use_bias=False)(x)
        side = layers.BatchNormalization()(side)
    y = layers.Conv2D(filters, 1, use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(4 * filters, 1, strides, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(layers.Add()([side, y]))
