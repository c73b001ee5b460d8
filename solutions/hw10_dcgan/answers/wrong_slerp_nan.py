# %% [markdown] answer={"fails": {"test_slerp": "to (3, 4) in 4 steps holds numbers that are not finite"}}
# Divides by the sine of zero.


# %% nbgrader={"grade_id": "slerp"}
def slerp(a, b, steps):
    t = np.linspace(0, 1, steps)[:, None]
    with np.errstate(all="ignore"):
        angle = np.arccos(min(1.0, a @ b / np.sqrt(a @ a * (b @ b))))
        return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)
