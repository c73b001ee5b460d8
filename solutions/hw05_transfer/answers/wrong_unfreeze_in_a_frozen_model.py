# %% [markdown] answer={"fails": {"test_unfreeze_last": "nothing can be trained: a layer in a model"}}
# Unfreezes layers of a model that is frozen itself.


# %% nbgrader={"grade_id": "unfreeze_last"}
def unfreeze_last(model, count):
    ready = [
        layer
        for layer in model.layers
        if layer.weights and not isinstance(layer, layers.BatchNormalization)
    ]
    for layer in model.layers:
        layer.trainable = layer in ready[len(ready) - min(count, len(ready)) :]
