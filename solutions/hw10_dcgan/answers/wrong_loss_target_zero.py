# %% [markdown] answer={"fails": {"test_generator_loss": "the target is 0: the generator wants"}}
# The generator helps the discriminator.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    entropy = (1 - smooth) * ops.softplus(-real) + smooth * ops.softplus(real)
    return ops.mean(entropy) + ops.mean(ops.softplus(drawn))


def generator_loss(drawn):
    return ops.mean(ops.softplus(drawn))
