# %% [markdown] answer={"fails": {"test_combined_loss": "only the first head counts"}}
# Returns from inside the loop.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        logits = logits - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        losses.append(-logs[np.arange(len(labels)), labels].mean())
    for loss in losses[1:]:
        if training:
            return losses[0] + 0.3 * loss
    return losses[0]
