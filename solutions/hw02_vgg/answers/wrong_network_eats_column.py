# %% [markdown] answer={"fails": {"test_network_weights": "network changed its argument"}}
# Pops entries off the column.


# %% nbgrader={"grade_id": "network"}
def network(column, input_shape):
    inputs = x = keras.Input(input_shape)
    while column:
        ((kind, size, width),) = read_column([column.pop(0)])
        if kind == "conv":
            x = layers.Conv2D(width, size, padding="same", activation="relu")(x)
        elif kind == "maxpool":
            x = layers.MaxPooling2D(2)(x)
        elif kind == "FC":
            more = any(entry.startswith("FC") for entry in column)
            x = layers.Dense(width, "relu" if more else None)(layers.Flatten()(x))
        else:
            x = layers.Softmax()(x)
    return keras.Model(inputs, x)
