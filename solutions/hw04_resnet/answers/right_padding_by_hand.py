# %% [markdown] answer={}
# Pads with `ZeroPadding2D`, adds with `+`, projects what the first ReLU makes of the
# input, and has other moving statistics.


# %% nbgrader={"grade_id": "needs_projection"}
def needs_projection(channels, filters, strides=1):
    same_size = strides == 1
    same_channels = channels == filters * 4
    return not (same_size and same_channels)


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    side = x
    if needs_projection(x.shape[-1], filters, strides):
        side = layers.Conv2D(4 * filters, 1, strides=strides, use_bias=False)(x)
        side = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(side)
    y = layers.Conv2D(filters, 1, use_bias=False)(x)
    y = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(y)
    y = layers.Activation("relu")(y)
    y = layers.ZeroPadding2D(1)(y)
    y = layers.Conv2D(filters, 3, strides=strides, use_bias=False)(y)
    y = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(y)
    y = layers.Activation("relu")(y)
    y = layers.Conv2D(4 * filters, 1, use_bias=False)(y)
    y = layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(y)
    return layers.Activation("relu")(side + y)


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    first = layers.Activation("relu")(layers.BatchNormalization(epsilon=1e-5)(x))
    y = layers.ZeroPadding2D(1)(first)
    y = layers.Conv2D(filters, 3, strides=strides, use_bias=False)(y)
    y = layers.Activation("relu")(layers.BatchNormalization(epsilon=1e-5)(y))
    y = layers.ZeroPadding2D(1)(y)
    y = layers.Conv2D(filters, 3, use_bias=False)(y)
    if x.shape[-1] == filters and strides == 1:
        return x + y
    return layers.Conv2D(filters, 1, strides=strides, use_bias=False)(first) + y


# %% nbgrader={"grade_id": "stage"}
def stage(x, block, widths, strides=1):
    x = block(x, widths[0], strides)
    for filters in widths[1:]:
        x = block(x, filters, 1)
    return x


# %% nbgrader={"grade_id": "network"}
def network(config, block, input_shape=(28, 28, 1), num_classes=10):
    inputs = keras.layers.Input(shape=input_shape)
    x = layers.ZeroPadding2D(1)(inputs)
    x = layers.Conv2D(config[0][0][0], 3, use_bias=False)(x)
    for widths, strides in config:
        for i in range(len(widths)):
            x = block(x, filters=widths[i], strides=strides if i == 0 else 1)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.Activation("relu")(x)
    x = ops.mean(x, axis=[1, 2])
    outputs = layers.Dense(num_classes)(x)
    return keras.Model(inputs=inputs, outputs=outputs)
