# %% [markdown] answer={"fails": {"test_lrn_gradient": "the slope is"}}
# No gradient flows through the sum of squares.


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    channels, r = x.shape[-1], n // 2
    squares = ops.pad(
        ops.square(ops.stop_gradient(x)), [(0, 0), (0, 0), (0, 0), (r, r)]
    )
    total = sum(squares[..., shift : shift + channels] for shift in range(n))
    return x / (k + alpha * total) ** beta
