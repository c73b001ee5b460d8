# %% [markdown] answer={}
# Loops over every window; Python numbers instead of arrays where that is enough.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    n, h, w, c = x.shape
    big = np.zeros((n, h + 2 * padding, w + 2 * padding, c), x.dtype)
    big[:, padding : padding + h, padding : padding + w, :] = x
    rows = []
    for image in big:
        top = 0
        while top + kernel_size <= image.shape[0]:
            left = 0
            while left + kernel_size <= image.shape[1]:
                rows.append(
                    image[top : top + kernel_size, left : left + kernel_size].flatten()
                )
                left += strides
            top += strides
    return np.array(rows)


# %% nbgrader={"grade_id": "col2im"}
def col2im(columns, input_shape, kernel_size, strides=1, padding=0):
    n, h, w, c = input_shape
    big = np.zeros((n, h + 2 * padding, w + 2 * padding, c))
    rows = iter(columns)
    for image in big:
        for top in range(0, image.shape[0] - kernel_size + 1, strides):
            for left in range(0, image.shape[1] - kernel_size + 1, strides):
                window = image[top : top + kernel_size, left : left + kernel_size]
                window += next(rows).reshape(window.shape)
    if padding == 0:
        return big
    return big[:, padding:-padding, padding:-padding]


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    size, _, c, f = kernel.shape
    n, h, w, _ = x.shape
    if padding == "same":
        oh, ow = math.ceil(h / strides), math.ceil(w / strides)
    else:
        oh, ow = (h - size) // strides + 1, (w - size) // strides + 1
    th = max((oh - 1) * strides + size - h, 0) // 2 if padding == "same" else 0
    tw = max((ow - 1) * strides + size - w, 0) // 2 if padding == "same" else 0
    out = np.zeros((n, oh, ow, f))
    for i in range(oh):
        for j in range(ow):
            for a in range(size):
                for b in range(size):
                    y, z = i * strides + a - th, j * strides + b - tw
                    if 0 <= y < h and 0 <= z < w:
                        out[:, i, j] += x[:, y, z] @ kernel[a, b]
    return out + bias


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    before = after = 0.0
    for name in seconds:
        before += seconds[name]
        if name in factors:
            after += seconds[name] / factors[name]
        else:
            after += seconds[name]
    if after == 0:
        return float("inf")
    return before / after


def needed(seconds, name, target):
    total = sum(seconds.values())
    share = seconds[name] / total
    denominator = 1 / target - (1 - share)
    if denominator < -1e-12:
        return None
    if denominator <= 1e-12:
        return float("inf")
    return share / denominator


# %% nbgrader={"grade_id": "roofline"}
def bound(layer, chip):
    intensity = 2 * layer["multiply_adds"] / layer["bytes"]
    if intensity < chip["operations"] / chip["bandwidth"]:
        return "memory", layer["bytes"] / chip["bandwidth"]
    return "arithmetic", 2 * layer["multiply_adds"] / chip["operations"]


def smallest_batch(inputs, units, chip, itemsize=4):
    weights = inputs * units
    batch = 1
    while batch < 100_000:
        layer = {
            "multiply_adds": batch * weights,
            "bytes": itemsize * (weights + batch * (inputs + units)),
        }
        if bound(layer, chip)[0] == "arithmetic":
            return batch
        batch += 1
