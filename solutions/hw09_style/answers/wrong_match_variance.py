# %% [markdown] answer={"fails": {"test_match": "the style's variance is used in place of its root"}}
# The root is forgotten for the style.


# %% nbgrader={"grade_id": "match"}
def match(content, style, epsilon=1e-5):
    mean, variance = ops.moments(content, (1, 2), keepdims=True)
    goal_mean, goal_variance = ops.moments(style, (1, 2), keepdims=True)
    return (content - mean) / ops.sqrt(variance + epsilon) * goal_variance + goal_mean
