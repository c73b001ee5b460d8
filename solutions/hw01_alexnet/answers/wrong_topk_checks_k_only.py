# %% [markdown] answer={"fails": {"test_topk_bad_input": "4 images and a single label must raise ValueError; it returned"}}
# Checks `k` and leaves the shapes to NumPy.


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    if not 1 <= k <= scores.shape[-1]:
        raise ValueError(f"k must be from 1 to {scores.shape[-1]}")
    if len(labels) not in (1, len(scores)):
        raise ValueError("labels and scores do not match")
    true = scores[np.arange(len(scores)), labels]
    higher = np.sum(scores > true[:, None], axis=1)
    return float(np.mean(higher >= k))
