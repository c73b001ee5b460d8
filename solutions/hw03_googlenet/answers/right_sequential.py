# %% [markdown] answer={}
# A small network for each branch, an activation that is a layer, and lists and tensors
# as results.


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    def network(branch):
        net = keras.Sequential([keras.Input(x.shape[1:])])
        for kind, size, *kernel in branch:
            if kind == "conv":
                net.add(
                    layers.Conv2D(
                        size,
                        kernel[0],
                        padding="same",
                        activation=layers.ReLU(),
                        kernel_initializer="he_normal",
                        bias_initializer="ones",
                    )
                )
            elif kind == "max":
                net.add(layers.MaxPooling2D(size, strides=1, padding="same"))
            else:
                net.add(layers.AveragePooling2D(size, strides=1, padding="same"))
        return net

    parts = [network(branch)(x) if branch else x for branch in branches]
    return layers.Concatenate(name="joined")(parts) if parts[1:] else parts[0]


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    return (
        ops.convert_to_numpy(ops.conv(x, kernel, strides, "same")).astype("float64")
        + bias
    )


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    return [[(reduce[0, 0] @ matrix).tolist() for matrix in row] for row in kernel]


# %% nbgrader={"grade_id": "reduced_cost"}
def reduced_cost(height, width, channels, filters):
    f1, (r3, f3), (r5, f5), fp = filters
    table = [(channels, f) for f in (f1, r3, r5, fp)] + [(9 * r3, f3), (25 * r5, f5)]
    a, b = np.array(table).T
    return np.array([(a + 1) @ b, height * width * (a @ b)])


# %% nbgrader={"grade_id": "largest_saving"}
def largest_saving(channels, filters, kernel_size):
    area = kernel_size**2
    return float(np.ceil(area * channels * filters / (channels + area * filters)) - 1)


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    weights = [1.0, *[0.3] * (len(outputs) - 1)] if training else [1.0]
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return sum(w * loss(labels, o) for w, o in zip(weights, outputs))


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    down, right = shift
    rows = np.arange(x.shape[1]) - down
    columns = np.arange(x.shape[2]) - right
    moved = np.take(np.take(x, rows, 1, mode="wrap"), columns, 2, mode="wrap")
    return ops.max(ops.abs(model(moved) - model(x)))
