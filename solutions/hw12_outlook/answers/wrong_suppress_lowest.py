# %% [markdown] answer={"fails": {"test_suppress": "begins with the lowest score"}}
# Sorts upwards.


# %% nbgrader={"grade_id": "suppress"}
def suppress(scores, overlaps, threshold):
    kept = []
    for i in np.argsort(scores):
        if all(overlaps[i, j] <= threshold for j in kept):
            kept.append(int(i))
    return kept
