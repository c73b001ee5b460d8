# %% [markdown] answer={"fails": {"test_discriminator_loss": "it is half of the sum, as in the chapter"}}
# The mean of both halves, as in the chapter.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    entropy = (1 - smooth) * ops.softplus(-real) + smooth * ops.softplus(real)
    return (ops.mean(entropy) + ops.mean(ops.softplus(drawn))) / 2


def generator_loss(drawn):
    return ops.mean(ops.softplus(-drawn))
