# %% [markdown] answer={"fails": {"test_parameter_report": "changed the model"}}
# Unfreezes the layers to see what could be trained, and leaves them so.


# %% nbgrader={"grade_id": "parameter_report"}
def parameter_report(model):
    size = lambda weights: sum(int(np.prod(w.shape)) for w in weights)
    trainable = size(model.trainable_weights)
    model.trainable = True
    for layer in model._flatten_layers():
        layer.trainable = True
    everything = size(model.trainable_weights)
    return {
        "trainable": trainable,
        "frozen": everything - trainable,
        "statistics": size(model.weights) - everything,
    }
