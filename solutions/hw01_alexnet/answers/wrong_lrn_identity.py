# %% [markdown] answer={"fails": {"test_lrn": "numbers are not changed", "test_lrn_edges": "30 channels of 100 all become 100", "test_lrn_gradient": ""}}
# Hands back what it was given.


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    return x
