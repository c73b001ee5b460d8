# %% [markdown] answer={"fails": {"test_suppress": "a box that was removed itself removes no other"}}
# Any better box removes, even one that was removed.


# %% nbgrader={"grade_id": "suppress"}
def suppress(scores, overlaps, threshold):
    order = np.argsort(-scores, kind="stable")
    return [
        int(i)
        for place, i in enumerate(order)
        if all(overlaps[i, j] <= threshold for j in order[:place])
    ]
