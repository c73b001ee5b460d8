# %% [markdown] answer={"fails": {"test_style_loss": "the squares are summed over the batch too"}}
# Sums instead of means.


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    return sum(w * ops.sum((f - g) ** 2) for f, g, w in zip(found, wanted, weights))
