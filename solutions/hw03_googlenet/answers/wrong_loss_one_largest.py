# %% [markdown] answer={"fails": {"test_combined_loss": "combined_loss of 5 examples, 3 classes, 2 heads, logits around 2000"}}
# Takes the largest of all logits away, and not that of each row.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        logits = logits - logits.max()
        sums = np.exp(logits).sum(axis=1) + 1e-30
        losses.append((np.log(sums) - logits[np.arange(len(labels)), labels]).mean())
    return losses[0] + 0.3 * sum(losses[1:]) if training else losses[0]
