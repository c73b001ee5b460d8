# %% [markdown] answer={"fails": {"test_caption_loss": "is a mean over sentences"}}
# The mean of each sentence's mean.


# %% nbgrader={"grade_id": "caption_loss"}
def caption_loss(tokens, logits):
    entropy = ops.sparse_categorical_crossentropy(tokens, logits, from_logits=True)
    counted = ops.cast(ops.not_equal(tokens, 0), "float32")
    return ops.mean(ops.sum(entropy * counted, axis=1) / ops.sum(counted, axis=1))
