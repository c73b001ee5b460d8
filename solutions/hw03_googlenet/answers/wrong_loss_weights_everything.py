# %% [markdown] answer={"fails": {"test_combined_loss": "the main loss is weighted too"}}
# Multiplies the main loss by 0.3 as well.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        logits = logits - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-logs[np.arange(len(labels)), labels].mean())
    return 0.3 * sum(losses) if training else losses[0]
