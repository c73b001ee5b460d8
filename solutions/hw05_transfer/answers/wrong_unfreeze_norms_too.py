# %% [markdown] answer={"fails": {"test_unfreeze_last": "normalisations are counted and unfrozen"}}
# Treats normalisations like the other layers.


# %% nbgrader={"grade_id": "unfreeze_last"}
def unfreeze_last(model, count):
    model.trainable = True
    ready = [layer for layer in model.layers if layer.weights]
    for index, layer in enumerate(reversed(ready)):
        layer.trainable = index < count
