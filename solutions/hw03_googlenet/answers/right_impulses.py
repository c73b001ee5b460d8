# %% [markdown] answer={}
# Finds kernels by asking what an impulse becomes, keeps the counts as a table of
# convolutions, and concatenates as it goes.


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    kept = x[:, ::strides, ::strides].transpose(3, 0, 1, 2)
    dims = kept.shape[1:]
    return (
        (kernel[0, 0].T @ kept.reshape(len(kept), -1) + bias[:, None])
        .reshape(-1, *dims)
        .transpose(1, 2, 3, 0)
    )


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    k, channels = len(kernel), reduce.shape[2]
    # One image for each channel, with a single bright pixel in its middle.
    x = np.zeros((channels, 2 * k - 1, 2 * k - 1, channels), "float32")
    x[np.arange(channels), k - 1, k - 1, np.arange(channels)] = 1
    y = ops.conv(ops.conv(x, reduce.astype("float32")), kernel.astype("float32"))
    # (channels, k, k, filters), mirrored, as a convolution shows an impulse.
    return ops.convert_to_numpy(y)[:, ::-1, ::-1].transpose(1, 2, 0, 3)


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    result = None
    for branch in branches:
        y = layers.Identity()(x)
        for step in branch:
            match step:
                case ["conv", filters, size]:
                    y = layers.Conv2D(filters, size, strides=(1, 1), padding="same")(y)
                    y = layers.Activation("relu")(y)
                case ["max", size]:
                    y = layers.MaxPooling2D((size, size), (1, 1), "same")(y)
                case ["mean", size]:
                    y = layers.AveragePooling2D((size, size), (1, 1), "same")(y)
        result = y if result is None else layers.concatenate([result, y])
    return result


# %%
def table_cost(pixels, table):
    table = np.array(table, "int64")
    area, before, after = table[:, 0] ** 2, table[:, 1], table[:, 2]
    weights = area * before * after
    return (weights + after).sum(), pixels * weights.sum()


# %% nbgrader={"grade_id": "naive_cost"}
def naive_cost(height, width, channels, filters):
    table = [(k, channels, f) for k, f in zip((1, 3, 5), filters)]
    return table_cost(height * width, table)


# %% nbgrader={"grade_id": "reduced_cost"}
def reduced_cost(height, width, channels, filters):
    f1, three, five, fp = filters
    table = [(1, channels, f1), (1, channels, fp)]
    for k, (r, f) in ((3, three), (5, five)):
        table += [(1, channels, r), (k, r, f)]
    return table_cost(height * width, table)


# %% nbgrader={"grade_id": "largest_saving"}
def largest_saving(channels, filters, kernel_size):
    area = kernel_size**2
    r = np.arange(channels + 1)
    saves = r * channels + area * r * filters < area * channels * filters
    return r[saves].max()


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    if training and len(outputs) > 1:
        *others, last = outputs
        return combined_loss(labels, others, True) + 0.3 * combined_loss(
            labels, [last], False
        )
    logits = outputs[0]
    # -log softmax = log of the sum of exp(other - own)
    own = logits[np.arange(len(labels)), labels][:, None]
    apart = logits - own
    largest = apart.max(axis=1)
    return np.mean(largest + np.log(np.exp(apart - largest[:, None]).sum(axis=1)))


# %% nbgrader={"grade_id": "flatten_kernel"}
def flatten_kernel(kernel, height, width):
    # What the mean puts out for each number of the flattened maps alone.
    inputs = np.eye(height * width * len(kernel)).reshape(
        -1, height, width, len(kernel)
    )
    return inputs.mean(axis=(1, 2)) @ kernel
