# %% [markdown] answer={}
# Lets Keras do the work: its convolution, its losses, its layers' own counts, its
# results as they come.


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    x = ops.convert_to_tensor(x)[:, ::strides, ::strides, :]
    return ops.add(ops.tensordot(x, kernel[0, 0], axes=1), bias)


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    return ops.einsum("xycr,hwrf->hwcf", reduce, kernel)


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    def run(branch):
        y = x
        for step in branch:
            if step[0] == "conv":
                y = layers.Conv2D(step[1], step[2], padding="same", activation="relu")(
                    y
                )
            elif step[0] == "max":
                y = layers.MaxPool2D(step[1], strides=1, padding="same")(y)
            else:
                y = layers.AvgPool2D(step[1], strides=1, padding="same")(y)
        return y

    return ops.concatenate([run(branch) for branch in branches], axis=-1)


# %%
def count_of(height, width, layer_list):
    """Builds the layers and reads off what they count."""
    parameters = multiply_adds = 0
    for channels, filters, kernel_size in layer_list:
        conv = layers.Conv2D(
            filters, kernel_size, padding="same", kernel_initializer="zeros"
        )
        conv.build((None, height, width, channels))
        parameters += conv.count_params()
        multiply_adds += height * width * (conv.count_params() - filters)
    return np.array([parameters, multiply_adds])


# %% nbgrader={"grade_id": "naive_cost"}
def naive_cost(height, width, channels, filters):
    f1, f3, f5 = filters
    convs = [(channels, f1, 1), (channels, f3, 3), (channels, f5, 5)]
    return count_of(height, width, convs)


# %% nbgrader={"grade_id": "reduced_cost"}
def reduced_cost(height, width, channels, filters):
    f1, (r3, f3), (r5, f5), fp = filters
    convs = [(channels, f, 1) for f in (f1, r3, r5, fp)]
    return count_of(height, width, convs + [(r3, f3, 3), (r5, f5, 5)])


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    losses = [
        ops.mean(
            keras.losses.sparse_categorical_crossentropy(
                labels, ops.convert_to_tensor(logits), from_logits=True
            )
        )
        for logits in outputs
    ]
    weights = [1] + [0.3 if training else 0] * (len(losses) - 1)
    return sum(weight * loss for weight, loss in zip(weights, losses))


# %% nbgrader={"grade_id": "ending_parameters"}
def ending_parameters(height, width, channels, classes):
    maps = keras.Input((height, width, channels))
    counts = []
    for first in (layers.Flatten(), layers.GlobalAveragePooling2D()):
        dense = layers.Dense(classes, kernel_initializer="zeros")
        dense(first(maps))
        counts.append(dense.count_params())
    return counts


# %% nbgrader={"grade_id": "flatten_kernel"}
def flatten_kernel(kernel, height, width):
    pixels = height * width
    return ops.reshape(
        ops.repeat(ops.expand_dims(kernel / pixels, 0), pixels, axis=0),
        (pixels * kernel.shape[0], kernel.shape[1]),
    )


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    moved = ops.roll(ops.roll(x, shift[0], axis=1), shift[1], axis=2)
    return ops.max(ops.abs(model(moved) - model(x)))
