# %% [markdown] answer={"fails": {"test_suppress": "(0.9, 0.8, 0.7) is [2"}}
# Sorts upwards.


# %% nbgrader={"grade_id": "suppress"}
def suppress(scores, overlaps, threshold):
    kept = []
    for i in np.argsort(scores):
        if all(overlaps[i, j] <= threshold for j in kept):
            kept.append(int(i))
    return kept
