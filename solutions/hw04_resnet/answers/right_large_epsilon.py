# %% [markdown] answer={}
# Normalises with an epsilon of 0.01, pads by hand; blocks with shortcuts are a
# `keras.Model` subclass, in a tuple.


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    side = x
    if strides != 1 or x.shape[-1] != 4 * filters:
        side = layers.Conv2D(4 * filters, 1, strides, use_bias=False)(x)
        side = layers.BatchNormalization(epsilon=0.01, momentum=0.9)(side)
    y = layers.Conv2D(filters, 1, use_bias=False)(x)
    y = layers.ReLU()(layers.BatchNormalization(epsilon=0.01, momentum=0.9)(y))
    y = layers.ZeroPadding2D(1)(y)
    y = layers.Conv2D(filters, 3, strides, use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization(epsilon=0.01, momentum=0.9)(y))
    y = layers.Conv2D(4 * filters, 1, use_bias=False)(y)
    y = layers.BatchNormalization(epsilon=0.01, momentum=0.9)(y)
    return layers.ReLU()(layers.Add()([side, y]))


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    y = layers.ReLU()(layers.BatchNormalization(epsilon=0.01, momentum=0.9)(x))
    y = layers.ZeroPadding2D(1)(y)
    y = layers.Conv2D(filters, 3, strides, use_bias=False)(y)
    y = layers.ReLU()(layers.BatchNormalization(epsilon=0.01, momentum=0.9)(y))
    y = layers.ZeroPadding2D(1)(y)
    y = layers.Conv2D(filters, 3, 1, use_bias=False)(y)
    if strides != 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, strides, use_bias=False)(x)
    return layers.Add()([x, y])


# %%
class Residual(keras.Model):
    def __init__(self, block):
        super().__init__()
        self.block = block

    def call(self, x):
        return ops.add(x, self.block(x))


# %% nbgrader={"grade_id": "with_shortcuts"}
def with_shortcuts(blocks):
    return tuple(Residual(block) for block in blocks)
