# %% [markdown] answer={"fails": {"test_keep_colors": "green counts more"}}
# Brightness as a plain mean.


# %% nbgrader={"grade_id": "keep_colors"}
def keep_colors(painted, photograph):
    shift = (painted.astype(float) - photograph).mean(-1, keepdims=True)
    return np.clip(photograph + shift, 0, 255)
