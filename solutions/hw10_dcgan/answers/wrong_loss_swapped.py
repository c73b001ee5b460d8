# %% [markdown] answer={"fails": {"test_discriminator_loss": "the targets are the wrong way round", "test_smoothing": ""}}
# Real pictures have target 0.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    return ops.mean(ops.softplus(real)) + ops.mean(ops.softplus(-drawn))


def generator_loss(drawn):
    return ops.mean(ops.softplus(-drawn))
