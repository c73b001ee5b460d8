# %% [markdown] answer={"fails": {"test_bottleneck_weights": "on 6 channels: 4 too many: does a convolution have a bias?"}}
# Forgets `use_bias=False` in the 3×3 convolution.


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    side = x
    if strides != 1 or x.shape[-1] != 4 * filters:
        side = layers.Conv2D(4 * filters, 1, strides, use_bias=False)(x)
        side = layers.BatchNormalization()(side)
    y = layers.Conv2D(filters, 1, use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, strides, padding="same")(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(4 * filters, 1, use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    return layers.ReLU()(layers.Add()([side, y]))
