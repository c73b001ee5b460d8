# %% [markdown] answer={"fails": {"test_style_loss": "has shape (2,)"}}
# A loss for each picture: the mean goes over channels only.


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    return sum(
        w * ops.mean((f - g) ** 2, axis=(1, 2))
        for f, g, w in zip(found, wanted, weights)
    )
