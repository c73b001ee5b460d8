# %% [markdown] answer={"fails": {"test_lrn_gradient": "the gradient is 0 everywhere"}}
# Right numbers from NumPy, through which no gradient flows.


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    x = np.asarray(x)
    y = np.empty_like(x)
    for i in range(x.shape[-1]):
        near = x[..., max(0, i - n // 2) : i + n // 2 + 1]
        y[..., i] = x[..., i] / (k + alpha * (near**2).sum(axis=-1)) ** beta
    return y
