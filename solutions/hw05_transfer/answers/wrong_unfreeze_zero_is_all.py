# %% [markdown] answer={"fails": {"test_unfreeze_last": ""}}
# Slices with `-count`, which is everything for 0.


# %% nbgrader={"grade_id": "unfreeze_last"}
def unfreeze_last(model, count):
    ready = [
        layer
        for layer in model.layers
        if layer.weights and not isinstance(layer, layers.BatchNormalization)
    ]
    model.trainable = True
    for layer in model.layers:
        layer.trainable = False
    for layer in ready[-count:]:
        layer.trainable = True
