# %% [markdown] answer={"fails": {"test_suppress": "expected [2"}}
# Returns them in the order of the list.


# %% nbgrader={"grade_id": "suppress"}
def suppress(scores, overlaps, threshold):
    kept = []
    for i in np.argsort(-scores, kind="stable"):
        if all(overlaps[i, j] <= threshold for j in kept):
            kept.append(int(i))
    return sorted(kept)
