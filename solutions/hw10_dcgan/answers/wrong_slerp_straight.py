# %% [markdown] answer={"fails": {"test_slerp": "is a straight line"}}
# Linear interpolation, as in the chapter.


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    return np.linspace(a, b, steps)
