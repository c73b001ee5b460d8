# %% [markdown] answer={"fails": {"test_parameter_report": "a layer in a frozen model counts as trainable"}}
# Asks each layer, and not the model around it.


# %% nbgrader={"grade_id": "parameter_report"}
def parameter_report(model):
    report = dict.fromkeys(("trainable", "frozen", "statistics"), 0)
    for layer in checks.find_layers(model):
        for weight in layer.weights:
            kind = "trainable" if layer.trainable else "frozen"
            kind = "statistics" if weight.name.startswith("moving") else kind
            report[kind] += int(np.prod(weight.shape))
    return report
