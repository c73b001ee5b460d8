# %% [markdown] answer={"fails": {"test_match": "the deviations are still the content's"}}
# Only the means are matched.


# %% nbgrader={"grade_id": "match"}
def match(content, style, epsilon=1e-5):
    gap = ops.mean(style, (1, 2), keepdims=True) - ops.mean(
        content, (1, 2), keepdims=True
    )
    return content + gap
