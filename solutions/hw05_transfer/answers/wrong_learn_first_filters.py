# %% [markdown] answer={"fails": {"test_learn": "of 3 classes; expected 75 %"}}
# Takes the strongest of the first filters, and never looks at the labels.


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    features = ops.convert_to_numpy(base(x_new))
    return features[:, : len(np.unique(y))].argmax(-1)
