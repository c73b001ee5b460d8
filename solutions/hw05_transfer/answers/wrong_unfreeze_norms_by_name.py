# %% [markdown] answer={"fails": {"test_unfreeze_last": "with weightless layers at the end"}}
# Takes for a normalisation what is called one.


# %% nbgrader={"grade_id": "unfreeze_last"}
def unfreeze_last(model, count):
    model.trainable = True
    for layer in reversed(model.layers):
        if layer.weights:
            layer.trainable = "norm" not in layer.name and count > 0
            count -= int(layer.trainable)
