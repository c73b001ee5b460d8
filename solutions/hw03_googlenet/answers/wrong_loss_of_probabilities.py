# %% [markdown] answer={"fails": {"test_combined_loss": ""}}
# Hands logits to a Keras loss that expects probabilities.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = []
    for logits in outputs:
        chances = ops.convert_to_tensor(logits)
        loss = keras.losses.sparse_categorical_crossentropy(labels, chances)
        losses.append(float(ops.mean(loss)))
    return losses[0] + 0.3 * sum(losses[1:]) if training else losses[0]
