# %% [markdown] answer={"fails": {"test_keep_colors": "it is not clipped"}}
# No clipping.


# %% nbgrader={"grade_id": "keep_colors"}
def keep_colors(painted, photograph):
    shift = (painted.astype(float) - photograph) @ np.array([0.299, 0.587, 0.114])
    return photograph + shift[..., None]
