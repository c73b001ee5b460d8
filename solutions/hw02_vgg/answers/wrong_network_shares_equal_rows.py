# %% [markdown] answer={"fails": {"test_network_weights": ""}}
# One layer for each kind of row: equal rows share weights.


# %% nbgrader={"grade_id": "network"}
def network(column, input_shape):
    entries = read_column(column)
    last = max(i for i, (kind, _, _) in enumerate(entries) if kind == "FC")
    made = {}
    inputs = x = keras.Input(input_shape)
    for index, (kind, size, width) in enumerate(entries):
        if kind == "conv":
            key = (size, width, x.shape[-1])
            if key not in made:
                made[key] = layers.Conv2D(
                    width, size, padding="same", activation="relu"
                )
            x = made[key](x)
        elif kind == "maxpool":
            x = layers.MaxPooling2D(2)(x)
        elif kind == "FC":
            activation = "relu" if index < last else None
            x = layers.Dense(width, activation)(layers.Flatten()(x))
        else:
            x = layers.Softmax()(x)
    return keras.Model(inputs, x)
