# %% [markdown] answer={"fails": {"test_slerp": "it stops before `b`"}}
# Stops one step before `b`.


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    angle = np.arccos(np.clip(a @ b / np.sqrt(a @ a * (b @ b)), -1, 1))
    t = (np.arange(steps) / steps)[:, None]
    if angle < 1e-6:
        return (1 - t) * a + t * b
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
