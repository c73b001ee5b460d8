# %% [markdown] answer={"fails": {"test_learn": "of 5 classes; expected 75 %"}}
# Writes the number of classes down.


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    features, new = np.array(base(x)), np.array(base(x_new))
    means = np.stack([features[y == label].mean(0) for label in range(3)])
    return np.linalg.norm(new[:, None] - means, axis=-1).argmin(1)
