# %% [markdown] answer={"fails": {"test_learn": "Does it use the base's features?"}}
# Ignores the base.


# %% nbgrader={"grade_id": "learn"}
def learn(base, x, y, x_new):
    return from_scratch(x, y, x_new)
