# %% [markdown] answer={"fails": {"test_smoothing": "the drawn side is smoothed too"}}
# Both targets are smoothed.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    loss = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=2 * smooth)
    return loss(ops.ones_like(real), real) + loss(ops.zeros_like(drawn), drawn)


def generator_loss(drawn):
    return ops.mean(ops.softplus(-drawn))
