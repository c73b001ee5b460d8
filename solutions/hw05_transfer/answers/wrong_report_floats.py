# %% [markdown] answer={"fails": {"test_parameter_report": "the numbers must be integers"}}
# Counts in floats.


# %% nbgrader={"grade_id": "parameter_report"}
def parameter_report(model):
    size = lambda weights: float(sum(np.prod(w.shape) for w in weights))
    moving = size(w for w in model.weights if "moving_" in w.name)
    return {
        "trainable": size(model.trainable_weights),
        "frozen": size(model.non_trainable_weights) - moving,
        "statistics": moving,
    }
