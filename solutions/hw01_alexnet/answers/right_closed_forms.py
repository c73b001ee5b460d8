# %% [markdown] answer={}
# Cunning: top-k by partition, output sizes by one formula for both paddings, costs by
# recursion, LRN from differences of a running sum, the best figures by sorting.


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    if np.ndim(scores) != 2 or np.shape(labels) != np.shape(scores)[:1]:
        raise ValueError("shapes do not match")
    batch, classes = scores.shape
    if not 0 < k <= classes:
        raise ValueError("k is out of range")
    bar = np.partition(scores, classes - k, axis=1)[:, classes - k]
    return np.float32(np.count_nonzero(scores[range(batch), labels] < bar) / batch)


# %% nbgrader={"grade_id": "table_costs"}
def table_costs(table, input_shape):
    if not table:
        return []
    row, *rest = table
    *image, channels = input_shape
    if row["kind"] == "flatten":
        shape, cost = (int(np.prod(input_shape, dtype=object)),), (0, 0)
    elif row["kind"] == "dense":
        shape = (row["units"],)
        cost = ((channels + 1) * row["units"], channels * row["units"])
    else:
        size = {"same": 1, "valid": row.get("kernel_size", row.get("pool_size"))}
        image = [
            (n + row["strides"] - size[row["padding"]]) // row["strides"] for n in image
        ]
        shape, cost = (*image, row.get("filters", channels)), (0, 0)
        if "filters" in row:
            each = row["kernel_size"] ** 2 * (channels // row["groups"])
            cost = (each + 1) * shape[2], each * shape[0] * shape[1] * shape[2]
    return [(shape, *cost), *table_costs(rest, shape)]


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    n_channels = x.shape[-1]
    running = ops.cumsum(ops.square(x), axis=-1)
    running = ops.pad(running, [[0, 0], [0, 0], [0, 0], [1, 0]])
    ends = np.minimum(np.arange(n_channels) + n // 2 + 1, n_channels)
    starts = np.maximum(np.arange(n_channels) - n // 2, 0)
    total = ops.take(running, ends, axis=-1) - ops.take(running, starts, axis=-1)
    return x / ops.power(k + alpha * total, beta)


# %% nbgrader={"grade_id": "best_by_year"}
def best_by_year(rows):
    test = [row for row in rows if row["images"] == "test"]
    return {r["year"]: r["error"] for r in sorted(test, key=lambda r: -r["error"])}


# %% nbgrader={"grade_id": "progress"}
def progress(best, human=5.1):
    pairs = sorted(best.items())
    steps = zip(pairs[:-1], pairs[1:])
    reductions = {year: (old - new) / old for (_, old), (year, new) in steps}
    return reductions, next((year for year, error in pairs if error < human), None)


# %% nbgrader={"grade_id": "ensemble_gains"}
def ensemble_gains(rows):
    single, several = (
        {
            (r["network"], r["images"]): r["error"]
            for r in sorted(rows, key=lambda r: r["error"], reverse=True)
            if r["nets"] == nets
        }
        for nets in ("single", "ensemble")
    )
    return {
        key: 1 - several[key] / single[key] for key in single.keys() & several.keys()
    }
