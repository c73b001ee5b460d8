# %% [markdown] answer={"fails": {"test_weighted_loss_ignore": "with ignored pixels, unlike without them"}}
# An ignored pixel becomes one of class 0.


# %% nbgrader={"grade_id": "weighted_loss"}
def weighted_loss(labels, logits, weights, ignore=255):
    safe = np.where(labels != ignore, labels, 0).astype("int32")
    w = weights[safe]
    entropy = ops.sparse_categorical_crossentropy(safe, logits, from_logits=True)
    return ops.sum(entropy * w) / w.sum()
