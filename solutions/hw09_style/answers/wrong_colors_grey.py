# %% [markdown] answer={"fails": {"test_keep_colors": "the result is grey"}}
# Only the brightness is left.


# %% nbgrader={"grade_id": "keep_colors"}
def keep_colors(painted, photograph):
    grey = painted.astype(float) @ np.array([0.299, 0.587, 0.114])
    return np.repeat(grey[..., None], 3, axis=-1)
