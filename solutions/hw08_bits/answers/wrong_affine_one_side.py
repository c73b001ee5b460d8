# %% [markdown] answer={"fails": {"test_parameters": "parameters(-4.0, -1.0, bits=8): the range was"}}
# Thinks of ranges above 0 only.


# %% nbgrader={"grade_id": "affine"}
def parameters(low, high, bits=8):
    low = min(low, 0.0)
    scale = (high - low) / (2**bits - 1) if high > low else 1.0
    return scale, int(np.round(-low / scale))


def to_integers(x, scale, zero_point, bits=8):
    return np.clip(np.round(x / scale) + zero_point, 0, 2**bits - 1).astype("uint8")


def to_floats(q, scale, zero_point):
    return (q.astype("float32") - zero_point) * scale
