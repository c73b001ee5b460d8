# %% [markdown] answer={}
# Einstein sums, and gradients through `value_and_gradient`.


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    b, h, w, c = ops.shape(features)
    return ops.einsum("bhwi,bhwj->bij", features, features) / float(h * w * c)


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    return sum(
        w * ops.einsum("bij,bij->", f - g, f - g) / ops.shape(f)[0]
        for f, g, w in zip(found, wanted, weights)
    )


# %% nbgrader={"grade_id": "total_variation"}
def total_variation(images):
    steps = [
        ops.abs(ops.diff(ops.convert_to_tensor(images), axis=axis)) for axis in (1, 2)
    ]
    return sum(ops.sum(step, axis=(1, 2, 3)) for step in steps)


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    step = training.value_and_gradient(lambda p: loss_of(network, p, wanted))
    optimizer = keras.optimizers.Adam(learning_rate)
    pixels = keras.Variable(np.array(start))
    optimizer.build([pixels])
    history = []
    for _ in range(steps):
        loss, slope = step(ops.convert_to_tensor(pixels))
        history.append(loss)
        optimizer.apply([slope], [pixels])
        pixels.assign(ops.minimum(ops.maximum(pixels, 0.0), 1.0))
    return pixels.numpy(), [float(loss) for loss in history]


# %% nbgrader={"grade_id": "keep_colors"}
def keep_colors(painted, photograph):
    def brightness(x):
        x = x.astype(float)
        return 0.299 * x[..., :1] + 0.587 * x[..., 1:2] + 0.114 * x[..., 2:]

    result = photograph + brightness(painted) - brightness(photograph)
    return result.clip(0, 255)


# %% nbgrader={"grade_id": "match"}
def match(content, style, epsilon=1e-5):
    def split(x):
        x = ops.convert_to_tensor(x)
        mean = ops.mean(x, axis=(1, 2), keepdims=True)
        return mean, ops.sqrt(ops.var(x, axis=(1, 2), keepdims=True) + epsilon)

    (m, s), (n, t) = split(content), split(style)
    return t * (content - m) / s + n
