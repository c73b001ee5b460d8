# %% [markdown] answer={}
# `keras.ops`, and a separable convolution in the classifier.


# %% nbgrader={"grade_id": "affine"}
def parameters(low, high, bits=8):
    low, high = ops.minimum(float(low), 0.0), ops.maximum(float(high), 0.0)
    low, high = float(low), float(high)
    scale = (high - low) / (2**bits - 1) or 1.0
    return scale, float(round(-low / scale))


def to_integers(x, scale, zero_point, bits=8):
    q = ops.round(ops.convert_to_tensor(x) / scale) + zero_point
    return ops.cast(ops.clip(q, 0, 2**bits - 1), "uint8")


def to_floats(q, scale, zero_point):
    return (ops.cast(q, "float32") - zero_point) * scale


# %% nbgrader={"grade_id": "fold"}
def fold(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    factor = gamma * np.reciprocal(np.sqrt(variance + epsilon))
    return ops.multiply(kernel, factor), ops.add((bias - mean) * factor, beta)


def quantize_filters(kernel):
    q = np.zeros(kernel.shape, "int8")
    scales = []
    for index in range(kernel.shape[-1]):
        one = kernel[..., index]
        scale = abs(one).max() / 127 or 1.0
        q[..., index] = np.round(one / scale)
        scales.append(scale)
    return [q, np.array(scales)]


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    inputs = keras.Input(input_shape)
    x = layers.SeparableConv2D(6, 3, padding="same", dtype=policy)(inputs)
    x = layers.ReLU(dtype=policy)(x)
    x = layers.GlobalMaxPooling2D(dtype=policy)(x)
    x = layers.Dense(num_classes, dtype="float32", use_bias=False)(x)
    model = keras.Model(inputs, x)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam()), loss)
    return model
