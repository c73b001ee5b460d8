# %% [markdown] answer={"fails": {"test_suppress": "an overlap that equals the threshold"}}
# An overlap equal to the threshold removes.


# %% nbgrader={"grade_id": "suppress"}
def suppress(scores, overlaps, threshold):
    kept = []
    for i in np.argsort(-scores, kind="stable"):
        if all(overlaps[i, j] < threshold for j in kept):
            kept.append(int(i))
    return kept
