# %% [markdown] answer={"fails": {"test_style_loss": "the weights are ignored"}}
# The weights are forgotten.


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    return sum(ops.sum((f - g) ** 2) / len(f) for f, g in zip(found, wanted))
