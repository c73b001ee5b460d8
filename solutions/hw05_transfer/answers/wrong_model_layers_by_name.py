# %% [markdown] answer={"fails": {"test_transfer_shape": "No such layer", "test_transfer_frozen": "No such layer"}}
# Freezes the layers of the given base by their names.


# %% nbgrader={"grade_id": "transfer_model"}
def transfer_model(base, num_classes):
    for name in ("shapes", "norm", "mix"):
        base.get_layer(name).trainable = False
    return keras.Model(base.input, layers.Dense(num_classes)(base.output))
