# %% [markdown] answer={"fails": {"test_bottleneck_shape": "has shape (2, 4, 4, 256); expected (2, 4, 4, 16)", "test_bottleneck_weights": "'3×3 64→64'", "test_bottleneck_stride": "(7, 7, 6) has shape (2, 4, 4, 256)", "test_bottleneck_order": "has shape (2, 3, 3, 256)"}}
# Hard-codes the channels of ResNet-50's first stage.


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    side = x
    if strides != 1 or x.shape[-1] != 256:
        side = layers.Conv2D(256, 1, strides, use_bias=False)(x)
        side = layers.BatchNormalization()(side)
    y = layers.Conv2D(64, 1, use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(64, 3, strides, padding="same", use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(256, 1, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(layers.Add()([side, y]))
