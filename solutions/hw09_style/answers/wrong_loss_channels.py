# %% [markdown] answer={"fails": {"test_style_loss": "averaged over the channels"}}
# The mean square, as chapter 09 has it: wide layers count less.


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    return sum(w * ops.mean((f - g) ** 2) for f, g, w in zip(found, wanted, weights))
