# %% [markdown] answer={"fails": {"test_to_integers": "numbers out of range wrap around"}}
# Lets numbers out of range wrap around.


# %% nbgrader={"grade_id": "affine"}
def parameters(low, high, bits=8):
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / (2**bits - 1) if high > low else 1.0
    return scale, round(-low / scale)


def to_integers(x, scale, zero_point, bits=8):
    return (np.round(x / scale) + zero_point).astype("int64").astype("uint8")


def to_floats(q, scale, zero_point):
    return (q.astype("float32") - zero_point) * scale
