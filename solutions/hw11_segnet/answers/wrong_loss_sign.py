# %% [markdown] answer={"fails": {"test_weighted_loss": "the sign is wrong"}}
# The minus is missing.


# %% nbgrader={"grade_id": "weighted_loss"}
def weighted_loss(labels, logits, weights, ignore=255):
    counted = (labels != ignore).astype("float32")
    safe = np.where(labels != ignore, labels, 0).astype("int32")
    w = weights[safe] * counted
    hot = ops.one_hot(safe, logits.shape[-1], dtype="float32")
    return ops.sum(ops.sum(hot * ops.log_softmax(logits), axis=-1) * w) / w.sum()
