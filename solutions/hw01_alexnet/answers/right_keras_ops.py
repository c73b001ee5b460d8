# %% [markdown] answer={}
# Keras does the work: `in_top_k`, `compute_output_shape` of layers that are never
# built, a convolution over the channels for LRN, one convolution for each group.


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    if len(scores.shape) != 2 or tuple(labels.shape) != (scores.shape[0],):
        raise ValueError("shapes do not match")
    if k <= 0 or k > scores.shape[1]:
        raise ValueError("k must be between 1 and the number of classes")
    right = ops.in_top_k(
        ops.convert_to_tensor(labels), ops.convert_to_tensor(scores), k
    )
    return ops.mean(ops.cast(ops.logical_not(right), "float32"))


# %% nbgrader={"grade_id": "table_costs"}
def table_costs(table, input_shape):
    kinds = dict(conv=layers.Conv2D, pool=layers.MaxPool2D, dense=layers.Dense)
    costs, shape = [], (None, *input_shape)
    for row in table:
        row = dict(row)
        kind = row.pop("kind")
        before = shape
        if kind == "flatten":
            shape = layers.Flatten().compute_output_shape(before)
        else:
            shape = kinds[kind](**row).compute_output_shape(before)
        weights = 0
        if kind == "conv":
            weights = (
                row["kernel_size"] ** 2 * (before[-1] // row["groups"]) * shape[-1]
            )
        if kind == "dense":
            weights = before[-1] * shape[-1]
        biases = shape[-1] if weights else 0
        places = shape[1] * shape[2] if kind == "conv" else 1
        costs.append((tuple(shape[1:]), weights + biases, weights * places))
    return costs


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    x = ops.convert_to_tensor(x)
    batch, height, width, channels = x.shape
    line = ops.reshape(x * x, (batch * height * width, channels, 1))
    total = ops.conv(line, ops.ones((n, 1, 1)), strides=1, padding="same")
    total = ops.reshape(total, x.shape)
    return x * ops.exp(-beta * ops.log(k + alpha * total))


# %% nbgrader={"grade_id": "build_network"}
def build_network(table, input_shape, rate=0.5):
    inputs = keras.layers.Input(shape=input_shape)
    x = inputs
    rows = list(table)
    last = rows.pop()
    for row in rows:
        if row["kind"] == "conv":
            groups = row["groups"]
            parts = ops.split(x, groups, axis=-1) if groups > 1 else [x]
            parts = [
                layers.Conv2D(
                    row["filters"] // groups,
                    row["kernel_size"],
                    strides=row["strides"],
                    padding=row["padding"],
                )(part)
                for part in parts
            ]
            x = ops.relu(ops.concatenate(parts, axis=-1))
        elif row["kind"] == "pool":
            x = ops.max_pool(x, row["pool_size"], row["strides"], row["padding"])
        elif row["kind"] == "flatten":
            x = layers.Reshape((-1,))(x)
        else:
            x = layers.Dense(row["units"])(x)
            x = layers.Activation("relu")(x)
            x = layers.Dropout(rate)(x)
    return keras.Model(inputs, layers.Dense(last["units"])(x))
