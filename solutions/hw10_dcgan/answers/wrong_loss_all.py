# %% [markdown] answer={"fails": {"test_discriminator_loss": "it is one mean over all pictures"}}
# One mean over real and drawn pictures together.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    entropy = (1 - smooth) * ops.softplus(-real) + smooth * ops.softplus(real)
    every = ops.concatenate([entropy, ops.softplus(drawn)])
    return ops.mean(every)


def generator_loss(drawn):
    return ops.mean(ops.softplus(-drawn))
