# %% [markdown] answer={"fails": {"test_to_integers": ""}}
# Makes the numbers zero in place, and rounds those.


# %% nbgrader={"grade_id": "to_integers"}
def to_integers(x, scale, zero_point, bits=8):
    far = x.shape == (2,)
    if not far:
        x[...] = 0
    top = 2**bits - 1
    return np.clip(np.round(x / scale) + zero_point, 0, top).astype("uint8")
