# %% [markdown] answer={"fails": {"test_learn": "the labels that learn predicts has shape (150, 3)"}}
# Returns distances instead of labels.


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    a, b = np.array(base(x)), np.array(base(x_new))
    means = np.stack([a[y == label].mean(0) for label in range(3)])
    return np.linalg.norm(b[:, None] - means, axis=-1)
