# %% [markdown] answer={}
# A subclass of `keras.Model` with its own `call`, and results as lists and tensors.


# %% nbgrader={"grade_id": "mirror"}
class Mirror(keras.Model):
    def __init__(self, num_classes, filters):
        super().__init__()
        self.down = [layers.Conv2D(f, 3, 1, "same", activation="relu") for f in filters]
        self.up = [
            layers.Conv2DTranspose(f, 3, 2, "same", activation="relu")
            for f in reversed(filters)
        ]
        self.pool = layers.MaxPooling2D()
        self.last = layers.Conv2D(num_classes, 3, padding="same")

    def call(self, x):
        kept = []
        for layer in self.down:
            kept.append(layer(x))
            x = self.pool(kept[-1])
        for layer in self.up:
            x = layers.concatenate([layer(x), kept.pop()])
        return self.last(x)


def mirror(input_shape, num_classes, filters):
    return Mirror(num_classes, filters)


# %% nbgrader={"grade_id": "class_weights"}
def class_weights(labels, num_classes):
    sums, rooms = [0] * num_classes, [0] * num_classes
    for picture in labels:
        for number, count in zip(*np.unique(picture, return_counts=True)):
            sums[number] += int(count)
            rooms[number] += picture.size
    shares = [s / r if r else None for s, r in zip(sums, rooms)]
    middle = np.median([share for share in shares if share])
    return [middle / share if share else 0 for share in shares]


# %% nbgrader={"grade_id": "unpool"}
def unpool(values, indices, height, width):
    spots = ops.one_hot(indices, height * width, axis=-1)
    flat = ops.einsum("bijc,bijcp->bpc", values, spots)
    return ops.reshape(flat, (-1, height, width, values.shape[-1]))
