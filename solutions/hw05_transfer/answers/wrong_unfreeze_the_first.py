# %% [markdown] answer={"fails": {"test_unfreeze_last": "it is the first layers, counted from the input"}}
# Counts from the input.


# %% nbgrader={"grade_id": "unfreeze_last"}
def unfreeze_last(model, count):
    model.trainable = True
    for layer in model.layers:
        norm = isinstance(layer, layers.BatchNormalization)
        if layer.weights:
            layer.trainable = not norm and count > 0
            count -= int(layer.trainable)
