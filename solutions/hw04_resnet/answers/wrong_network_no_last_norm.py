# %% [markdown] answer={"fails": {"test_network_ends": "normalisation is missing at the end"}}
# Leaves out the normalisation and the ReLU after the last stage.


# %% nbgrader={"grade_id": "network"}
def network(config, block, input_shape=(28, 28, 1), num_classes=10):
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(config[0][0][0], 3, padding="same", use_bias=False)(inputs)
    for widths, strides in config:
        x = stage(x, block, widths, strides)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(num_classes)(x))
