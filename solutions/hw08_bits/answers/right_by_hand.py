# %% [markdown] answer={}
# Strings of bits, Python's numbers and loops; numbers in float64 inside.


# %% nbgrader={"grade_id": "decode"}
def decode(pattern, exponent_bits):
    text = format(pattern, "016b")
    e, f = text[1 : 1 + exponent_bits], text[1 + exponent_bits :]
    sign = -1 if text[0] == "1" else 1
    value = sum(2.0 ** -(i + 1) for i, digit in enumerate(f) if digit == "1")
    if "0" not in e:
        return float("nan") if "1" in f else sign * float("inf")
    bias = 2 ** (len(e) - 1) - 1
    if "1" not in e:
        return sign * value * 2.0 ** (1 - bias)
    return sign * (1 + value) * 2.0 ** (int(e, 2) - bias)


# %% nbgrader={"grade_id": "affine"}
def parameters(low, high, bits=8):
    if low > 0:
        low = 0
    if high < 0:
        high = 0
    steps = 2**bits - 1
    if low == high:
        return 1, 0
    scale = (high - low) / steps
    return scale, int(round(-low / scale))


def to_integers(x, scale, zero_point, bits=8):
    out = np.empty(x.shape, "uint8")
    for place in np.ndindex(*x.shape):
        q = round(float(x[place]) / scale) + zero_point
        out[place] = min(max(q, 0), 2**bits - 1)
    return out


def to_floats(q, scale, zero_point):
    return q.astype("int64") * scale - zero_point * scale


# %% nbgrader={"grade_id": "integer_conv"}
def integer_conv(x, zero_point, kernel, strides=1):
    k = kernel.shape[0]
    wide, weights = x.astype("int64"), kernel.astype("int64")
    offset = zero_point * weights.sum((0, 1, 2))
    h = (x.shape[1] - k) // strides + 1
    w = (x.shape[2] - k) // strides + 1
    out = np.zeros((len(x), h, w, kernel.shape[3]), "int64")
    for i in range(h):
        for j in range(w):
            part = wide[:, i * strides : i * strides + k, j * strides : j * strides + k]
            out[:, i, j] = np.einsum("nabc,abcf->nf", part, weights) - offset
    return out.astype("int32")


# %% nbgrader={"grade_id": "scaled_step"}
def scaled_step(weights, gradients, scale, good_steps, learning_rate=0.1, interval=3):
    result, fine = [], True
    for weight, gradient in zip(weights, gradients):
        wide = np.asarray(gradient, "float32")
        if np.isnan(wide).any() or np.isinf(wide).any():
            fine = False
        result.append(weight - learning_rate * wide / np.float32(scale))
    if not fine:
        return [1 * weight for weight in weights], scale / 2, 0
    good_steps = good_steps + 1
    if good_steps % interval == 0:
        scale, good_steps = scale * 2, 0
    return result, scale, good_steps
