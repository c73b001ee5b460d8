# %% [markdown] answer={"fails": {"test_slerp": "its middle is shorter"}}
# Linear interpolation, as in the chapter.


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    return np.linspace(a, b, steps)
