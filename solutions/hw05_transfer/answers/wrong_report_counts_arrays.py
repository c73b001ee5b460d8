# %% [markdown] answer={"fails": {"test_parameter_report": "arrays are counted"}}
# Counts arrays instead of numbers.


# %% nbgrader={"grade_id": "parameter_report"}
def parameter_report(model):
    moving = [w for w in model.weights if "moving_" in w.path]
    return {
        "trainable": len(model.trainable_weights),
        "frozen": len(model.non_trainable_weights) - len(moving),
        "statistics": len(moving),
    }
