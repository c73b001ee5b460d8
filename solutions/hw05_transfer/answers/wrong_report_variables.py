# %% [markdown] answer={"fails": {"test_parameter_report": ""}}
# Counts the seeds of Dropout with the weights.


# %% nbgrader={"grade_id": "parameter_report"}
def parameter_report(model):
    size = lambda weights: sum(int(np.prod(w.shape)) for w in weights)
    moving = size(v for v in model.variables if "moving_" in v.name)
    trainable = size(model.trainable_variables)
    return {
        "trainable": trainable,
        "frozen": size(model.variables) - trainable - moving,
        "statistics": moving,
    }
