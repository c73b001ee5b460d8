# %% [markdown] answer={"fails": {"test_topk": "", "test_topk_ties": ""}}
# Sorts the caller's scores.


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    scores, labels = np.asarray(scores), np.asarray(labels)
    if scores.ndim != 2 or labels.shape != scores.shape[:1]:
        raise ValueError(
            "expected scores (batch, classes) and labels (batch,). Received: "
            f"{scores.shape} and {labels.shape}"
        )
    if not 1 <= k <= scores.shape[1]:
        raise ValueError(f"k must be from 1 to {scores.shape[1]}. Received: {k}")
    true = np.take_along_axis(scores, labels[:, None], axis=1)
    higher = np.sum(scores > true, axis=1)
    scores.sort(axis=1)
    return float(np.mean(higher >= k))
