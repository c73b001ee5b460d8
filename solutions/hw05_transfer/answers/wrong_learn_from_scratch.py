# %% [markdown] answer={"fails": {"test_learn": "learn is right for"}}
# Ignores the base.


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    return from_scratch(x, y, x_new)
