# %% [markdown] answer={"fails": {"test_build_dropout": "there is dropout after the last dense layer too"}}
# Dropout after the last dense layer too.


# %% nbgrader={"grade_id": "build_network"}
def build_network(table, input_shape, rate=0.5):
    kinds = {
        "conv": layers.Conv2D,
        "pool": layers.MaxPooling2D,
        "flatten": layers.Flatten,
        "dense": layers.Dense,
    }
    last = max(index for index, row in enumerate(table) if row["kind"] == "dense")
    x = inputs = keras.Input(input_shape)
    for index, row in enumerate(table):
        settings = {key: value for key, value in row.items() if key != "kind"}
        x = kinds[row["kind"]](**settings)(x)
        if row["kind"] in ("conv", "dense") and index != last:
            x = layers.ReLU()(x)
        if row["kind"] == "dense":
            x = layers.Dropout(rate)(x)
    return keras.Model(inputs, x)
