# %% [markdown] answer={"fails": {"test_caption_loss": "padding counts as a word"}}
# The mean over all places.


# %% nbgrader={"grade_id": "caption_loss"}
def caption_loss(tokens, logits):
    return ops.mean(
        ops.sparse_categorical_crossentropy(tokens, logits, from_logits=True)
    )
