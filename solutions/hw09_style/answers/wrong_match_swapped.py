# %% [markdown] answer={"fails": {"test_match": "has shape (2, 3, 2, 2); expected (2, 2, 3, 2)"}}
# Content and style are swapped.


# %% nbgrader={"grade_id": "match"}
def match(content, style, epsilon=1e-5):
    mean, variance = ops.moments(style, (1, 2), keepdims=True)
    goal_mean, goal_variance = ops.moments(content, (1, 2), keepdims=True)
    x = (style - mean) / ops.sqrt(variance + epsilon)
    return x * ops.sqrt(goal_variance + epsilon) + goal_mean
