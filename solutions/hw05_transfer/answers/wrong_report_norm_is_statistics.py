# %% [markdown] answer={"fails": {"test_parameter_report": "γ and β of a frozen normalisation count as statistics"}}
# Takes all of a frozen normalisation for statistics.


# %% nbgrader={"grade_id": "parameter_report"}
def parameter_report(model):
    report = {"trainable": 0, "frozen": 0, "statistics": 0}
    for weight in model.weights:
        size = int(np.prod(weight.shape))
        if any(weight is other for other in model.trainable_weights):
            report["trainable"] += size
        elif "norm" in weight.path:
            report["statistics"] += size
        else:
            report["frozen"] += size
    return report
