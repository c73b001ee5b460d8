# %% [markdown] answer={"fails": {"test_bottleneck_shape": "incompatible shapes. Received shapes (8, 8, 6)", "test_bottleneck_weights": "Received shapes (6, 6, 6)", "test_bottleneck_stride": "Received shapes (7, 7, 6)"}}
# Always adds the input itself.


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    y = layers.Conv2D(filters, 1, use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(4 * filters, 1, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(layers.Add()([x, y]))
