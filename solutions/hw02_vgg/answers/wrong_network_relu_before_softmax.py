# %% [markdown] answer={"fails": {"test_network_softmax": "there is a ReLU before the soft-max"}}
# Takes the FC before a soft-max for a hidden one.


# %% nbgrader={"grade_id": "network"}
def network(column, input_shape):
    entries = read_column(column)
    last = len(entries) - 1
    inputs = x = keras.Input(input_shape)
    for index, (kind, size, width) in enumerate(entries):
        if kind == "conv":
            x = layers.Conv2D(width, size, padding="same", activation="relu")(x)
        elif kind == "maxpool":
            x = layers.MaxPooling2D(2)(x)
        elif kind == "FC":
            activation = "relu" if index < last else None
            x = layers.Dense(width, activation)(layers.Flatten()(x))
        else:
            x = layers.Softmax()(x)
    return keras.Model(inputs, x)
