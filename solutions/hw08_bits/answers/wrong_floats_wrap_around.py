# %% [markdown] answer={"fails": {"test_to_floats": "q - zero_point wraps around"}}
# Subtracts in uint8.


# %% nbgrader={"grade_id": "affine"}
def parameters(low, high, bits=8):
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / (2**bits - 1) if high > low else 1.0
    return scale, round(-low / scale)


def to_integers(x, scale, zero_point, bits=8):
    return np.clip(np.round(x / scale) + zero_point, 0, 2**bits - 1).astype("uint8")


def to_floats(q, scale, zero_point):
    return (q - np.uint8(zero_point)) * np.float32(scale)
