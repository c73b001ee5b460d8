# %% [markdown] answer={"fails": {"test_network_values": "the last FC has a ReLU"}}
# ReLU after every FC, the last one too.


# %% nbgrader={"grade_id": "network"}
def network(column, input_shape):
    entries = read_column(column)
    inputs = x = keras.Input(input_shape)
    for kind, size, width in entries:
        if kind == "conv":
            x = layers.Conv2D(width, size, padding="same", activation="relu")(x)
        elif kind == "maxpool":
            x = layers.MaxPooling2D(2)(x)
        elif kind == "FC":
            x = layers.Dense(width, "relu")(layers.Flatten()(x))
        else:
            x = layers.Softmax()(x)
    return keras.Model(inputs, x)
