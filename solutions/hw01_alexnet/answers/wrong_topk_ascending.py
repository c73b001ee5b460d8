# %% [markdown] answer={"fails": {"test_topk": "of the k lowest scores", "test_topk_ties": ""}}
# Takes the first k of an ascending argsort: the k worst classes.


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
    named = np.argsort(scores, axis=1)[:, :k]
    right = np.any(named == labels[:, None], axis=1)
    return float(1 - np.mean(right))
