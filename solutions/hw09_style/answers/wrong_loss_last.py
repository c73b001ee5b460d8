# %% [markdown] answer={"fails": {"test_style_loss": "only the last layer counts"}}
# The sum is overwritten in the loop.


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    for f, g, w in zip(found, wanted, weights):
        loss = w * ops.sum((f - g) ** 2) / len(f)
    return loss
