# %% [markdown] answer={"fails": {"test_lrn_edges": ""}}
# The window goes round: the first channel's neighbour is the last.


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    r = n // 2
    total = sum(ops.roll(ops.square(x), shift, axis=-1) for shift in range(-r, r + 1))
    return x / (k + alpha * total) ** beta
