# %% [markdown] answer={"fails": {"test_topk": "ValueError: bad input", "test_topk_ties": "", "test_topk_bad_input": ""}}
# Refuses everything.


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    raise ValueError("bad input")
