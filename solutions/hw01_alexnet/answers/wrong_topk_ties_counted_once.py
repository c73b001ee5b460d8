# %% [markdown] answer={"fails": {"test_topk_ties": "classes with the same higher score count once"}}
# Ranks distinct scores: two classes with the same higher score count once.


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
    higher = np.array([len(set(s[s > t].tolist())) for s, t in zip(scores, true)])
    return float(np.mean(higher >= k))
