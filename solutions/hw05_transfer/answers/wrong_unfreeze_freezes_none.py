# %% [markdown] answer={"fails": {"test_unfreeze_last": "all layers but normalisations can be trained"}}
# Unfreezes the last layers and leaves the others as they were.


# %% nbgrader={"grade_id": "unfreeze_last"}
def unfreeze_last(model, count):
    if not model.trainable:
        model.trainable = True
        for layer in model.layers:
            layer.trainable = False
    for layer in reversed(model.layers):
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
        elif layer.weights and count > 0:
            layer.trainable = True
            count -= 1
