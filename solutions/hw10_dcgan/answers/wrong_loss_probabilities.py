# %% [markdown] answer={"fails": {"test_losses_large": "give losses of 16.12"}}
# Logarithms of rounded probabilities.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    p, q = ops.sigmoid(real), ops.sigmoid(drawn)
    first = (1 - smooth) * ops.log(p + 1e-7) + smooth * ops.log(1 - p + 1e-7)
    return -ops.mean(first) - ops.mean(ops.log(1 - q + 1e-7))


def generator_loss(drawn):
    return -ops.mean(ops.log(ops.sigmoid(drawn) + 1e-7))
