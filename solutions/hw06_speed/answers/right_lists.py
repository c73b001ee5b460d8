# %% [markdown] answer={}
# Nested lists in place of arrays and tuples.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    batch, height, width, channels = x.shape

    def at(image, i, j):
        inside = 0 <= i < height and 0 <= j < width
        return x[image, i, j].tolist() if inside else [0] * channels

    tops = range(-padding, height + padding - kernel_size + 1, strides)
    lefts = range(-padding, width + padding - kernel_size + 1, strides)
    return [
        sum(
            (
                at(image, top + i, left + j)
                for i in range(kernel_size)
                for j in range(kernel_size)
            ),
            [],
        )
        for image in range(batch)
        for top in tops
        for left in lefts
    ]


# %% nbgrader={"grade_id": "col2im"}
def col2im(columns, input_shape, kernel_size, strides=1, padding=0):
    size, (batch, height, width, channels) = kernel_size, input_shape
    tall, wide = height + 2 * padding, width + 2 * padding
    whole = np.zeros((batch, tall * wide, channels), "float64")
    tops = np.arange(0, tall - size + 1, strides)
    lefts = np.arange(0, wide - size + 1, strides)
    place = tops[:, None, None, None] + np.arange(size)[:, None]
    place = place * wide + lefts[:, None, None] + np.arange(size)
    rows = columns.reshape(batch, -1, channels)
    for image in range(batch):
        np.add.at(whole[image], place.ravel(), rows[image])
    grid = whole.reshape(batch, tall, wide, channels)
    return grid[:, padding : tall - padding, padding : wide - padding].tolist()


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    size = kernel.shape[0]
    images, out = x, []
    for axis in (1, 2):
        n = x.shape[axis]
        if padding == "same":
            count = (n + strides - 1) // strides
            lack = max(0, (count - 1) * strides + size - n)
            sides = [(0, 0)] * 4
            sides[axis] = (lack // 2, (lack + 1) // 2)
            images = np.pad(images, sides)
        out.append(len(range(0, images.shape[axis] - size + 1, strides)))
    view = [
        images[:, i * strides : i * strides + size, j * strides : j * strides + size]
        for i in range(out[0])
        for j in range(out[1])
    ]
    matrix = np.stack(view, 1).reshape(-1, kernel[..., 0].size)
    flat = kernel.reshape(-1, kernel.shape[-1])
    return (matrix @ flat + bias).reshape(len(x), *out, -1).tolist()


# %% nbgrader={"grade_id": "conv_costs"}
def conv_costs(input_shape, filters, kernel_size, strides=1, itemsize=4):
    n, h, w, c = input_shape
    tops = len(range(0, h - kernel_size + 1, strides))
    lefts = len(range(0, w - kernel_size + 1, strides))
    matrix = n * tops * lefts * kernel_size * kernel_size * c
    kernel = kernel_size * kernel_size * c * filters
    output = n * tops * lefts * filters
    total = float(n * h * w * c + kernel + output)
    return [matrix * filters, total * itemsize, 2.0 * matrix * itemsize]


# %% nbgrader={"grade_id": "roofline"}
def bound(layer, chip):
    computing = layer["multiply_adds"] / (chip["operations"] / 2)
    moving = layer["bytes"] / chip["bandwidth"]
    if computing >= moving:
        return ["arithmetic", np.float64(computing)]
    return ["memory", np.float64(moving)]


def smallest_batch(inputs, units, chip, itemsize=4):
    # At batch B: 2 B n m / operations >= itemsize (n m + B (n + m)) / bandwidth
    slope = 2 * inputs * units / chip["operations"]
    slope -= itemsize * (inputs + units) / chip["bandwidth"]
    if slope <= 0:
        return None
    return float(np.ceil(itemsize * inputs * units / chip["bandwidth"] / slope))
