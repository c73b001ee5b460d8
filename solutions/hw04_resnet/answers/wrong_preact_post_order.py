# %% [markdown] answer={"fails": {"test_preact_order": "the normalisations have other sizes"}}
# Drops the last ReLU of the block of 2015, but leaves the order as it was there.


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    side = x
    if strides != 1 or x.shape[-1] != filters:
        side = layers.Conv2D(filters, 1, strides, use_bias=False)(x)
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    return layers.Add()([side, y])
