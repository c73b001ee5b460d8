# %% [markdown] answer={}
# Other data structures: ranks from SciPy, named tuples, a `defaultdict`, networks inside
# a network, ReLU as a maximum, LRN from a pooling over the channels.


# %%
import collections
import fractions

from scipy import stats

Cost = collections.namedtuple("Cost", "shape parameters multiply_adds")


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    if np.ndim(scores) != 2 or np.ndim(labels) != 1:
        raise ValueError("wrong number of axes")
    ranks = stats.rankdata(-scores, method="min", axis=1)
    mine = [row[label] for row, label in zip(ranks, labels, strict=True)]
    if k not in range(1, scores.shape[1] + 1):
        raise ValueError("wrong k")
    return fractions.Fraction(sum(rank > k for rank in mine), len(mine)).__float__()


# %% nbgrader={"grade_id": "table_costs"}
def table_costs(table, input_shape):
    def conv(shape, filters, kernel_size, strides, padding, groups):
        image = pool(shape, kernel_size, strides, padding).shape[:2]
        fan_in = kernel_size**2 * shape[-1] / groups
        uses = float(filters * image[0] * image[1])
        return Cost((*image, filters), filters * (fan_in + 1), fan_in * uses)

    def pool(shape, pool_size, strides, padding):
        tail = pool_size - 1 if padding == "valid" else 0
        image = [len(np.arange(n - tail)[::strides]) for n in shape[:2]]
        return Cost((*image, *shape[2:]), 0, 0)

    def flatten(shape):
        return Cost((int(np.multiply.reduce(shape)),), 0, 0)

    def dense(shape, units):
        return Cost((units,), (1 + shape[0]) * units, shape[0] * units)

    kinds = {"conv": conv, "pool": pool, "flatten": flatten, "dense": dense}
    costs = collections.deque([Cost(input_shape, 0, 0)])
    for row in table:
        row = collections.ChainMap({}, row)
        settings = {key: row[key] for key in row if key != "kind"}
        costs.append(kinds[row["kind"]](costs[-1].shape, **settings))
    return list(costs)[1:]


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    x = ops.convert_to_tensor(x)
    squares = ops.reshape(x * x, (x.shape[0], -1, x.shape[3], 1))
    squares = ops.pad(squares, ((0, 0), (0, 0), (n // 2, n // 2), (0, 0)))
    mean = ops.average_pool(squares, (1, n), strides=1)
    return x / ops.power(k + n * alpha * ops.reshape(mean, x.shape), beta)


# %% nbgrader={"grade_id": "build_network"}
def build_network(table, input_shape, rate=0.5):
    place = [row["kind"] for row in table].index("flatten")
    features = keras.Sequential([keras.Input(input_shape)], name="features")
    for row in table[:place]:
        kind, *rest = row.values()
        if kind == "pool":
            features.add(layers.MaxPooling2D(*rest))
        else:
            filters, size, strides, padding, groups = rest
            features.add(layers.Conv2D(filters, size, strides, padding, groups=groups))
            features.add(layers.Activation(lambda x: ops.maximum(x, 0)))
    head = keras.Sequential(name="head")
    head.add(layers.Flatten())
    for row in table[place + 1 : -1]:
        head.add(layers.Dense(row["units"], activation=keras.activations.relu))
        head.add(layers.Dropout(rate, seed=1))
    head.add(layers.Dense(table[-1]["units"], activation="linear"))
    return keras.Sequential([features, head])


# %% nbgrader={"grade_id": "best_by_year"}
def best_by_year(rows):
    best = collections.defaultdict(lambda: float("inf"))
    for row in filter(lambda row: row["images"] == "test", rows):
        best[row["year"]] = min(best[row["year"]], row["error"])
    return best


# %% nbgrader={"grade_id": "progress"}
def progress(best, human=5.1):
    years = sorted(best, reverse=True)
    fell = collections.OrderedDict()
    for year, before in zip(years, years[1:]):
        fell[year] = np.float32(1 - best[year] / best[before])
    passed = None
    for year in years:
        if best[year] < human:
            passed = np.int64(year)
    return fell, passed


# %% nbgrader={"grade_id": "ensemble_gains"}
def ensemble_gains(rows):
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        groups[row["network"], row["images"]][row["nets"]].append(row["error"])
    return {
        key: np.array(1 - min(nets["ensemble"]) / min(nets["single"]))
        for key, nets in groups.items()
        if nets["single"] and nets["ensemble"]
    }
