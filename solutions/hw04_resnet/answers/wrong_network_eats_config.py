# %% [markdown] answer={"fails": {"test_network_ends": "network changed config to []"}}
# Takes the stages off the caller's list.


# %% nbgrader={"grade_id": "network"}
def network(config, block, input_shape=(28, 28, 1), num_classes=10):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(config[0][0][0], 3, padding="same", use_bias=False)(inputs)
    while config:
        widths, strides = config.pop(0)
        x = stage(x, block, widths, strides)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(num_classes)(x))
