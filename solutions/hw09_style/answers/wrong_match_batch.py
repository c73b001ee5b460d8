# %% [markdown] answer={"fails": {"test_match": "statistics are those of the whole batch"}}
# Statistics over the batch too, as batch normalisation has them.


# %% nbgrader={"grade_id": "match"}
def match(content, style, epsilon=1e-5):
    mean, variance = ops.moments(content, (0, 1, 2), keepdims=True)
    goal_mean, goal_variance = ops.moments(style, (0, 1, 2), keepdims=True)
    x = (content - mean) / ops.sqrt(variance + epsilon)
    return x * ops.sqrt(goal_variance + epsilon) + goal_mean
