# %% [markdown] answer={"fails": {"test_style_loss": "it is the mean over layers"}}
# Divides by the number of layers.


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    parts = [
        w * ops.sum((f - g) ** 2) / len(f) for f, g, w in zip(found, wanted, weights)
    ]
    return sum(parts) / len(parts)
