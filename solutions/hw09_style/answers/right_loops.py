# %% [markdown] answer={}
# One picture, one layer, one channel at a time; Adam by its own formula; uint8 colours.


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    features = ops.convert_to_tensor(features)
    matrices = []
    for picture in range(features.shape[0]):
        columns = ops.reshape(features[picture], (-1, features.shape[-1]))
        matrices.append(
            ops.matmul(ops.transpose(columns), columns) / np.prod(columns.shape)
        )
    return ops.stack(matrices)


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    total = ops.zeros(())
    for i in range(len(weights)):
        gap = ops.subtract(found[i], wanted[i])
        total += weights[i] * ops.sum(gap * gap) / found[i].shape[0]
    return total


# %% nbgrader={"grade_id": "total_variation"}
def total_variation(images):
    images = ops.convert_to_tensor(images)
    _, height, width, _ = images.shape
    total = 0.0
    for row in range(height - 1):
        total += ops.sum(ops.abs(images[:, row] - images[:, row + 1]), axis=(1, 2))
    for column in range(width - 1):
        gap = images[:, :, column] - images[:, :, column + 1]
        total += ops.sum(ops.abs(gap), axis=(1, 2))
    return total


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    picture, m, v, losses = start.copy(), 0.0, 0.0, []
    for t in range(1, steps + 1):
        loss = float(loss_of(network, picture, wanted))
        slope = checks.gradient(lambda p: loss_of(network, p, wanted), picture)
        m, v = 0.9 * m + 0.1 * slope, 0.999 * v + 0.001 * slope**2
        step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-7)
        picture = np.clip(picture - learning_rate * step, 0, 1).astype("float32")
        losses.append(loss)
    return picture, losses


# %% nbgrader={"grade_id": "keep_colors"}
def keep_colors(painted, photograph):
    result = np.empty(photograph.shape)
    y = lambda p: 0.299 * float(p[0]) + 0.587 * float(p[1]) + 0.114 * float(p[2])
    for i in range(len(photograph)):
        for j in range(photograph.shape[1]):
            shift = y(painted[i, j]) - y(photograph[i, j])
            result[i, j] = [
                min(255, max(0, float(c) + shift)) for c in photograph[i, j]
            ]
    return result.round().astype("uint8")


# %% nbgrader={"grade_id": "match"}
def match(content, style, epsilon=1e-5):
    content, style = np.asarray(content), np.asarray(style)
    result = np.empty_like(content)
    for b in range(content.shape[0]):
        for c in range(content.shape[-1]):
            x, s = content[b, :, :, c], style[b, :, :, c]
            scale = np.sqrt((s.var() + epsilon) / (x.var() + epsilon))
            result[b, :, :, c] = (x - x.mean()) * scale + s.mean()
    return result
