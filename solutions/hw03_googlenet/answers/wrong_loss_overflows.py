# %% [markdown] answer={"fails": {"test_combined_loss": "not finite"}}
# Takes exponentials of the logits as they are.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        with np.errstate(all="ignore"):
            odds = np.exp(logits)
            chances = odds / odds.sum(axis=1, keepdims=True)
            losses.append(-np.log(chances[np.arange(len(labels)), labels]).mean())
    return losses[0] + 0.3 * sum(losses[1:]) if training else losses[0]
