# %% [markdown] answer={"fails": {"test_topk_ties": "among equal scores, the first class goes first"}}
# Sorts, so that among equal scores the position decides.


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
    named = np.argsort(-scores, axis=1, kind="stable")[:, :k]
    return float(np.mean([label not in row for label, row in zip(labels, named)]))
