# %% [markdown] answer={"fails": {"test_keep_colors": "the two pictures are swapped"}}
# Brightness of the photograph, colours of the painting.


# %% nbgrader={"grade_id": "keep_colors"}
def keep_colors(painted, photograph):
    shift = (photograph.astype(float) - painted) @ np.array([0.299, 0.587, 0.114])
    return np.clip(painted + shift[..., None], 0, 255)
