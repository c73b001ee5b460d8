# %% [markdown] answer={"fails": {"test_pool_indices": "the indices of pool of (1, 34, 20, 2), uint8"}}
# The indices have the type of the picture, in which they need not fit.


# %% nbgrader={"grade_id": "pool"}
def pool(x):
    n, h, w, c = x.shape
    cut = np.stack([x[:, r::2, s::2] for r in (0, 1) for s in (0, 1)], -1)
    k = cut.argmax(-1)
    rows = 2 * np.arange(h // 2)[:, None, None] + k // 2
    indices = rows * w + 2 * np.arange(w // 2)[:, None] + k % 2
    return cut.max(-1), indices.astype("uint8" if x.dtype == "uint8" else "int64")
