# %% [markdown] answer={"fails": {"test_match": "flat features and (1, 3, 3, 2) holds numbers that are not finite"}}
# No epsilon.


# %% nbgrader={"grade_id": "match"}
def match(content, style, epsilon=1e-5):
    mean, variance = ops.moments(content, (1, 2), keepdims=True)
    goal_mean, goal_variance = ops.moments(style, (1, 2), keepdims=True)
    return (content - mean) / ops.sqrt(variance) * ops.sqrt(goal_variance) + goal_mean
