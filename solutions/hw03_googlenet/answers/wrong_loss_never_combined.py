# %% [markdown] answer={"fails": {"test_combined_loss": "the heads do not count"}}
# Turns the flag around in the one place where it matters: no head ever counts.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        logits = logits - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-logs[np.arange(len(labels)), labels].mean())
    return losses[0]
