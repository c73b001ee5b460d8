# %% [markdown] answer={"fails": {"test_lrn_edges": ""}}
# At both ends the window is pushed inside, so that it keeps n channels.


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    channels, outputs = x.shape[-1], []
    for i in range(channels):
        start = min(max(0, i - n // 2), max(0, channels - n))
        total = ops.sum(x[..., start : start + n] ** 2, axis=-1)
        outputs.append(x[..., i] / (k + alpha * total) ** beta)
    return ops.stack(outputs, axis=-1)
