# %% [markdown] answer={"fails": {"test_combined_loss_after": "combined_loss with 2 heads after training is"}}
# Adds the heads' losses after training too.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        logits = logits - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-logs[np.arange(len(labels)), labels].mean())
    return losses[0] + 0.3 * sum(losses[1:])
