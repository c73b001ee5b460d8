# %% [markdown] answer={"fails": {"test_learn": "the labels must be integers"}}
# Returns labels as floats.


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    features, new = np.array(base(x)), np.array(base(x_new))
    gaps = np.linalg.norm(new[:, None] - features, axis=-1)
    return y[gaps.argmin(1)].astype("float32")
