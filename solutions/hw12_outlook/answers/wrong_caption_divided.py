# %% [markdown] answer={"fails": {"test_caption_loss": "divided by all places"}}
# Masked, and divided by all places.


# %% nbgrader={"grade_id": "caption_loss"}
def caption_loss(tokens, logits):
    entropy = ops.sparse_categorical_crossentropy(tokens, logits, from_logits=True)
    return ops.mean(entropy * ops.cast(ops.not_equal(tokens, 0), "float32"))
