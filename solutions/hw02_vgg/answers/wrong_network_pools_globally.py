# %% [markdown] answer={"fails": {"test_network_weights": "averaged or pooled before the first FC", "test_network_values": ""}}
# Averages over the image where it should flatten.


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
            x = layers.Dense(width, activation)(
                layers.Flatten()(
                    layers.GlobalAveragePooling2D()(x) if len(x.shape) == 4 else x
                )
            )
        else:
            x = layers.Softmax()(x)
    return keras.Model(inputs, x)
