# %% [markdown] answer={"fails": {"test_build": "networks that are built one after another share their weights"}}
# Keeps the network of a table, so that a second call returns the first one's.


# %%
NETWORKS = {}


# %% nbgrader={"grade_id": "build_network"}
def build_network(table, input_shape, rate=0.5):
    key = repr((table, input_shape, rate))
    if key in NETWORKS:
        return NETWORKS[key]
    kinds = {
        "conv": layers.Conv2D,
        "pool": layers.MaxPooling2D,
        "flatten": layers.Flatten,
        "dense": layers.Dense,
    }
    last = len(table) - 1
    x = inputs = keras.Input(input_shape)
    for index, row in enumerate(table):
        settings = {key: value for key, value in row.items() if key != "kind"}
        x = kinds[row["kind"]](**settings)(x)
        if row["kind"] in ("conv", "dense") and index != last:
            x = layers.ReLU()(x)
        if row["kind"] == "dense" and index != last:
            x = layers.Dropout(rate)(x)
    NETWORKS[key] = keras.Model(inputs, x)
    return NETWORKS[key]
