# %% [markdown] answer={"fails": {"test_preact_identity": "the shortcut is what the first ReLU makes of the input"}}
# Adds what the first ReLU makes of the input.


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    x = layers.ReLU()(layers.BatchNormalization()(x))
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    if strides != 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, strides, use_bias=False)(x)
    return layers.Add()([x, y])
