# %% [markdown] answer={"fails": {"test_combined_loss": "the last output is taken for the main one", "test_combined_loss_after": ""}}
# Takes the last output for the main one.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    *heads, main = [
        -(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True))[
            np.arange(len(labels)), labels
        ].mean()
        for logits in outputs
    ]
    return main + 0.3 * sum(heads) if training else main
