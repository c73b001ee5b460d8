# %% [markdown] answer={"fails": {"test_combined_loss": "summed over the batch"}}
# Adds over the batch.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        logits = logits - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-logs[np.arange(len(labels)), labels].sum())
    return losses[0] + 0.3 * sum(losses[1:]) if training else losses[0]
