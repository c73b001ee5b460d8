# %% [markdown] answer={"fails": {"test_weighted_loss_ignore": "300 logits off"}}
# The logarithm of probabilities, kept from zero by a small number.


# %% nbgrader={"grade_id": "weighted_loss"}
def weighted_loss(labels, logits, weights, ignore=255):
    counted = (labels != ignore).astype("float32")
    safe = np.where(labels != ignore, labels, 0).astype("int32")
    w = weights[safe] * counted
    p = ops.softmax(logits, axis=-1)
    hot = ops.one_hot(safe, logits.shape[-1], dtype="float32")
    entropy = -ops.log(ops.sum(hot * p, axis=-1) + 1e-7)
    return ops.sum(entropy * w) / w.sum()
