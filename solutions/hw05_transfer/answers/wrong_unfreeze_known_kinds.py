# %% [markdown] answer={"fails": {"test_unfreeze_last": "['norm_in', 'f']"}}
# Counts the kinds of layers that the given model has.


# %% nbgrader={"grade_id": "unfreeze_last"}
def unfreeze_last(model, count):
    model.trainable = True
    ready = [
        layer
        for layer in model.layers
        if isinstance(layer, layers.Conv2D | layers.Dense)
    ]
    for layer in model.layers:
        layer.trainable = layer in ready[max(len(ready) - count, 0) :]
