# %% [markdown] answer={}
# NumPy's own views and types wherever they exist.


# %% nbgrader={"grade_id": "affine"}
def parameters(low, high, bits=8):
    ends = np.array([low, high, 0.0])
    reach = np.ptp(ends)
    if reach == 0:
        return 1.0, 0
    scale = reach / (2**bits - 1)
    return scale, np.rint(-ends.min() / scale).astype(int)


def to_integers(x, scale, zero_point, bits=8):
    return np.rint(np.clip(x / scale + zero_point, 0, 2**bits - 1)).astype(np.uint8)


def to_floats(q, scale, zero_point):
    return scale * np.subtract(q, zero_point, dtype=float)


# %% nbgrader={"grade_id": "fold"}
def fold(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    deviation = (variance + epsilon) ** 0.5
    return np.einsum("ijcf,f->ijcf", kernel, gamma / deviation), beta + gamma * (
        bias - mean
    ) / deviation


def quantize_filters(kernel):
    flat = kernel.reshape(-1, kernel.shape[-1])
    scales = np.maximum(flat.max(0), -flat.min(0)) / 127
    scales[scales == 0] = 1
    return np.rint(kernel / scales).astype(np.int8), scales


# %% nbgrader={"grade_id": "integer_conv"}
def integer_conv(x, zero_point, kernel, strides=1):
    size = len(kernel)
    rows = (x.shape[1] - size) // strides + 1
    columns = (x.shape[2] - size) // strides + 1
    total = np.zeros((len(x), rows, columns, kernel.shape[-1]), np.int32)
    for i, j in np.ndindex(size, size):
        part = x[:, i::strides, j::strides][:, :rows, :columns].astype(np.int32)
        total += (part - zero_point) @ kernel[i, j].astype(np.int32)
    return total


# %% nbgrader={"grade_id": "scaled_step"}
def scaled_step(weights, gradients, scale, good_steps, learning_rate=0.1, interval=3):
    total = sum(float(np.sum(g.astype("float64") * 0)) for g in gradients)
    if np.isnan(total):
        return list(weights), 0.5 * scale, 0
    new = [
        (w - learning_rate / scale * g.astype("float64")).astype("float32")
        for w, g in zip(weights, gradients)
    ]
    full = good_steps + 1 >= interval
    return new, scale * (2 if full else 1), 0 if full else good_steps + 1


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    mixed = keras.DTypePolicy(policy)
    model = keras.Sequential([keras.Input(input_shape)])
    model.add(layers.Conv2D(4, 3, dtype=mixed))
    model.add(layers.BatchNormalization(dtype=mixed))
    model.add(layers.ReLU())
    model.add(layers.Flatten())
    model.add(layers.Dense(16, "relu", dtype=mixed))
    model.add(layers.Dense(num_classes, dtype=keras.DTypePolicy("float32")))
    model.compile(keras.optimizers.Adam(loss_scale_factor=1024), "mse")
    return model
