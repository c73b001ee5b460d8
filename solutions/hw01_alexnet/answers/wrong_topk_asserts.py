# %% [markdown] answer={"fails": {"test_topk_bad_input": "must raise ValueError; it raised AssertionError"}}
# Uses `assert` where an error was asked for.


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    assert scores.ndim == 2 and labels.shape == scores.shape[:1]
    assert 1 <= k <= scores.shape[1]
    true = scores[np.arange(len(labels)), labels]
    higher = np.sum(scores > true[:, None], axis=1)
    return float(np.mean(higher >= k))
