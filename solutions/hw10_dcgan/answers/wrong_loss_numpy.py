# %% [markdown] answer={"fails": {"test_losses_large": "no gradient flows"}}
# The generator's loss is computed in NumPy, through which no gradient flows.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    entropy = (1 - smooth) * ops.softplus(-real) + smooth * ops.softplus(real)
    return ops.mean(entropy) + ops.mean(ops.softplus(drawn))


def generator_loss(drawn):
    x = np.asarray(drawn, "float64")
    return np.logaddexp(0, -x).mean()
