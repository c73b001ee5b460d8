# %% [markdown] answer={"fails": {"test_preact_identity": "its input is not added, or is projected"}}
# The shortcut is a convolution in every block.


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    side = layers.Conv2D(filters, 1, strides, use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(x))
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    return layers.Add()([side, y])
