# %% [markdown] answer={}
# Windows by reshape, flat places, scikit-learn-like counting, a transposed convolution.


# %% nbgrader={"grade_id": "pool"}
def pool(x):
    n, h, w, c = x.shape
    cut = x.reshape(n, h // 2, 2, w // 2, 2, c).transpose(0, 1, 3, 5, 2, 4)
    cut = cut.reshape(n, h // 2, w // 2, c, 4)
    k = cut.argmax(-1)
    i, j = np.indices(k.shape)[1:3]
    return np.take_along_axis(cut, k[..., None], -1)[..., 0], (
        2 * i + k // 2
    ) * w + 2 * j + k % 2


# %% nbgrader={"grade_id": "unpool"}
def unpool(values, indices, height, width):
    result = np.zeros((len(values), height, width, values.shape[-1]), values.dtype)
    b, _, _, c = np.indices(values.shape)
    result[b, indices // width, indices % width, c] = values
    return result


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    labels, predicted = labels.ravel().astype(int), predicted.ravel().astype(int)
    keep = labels != ignore
    table = np.zeros((num_classes, num_classes))
    np.add.at(table, (labels[keep], predicted[keep]), 1)
    both = np.diag(table)
    with np.errstate(invalid="ignore"):
        return both / (table.sum(0) + table.sum(1) - both)


# %% nbgrader={"grade_id": "class_weights"}
def class_weights(labels, num_classes):
    hot = labels[..., None] == np.arange(num_classes)
    pixels = hot.sum((0, 1, 2))
    room = hot.any((1, 2)).sum(0) * labels[0].size
    with np.errstate(invalid="ignore", divide="ignore"):
        frequency = pixels / room
        weights = np.nanmedian(frequency) / frequency
    return np.nan_to_num(weights)


# %% nbgrader={"grade_id": "weighted_loss"}
def weighted_loss(labels, logits, weights, ignore=255):
    keep = np.flatnonzero(np.ravel(labels) != ignore)
    y = np.ravel(labels)[keep].astype("int64")
    z = ops.take(ops.reshape(logits, (-1, len(weights))), keep, axis=0)
    chosen = ops.sum(z * ops.one_hot(y, len(weights), dtype="float32"), axis=-1)
    entropy = ops.logsumexp(z, axis=-1) - chosen
    w = np.asarray(weights, "float32")[y]
    return ops.sum(entropy * w) / w.sum()


# %% nbgrader={"grade_id": "mirror"}
def mirror(input_shape, num_classes, filters):
    model = keras.Sequential([keras.Input(input_shape)])
    for f in filters:
        model.add(layers.Conv2D(f, 3, padding="same"))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D())
    for f in reversed(filters):
        model.add(
            layers.Conv2DTranspose(f, 4, strides=2, padding="same", activation="relu")
        )
        model.add(layers.Conv2D(f, 3, padding="same", activation="relu"))
    model.add(layers.Conv2D(num_classes, 3, padding="same"))
    return model
