# %% [markdown] answer={"fails": {"test_discriminator_loss": "the targets are the wrong way round", "test_smoothing": ""}}
# Real pictures have target 0.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    entropy = (1 - smooth) * ops.softplus(real) + smooth * ops.softplus(-real)
    return ops.mean(entropy) + ops.mean(ops.softplus(-drawn))


def generator_loss(drawn):
    return ops.mean(ops.softplus(-drawn))
