# %% [markdown] answer={"fails": {"test_network_softmax": "as by a sigmoid"}}
# Squashes each output by itself.


# %% nbgrader={"grade_id": "network"}
def network(column, input_shape):
    entries = read_column(column)
    last = max(i for i, (kind, _, _) in enumerate(entries) if kind == "FC")
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
            x = layers.Activation("sigmoid")(x)
    return keras.Model(inputs, x)
