# %% [markdown] answer={"fails": {"test_smoothing": "smooth changes nothing"}}
# `smooth` is not used.


# %% nbgrader={"grade_id": "losses"}
def discriminator_loss(real, drawn, smooth=0.0):
    return ops.mean(ops.softplus(-real)) + ops.mean(ops.softplus(drawn))


def generator_loss(drawn):
    return ops.mean(ops.softplus(-drawn))
