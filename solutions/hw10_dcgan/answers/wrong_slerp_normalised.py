# %% [markdown] answer={"fails": {"test_slerp": "its points have length 1"}}
# Points of length 1.


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    angle = np.arccos(np.clip(a @ b, -1, 1))
    t = np.linspace(0, 1, steps)[:, None]
    if angle == 0:
        return (1 - t) * a + t * b
    return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
