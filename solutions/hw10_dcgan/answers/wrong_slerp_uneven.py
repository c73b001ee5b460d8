# %% [markdown] answer={"fails": {"test_slerp": "put on the sphere"}}
# A straight line, scaled back to the sphere: right lengths, uneven steps.


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    line = np.linspace(a, b, steps)
    lengths = np.linspace(np.linalg.norm(a), np.linalg.norm(b), steps)
    return line * (lengths / np.linalg.norm(line, axis=1))[:, None]
