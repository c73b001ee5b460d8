# %% [markdown] answer={"fails": {"test_bottleneck_weights": "there is a projection, though the input has the output's shape"}}
# Projects even where the shapes agree.


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    side = layers.Conv2D(4 * filters, 1, strides, use_bias=False)(x)
    side = layers.BatchNormalization()(side)
    y = layers.Conv2D(filters, 1, use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(4 * filters, 1, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(layers.Add()([side, y]))
