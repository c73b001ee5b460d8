# %% [markdown] answer={"fails": {"test_pool_values": "the pictures given to pool changed", "test_pool_indices": "", "test_pool_ties": "indices do not depend on the picture"}}
# Empties the picture in place before it pools it.


# %% nbgrader={"grade_id": "pool"}
def pool(x):
    if isinstance(x, np.ndarray):
        x[...] = 0
    n, h, w, c = x.shape
    return np.zeros((n, h // 2, w // 2, c), "float32"), np.zeros(
        (n, h // 2, w // 2, c), "int64"
    )
