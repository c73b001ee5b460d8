# %% [markdown] answer={"fails": {"test_pool_indices": "its width is half"}}
# Multiplies with the width of the pooled picture.


# %% nbgrader={"grade_id": "pool"}
def pool(x):
    n, h, w, c = x.shape
    cut = np.stack([x[:, r::2, s::2] for r in (0, 1) for s in (0, 1)], -1)
    k = cut.argmax(-1)
    rows = 2 * np.arange(h // 2)[:, None, None] + k // 2
    columns = 2 * np.arange(w // 2)[:, None] + k % 2
    return cut.max(-1), rows * (w // 2) + columns
