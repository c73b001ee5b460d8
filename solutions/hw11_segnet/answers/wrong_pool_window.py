# %% [markdown] answer={"fails": {"test_pool_indices": "they count within the window"}}
# The place within the window, as in the chapter.


# %% nbgrader={"grade_id": "pool"}
def pool(x):
    cut = np.stack([x[:, r::2, s::2] for r in (0, 1) for s in (0, 1)], -1)
    return cut.max(-1), cut.argmax(-1)
