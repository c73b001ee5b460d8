# %% [markdown] answer={"fails": {"test_parameter_report": ""}}
# Asks the layers of the model, and not those inside of them.


# %% nbgrader={"grade_id": "parameter_report"}
def parameter_report(model):
    report = dict.fromkeys(("trainable", "frozen", "statistics"), 0)
    for layer in model.layers:
        for weight in layer.weights:
            kind = "trainable" if layer.trainable and model.trainable else "frozen"
            kind = "statistics" if weight.name.startswith("moving") else kind
            report[kind] += int(np.prod(weight.shape))
    return report
