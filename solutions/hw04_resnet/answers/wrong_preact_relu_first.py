# %% [markdown] answer={"fails": {"test_preact_order": "(5, 5, 2) in training mode: ReLU comes before the normalisation"}}
# ReLU before the normalisation.


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    side = x
    if strides != 1 or x.shape[-1] != filters:
        side = layers.Conv2D(filters, 1, strides, use_bias=False)(x)
    y = layers.BatchNormalization()(layers.ReLU()(x))
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization()(layers.ReLU()(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    return layers.Add()([side, y])
