# %% [markdown] answer={"fails": {"test_combined_loss": "labels or outputs"}}
# Takes the main output out of the list that it is given.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    def loss(logits):
        logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        return -logs[np.arange(len(labels)), labels].mean()

    main = loss(outputs.pop(0))
    return main + 0.3 * sum(map(loss, outputs)) if training else main
