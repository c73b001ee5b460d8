# %% [markdown] answer={"fails": {"test_unfreeze_last": ""}}
# Counts layers without weights and normalisations.


# %% nbgrader={"grade_id": "unfreeze_last"}
def unfreeze_last(model, count):
    model.trainable = True
    for index, layer in enumerate(reversed(model.layers)):
        norm = isinstance(layer, layers.BatchNormalization)
        layer.trainable = index < count and not norm
