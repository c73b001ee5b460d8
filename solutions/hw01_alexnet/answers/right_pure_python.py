# %% [markdown] answer={}
# Lists and loops, no NumPy; LRN channel by channel; the network layer by layer in a
# `Sequential`; rows handled with `match`.


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    rows, labels = scores.tolist(), labels.tolist()
    if len(rows) != len(labels) or not isinstance(rows[0], list):
        raise ValueError("scores and labels do not match")
    if isinstance(rows[0][0], list):
        raise ValueError("scores must have two axes")
    if any(isinstance(label, list) for label in labels):
        raise ValueError("labels must have one axis")
    if k not in range(1, len(rows[0]) + 1):
        raise ValueError(f"k is {k}")
    wrong = 0
    for row, label in zip(rows, labels):
        better = 0
        for score in row:
            if score > row[label]:
                better += 1
        if better >= k:
            wrong += 1
    return wrong / len(rows)


# %% nbgrader={"grade_id": "table_costs"}
def table_costs(table, input_shape):
    def places(n, window, row):
        if row["padding"] == "same":
            return len(range(0, n, row["strides"]))
        return len(range(0, n - window + 1, row["strides"]))

    shape, costs = list(input_shape), []
    for row in table:
        parameters = multiply_adds = 0
        match row["kind"]:
            case "conv":
                window = row["kernel_size"]
                kernel = window * window * shape[2] // row["groups"]
                shape = [places(n, window, row) for n in shape[:2]] + [row["filters"]]
                parameters = (kernel + 1) * shape[2]
                multiply_adds = kernel * shape[0] * shape[1] * shape[2]
            case "pool":
                shape = [places(n, row["pool_size"], row) for n in shape[:2]] + shape[
                    2:
                ]
            case "flatten":
                total = 1
                for n in shape:
                    total *= n
                shape = [total]
            case "dense":
                multiply_adds = shape[0] * row["units"]
                shape = [row["units"]]
                parameters = multiply_adds + shape[0]
        costs.append([list(shape), parameters, multiply_adds])
    return costs


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    channels = ops.unstack(ops.convert_to_tensor(x), axis=-1)
    r = (n - 1) // 2
    outputs = []
    for i in range(len(channels)):
        total = 0
        for j in range(max(0, i - r), min(len(channels) - 1, i + r) + 1):
            total = total + channels[j] * channels[j]
        outputs.append(channels[i] / (k + alpha * total) ** beta)
    return ops.stack(outputs, axis=-1)


# %% nbgrader={"grade_id": "build_network"}
def build_network(table, input_shape, rate=0.5):
    model = keras.Sequential([layers.Input(input_shape)])
    hidden = sum(row["kind"] == "dense" for row in table) - 1
    for row in table:
        match row:
            case {"kind": "conv"}:
                model.add(
                    layers.Conv2D(
                        row["filters"],
                        row["kernel_size"],
                        row["strides"],
                        row["padding"],
                        groups=row["groups"],
                        activation="relu",
                        kernel_initializer="he_normal",
                    )
                )
            case {"kind": "pool"}:
                model.add(
                    layers.MaxPool2D(row["pool_size"], row["strides"], row["padding"])
                )
            case {"kind": "flatten"}:
                model.add(layers.Flatten())
            case {"kind": "dense", "units": units} if hidden:
                model.add(layers.Dense(units, "relu"))
                model.add(layers.Dropout(rate))
                hidden -= 1
            case {"kind": "dense", "units": units}:
                model.add(layers.Dense(units))
    return model


# %% nbgrader={"grade_id": "best_by_year"}
def best_by_year(rows):
    best = {}
    for row in rows:
        if row["images"] != "test":
            continue
        if row["year"] not in best or row["error"] < best[row["year"]]:
            best[row["year"]] = row["error"]
    return best


# %% nbgrader={"grade_id": "progress"}
def progress(best, human=5.1):
    reductions, passed, before = {}, None, None
    for year, error in sorted(best.items()):
        if before is not None:
            reductions[year] = 1 - error / before
        if error < human and passed is None:
            passed = year
        before = error
    return [reductions, passed]


# %% nbgrader={"grade_id": "ensemble_gains"}
def ensemble_gains(rows):
    gains = {}
    for one in rows:
        key = one["network"], one["images"]
        same = [r for r in rows if (r["network"], r["images"]) == key]
        single = [r["error"] for r in same if r["nets"] == "single"]
        several = [r["error"] for r in same if r["nets"] == "ensemble"]
        if single and several:
            gains[key] = (min(single) - min(several)) / min(single)
    return gains
