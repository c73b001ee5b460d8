# %% [markdown] answer={"fails": {"test_slerp": "`a` or `b` changed"}}
# Divides what it is given by its length, in place.


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    long, other = np.linalg.norm(a), np.linalg.norm(b)
    a /= long
    b /= other
    angle = np.arccos(np.clip(a @ b, -1, 1))
    t = np.linspace(0, 1, steps)[:, None]
    if angle < 1e-6:
        return (1 - t) * long * a + t * other * b
    one, two = np.sin((1 - t) * angle), np.sin(t * angle)
    return (one * long * a + two * other * b) / np.sin(angle)
