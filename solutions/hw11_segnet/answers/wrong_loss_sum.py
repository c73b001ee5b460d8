# %% [markdown] answer={"fails": {"test_weighted_loss": "the sum is not divided"}}
# No division.


# %% nbgrader={"grade_id": "weighted_loss"}
def weighted_loss(labels, logits, weights, ignore=255):
    counted = (labels != ignore).astype("float32")
    safe = np.where(labels != ignore, labels, 0).astype("int32")
    entropy = ops.sparse_categorical_crossentropy(safe, logits, from_logits=True)
    return ops.sum(entropy * weights[safe] * counted)
