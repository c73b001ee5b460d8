# %% [markdown] answer={"fails": {"test_bottleneck_weights": "is ['1×1 6→16']", "test_bottleneck_stride": "does not change when three pixels in four are wiped out", "test_bottleneck_order": "what the convolutions make is not added"}}
# Overwrites the convolutions' result: only the shortcut comes out.


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    side = x
    if strides != 1 or x.shape[-1] != 4 * filters:
        side = layers.Conv2D(4 * filters, 1, strides, use_bias=False)(x)
        side = layers.BatchNormalization()(side)
    y = layers.Conv2D(filters, 1, use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(4 * filters, 1, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(side)
