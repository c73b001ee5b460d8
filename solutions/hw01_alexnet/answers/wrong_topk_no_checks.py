# %% [markdown] answer={"fails": {"test_topk_bad_input": "topk_error with k = 0 must raise ValueError; it returned"}}
# Checks nothing.


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    true = scores[np.arange(len(labels)), labels][:, None]
    higher = np.sum(scores[: len(labels)] > true, axis=1)
    return float(np.mean(higher >= k))
