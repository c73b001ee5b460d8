# %% [markdown] answer={"fails": {"test_discriminator_loss": "only the real pictures count", "test_losses_large": ""}}
# The drawings are forgotten.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    return ops.mean((1 - smooth) * ops.softplus(-real) + smooth * ops.softplus(real))


def generator_loss(drawn):
    return ops.mean(ops.softplus(-drawn))
