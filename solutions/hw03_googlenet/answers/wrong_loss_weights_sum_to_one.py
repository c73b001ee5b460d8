# %% [markdown] answer={"fails": {"test_combined_loss": "the main loss has weight 1"}}
# Makes the weights add up to 1.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        logits = logits - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-logs[np.arange(len(labels)), labels].mean())
    heads = losses[1:]
    if training:
        return (1 - 0.3 * len(heads)) * losses[0] + 0.3 * sum(heads)
    return losses[0]
