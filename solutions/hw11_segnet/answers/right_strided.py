# %% [markdown] answer={}
# Strided convolutions as encoder, loops elsewhere, Keras's own loss with sample weights.


# %% nbgrader={"grade_id": "pool"}
def pool(x):
    n, h, w, c = x.shape
    best = np.full((n, h // 2, w // 2, c), -np.inf)
    index = np.zeros(best.shape, np.int32)
    for r in range(2):
        for s in range(2):
            part = x[:, r::2, s::2]
            larger = part > best
            place = (np.arange(r, h, 2)[:, None] * w + np.arange(s, w, 2))[
                None, :, :, None
            ]
            index = np.where(larger, place, index)
            best = np.where(larger, part, best)
    return best.astype(x.dtype), index


# %% nbgrader={"grade_id": "unpool"}
def unpool(values, indices, height, width):
    out = np.zeros((values.shape[0], height, width, values.shape[3]))
    for (b, i, j, c), v in np.ndenumerate(values):
        out[b, indices[b, i, j, c] // width, indices[b, i, j, c] % width, c] = v
    return out


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    def one(k):
        counts = labels != ignore
        inter = np.count_nonzero((labels == k) & (predicted == k) & counts)
        union = np.count_nonzero(((labels == k) | (predicted == k)) & counts)
        return inter / union if union else float("nan")

    return np.array([one(k) for k in range(num_classes)])


# %% nbgrader={"grade_id": "class_weights"}
def class_weights(labels, num_classes):
    counts, totals = [0] * num_classes, [0] * num_classes
    for picture in labels:
        for k in np.unique(picture):
            counts[k] += int((picture == k).sum())
            totals[k] += picture.size
    f = [c / t if t else 0 for c, t in zip(counts, totals)]
    m = np.median([v for v in f if v > 0])
    return [m / v if v else 0.0 for v in f]


# %% nbgrader={"grade_id": "weighted_loss"}
def weighted_loss(labels, logits, weights, ignore=255):
    counted = (labels != ignore).astype("float32")
    safe = np.where(labels != ignore, labels, 0)
    w = ops.take(ops.convert_to_tensor(weights), safe, axis=0) * counted
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    return loss(safe, logits, sample_weight=w) / ops.sum(w)


# %% nbgrader={"grade_id": "mirror"}
def mirror(input_shape, num_classes, filters):
    x = inputs = keras.Input(shape=input_shape)
    for f in filters:
        x = layers.Conv2D(f, 3, padding="same", activation="relu")(x)
        x = layers.Conv2D(f, 3, strides=2, padding="same", activation="relu")(x)
    for f in filters[::-1]:
        x = layers.UpSampling2D(interpolation="bilinear")(x)
        x = layers.Conv2D(f, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Conv2D(num_classes, 3, padding="same")(x))
