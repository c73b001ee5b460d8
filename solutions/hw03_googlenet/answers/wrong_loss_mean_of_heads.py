# %% [markdown] answer={"fails": {"test_combined_loss": "averaged; expected 0.3 times each"}}
# Averages the heads.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        logits = logits - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-logs[np.arange(len(labels)), labels].mean())
    if training and len(losses) > 1:
        return losses[0] + 0.3 * np.mean(losses[1:])
    return losses[0]
