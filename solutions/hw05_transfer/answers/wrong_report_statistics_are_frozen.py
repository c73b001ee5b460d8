# %% [markdown] answer={"fails": {"test_parameter_report": "the moving statistics count as frozen"}}
# Counts all that is not trainable as frozen.


# %% nbgrader={"grade_id": "parameter_report"}
def parameter_report(model):
    size = lambda weights: sum(int(np.prod(w.shape)) for w in weights)
    return {
        "trainable": size(model.trainable_weights),
        "frozen": size(model.non_trainable_weights),
        "statistics": 0,
    }
