# %% [markdown] answer={"fails": {"test_combined_loss": "the heads have weight 1, not 0.3"}}
# Adds the heads' losses in full.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        logits = logits - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-logs[np.arange(len(labels)), labels].mean())
    return sum(losses) if training else losses[0]
