# %% [markdown] answer={"fails": {"test_build": "build_network changed the table"}}
# Takes `kind` out of the caller's rows.


# %% nbgrader={"grade_id": "build_network"}
def build_network(table, input_shape, rate=0.5):
    kinds = {
        "conv": layers.Conv2D,
        "pool": layers.MaxPooling2D,
        "flatten": layers.Flatten,
        "dense": layers.Dense,
    }
    last = len(table) - 1
    x = inputs = keras.Input(input_shape)
    for index, row in enumerate(table):
        kind = row.pop("kind")
        x = kinds[kind](**row)(x)
        if kind in ("conv", "dense") and index != last:
            x = layers.ReLU()(x)
        if kind == "dense" and index != last:
            x = layers.Dropout(rate)(x)
    return keras.Model(inputs, x)
