# %% [markdown] answer={"fails": {"test_parameters": "the range was not widened"}}
# Leaves the range as it is.


# %% nbgrader={"grade_id": "affine"}
def parameters(low, high, bits=8):
    scale = (high - low) / (2**bits - 1) if high > low else 1.0
    return scale, int(np.clip(np.round(-low / scale), 0, 2**bits - 1))


def to_integers(x, scale, zero_point, bits=8):
    return np.clip(np.round(x / scale) + zero_point, 0, 2**bits - 1).astype("uint8")


def to_floats(q, scale, zero_point):
    return (q.astype("float32") - zero_point) * scale
