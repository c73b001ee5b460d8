# %% [markdown] answer={}
# Layers as classes, whose calls take no `training`; the network is a `keras.Model`
# subclass.


# %%
class ConvNorm(layers.Layer):
    def __init__(self, filters, kernel_size, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.conv = layers.Conv2D(
            filters, kernel_size, strides, padding="same", use_bias=False
        )
        self.norm = layers.BatchNormalization()

    def call(self, x):
        return self.norm(self.conv(x))


class Bottleneck(layers.Layer):
    def __init__(self, channels, filters, strides, **kwargs):
        super().__init__(**kwargs)
        self.convs = [
            ConvNorm(filters, 1),
            ConvNorm(filters, 3, strides),
            ConvNorm(4 * filters, 1),
        ]
        self.projection = None
        if strides != 1 or channels != 4 * filters:
            self.projection = ConvNorm(4 * filters, 1, strides)

    def call(self, x):
        y = ops.relu(self.convs[0](x))
        y = ops.relu(self.convs[1](y))
        y = self.convs[2](y)
        return ops.relu(y + (x if self.projection is None else self.projection(x)))


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    return Bottleneck(x.shape[-1], filters, strides)(x)


# %%
class PreActivation(layers.Layer):
    def __init__(self, filters, strides=1, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.strides = filters, strides

    def build(self, shape):
        self.norms = [layers.BatchNormalization(), layers.BatchNormalization()]
        self.convs = [
            layers.Conv2D(
                self.filters, 3, self.strides, padding="same", use_bias=False
            ),
            layers.Conv2D(self.filters, 3, padding="same", use_bias=False),
        ]
        self.side = None
        if self.strides != 1 or shape[-1] != self.filters:
            self.side = layers.Conv2D(self.filters, 1, self.strides, use_bias=False)
            self.side.build(shape)
        middle = (*self.convs[0].compute_output_shape(shape),)
        for norm, conv, dims in zip(self.norms, self.convs, (shape, middle)):
            norm.build(dims)
            conv.build(dims)

    def call(self, x):
        y = x
        for norm, conv in zip(self.norms, self.convs):
            y = conv(ops.relu(norm(y)))
        return y + (x if self.side is None else self.side(x))


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    return PreActivation(filters, strides)(x)


# %%
class Network(keras.Model):
    def __init__(self, body, num_classes):
        super().__init__()
        self.body = body
        self.norm = layers.BatchNormalization()
        self.head = layers.Dense(num_classes)

    def call(self, x):
        x = ops.relu(self.norm(self.body(x)))
        return self.head(ops.mean(x, axis=(1, 2)))


# %% nbgrader={"grade_id": "network"}
def network(config, block, input_shape=(28, 28, 1), num_classes=10):
    inputs = keras.Input(input_shape)
    first = config[0][0][0]
    x = layers.Conv2D(first, 3, padding="same", use_bias=False)(inputs)
    for widths, strides in config:
        x = stage(x, block, widths, strides)
    return Network(keras.Model(inputs, x), num_classes)
