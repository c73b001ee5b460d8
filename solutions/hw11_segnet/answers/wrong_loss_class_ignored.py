# %% [markdown] answer={"fails": {"test_weighted_loss_ignore": "weighted_loss with ignore=1, unlike"}}
# Takes for ignored what is no class.


# %% nbgrader={"grade_id": "weighted_loss"}
def weighted_loss(labels, logits, weights, ignore=255):
    counted = ((labels >= 0) & (labels < len(weights))).astype("float32")
    safe = np.where(counted > 0, labels, 0).astype("int32")
    w = weights[safe] * counted
    entropy = ops.sparse_categorical_crossentropy(safe, logits, from_logits=True)
    return ops.sum(entropy * w) / w.sum()
