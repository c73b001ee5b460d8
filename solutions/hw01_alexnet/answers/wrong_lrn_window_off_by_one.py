# %% [markdown] answer={"fails": {"test_lrn": "the window misses its last channel"}}
# The window ends before its last channel.


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    outputs = []
    for i in range(x.shape[-1]):
        near = x[..., max(0, i - n // 2) : i + n // 2]
        total = ops.sum(near * near, axis=-1)
        outputs.append(x[..., i] / (k + alpha * total) ** beta)
    return ops.stack(outputs, axis=-1)
