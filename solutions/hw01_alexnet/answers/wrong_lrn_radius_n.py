# %% [markdown] answer={"fails": {"test_lrn": "the window has 11 channels"}}
# Takes n for the radius.


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    channels, r = x.shape[-1], n
    squares = ops.pad(ops.square(x), [(0, 0), (0, 0), (0, 0), (r, r)])
    total = sum(squares[..., shift : shift + channels] for shift in range(2 * n + 1))
    return x / (k + alpha * total) ** beta
