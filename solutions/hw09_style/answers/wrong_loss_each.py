# %% [markdown] answer={"fails": {"test_style_loss": "has shape (2,)"}}
# A loss for each picture: the mean over the batch is forgotten.


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    return sum(
        w * ops.sum((f - g) ** 2, axis=(1, 2))
        for f, g, w in zip(found, wanted, weights)
    )
