# %% [markdown]
# # Assignment 01: AlexNet and its contest
#
# Chapter 01 built the network that won ILSVRC in 2012. Here you write what surrounds
# it: the error that the contest counts, the cost of a network that nobody has built
# yet, the normalisation that AlexNet had and its successors dropped, a network from a
# table, and the numbers behind "the error fell every year".
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | The top-k error | 4 |
# | 2 | What a table of layers costs | 5 |
# | 3 | Local response normalisation | 4 |
# | 4 | A network from a table | 4 |
# | 5 | Six years of ILSVRC | 3 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one. Images are channels-last: (batch, height, width,
# channels).

# %% nbgrader={"grade_id": "setup"}
import copy
import itertools
import logging

import keras
import numpy as np
from keras import layers, ops

from layerwise import checks

# On a CPU, TensorFlow compiles each call of a grouped convolution and remarks on it.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

# %% [markdown]
# The next cell is given. `ALEXNET` is the network of 2012 as a table: one dictionary
# for each layer. The keys beside `kind` are arguments of `Conv2D`, `MaxPooling2D` and
# `Dense`. `random_table` draws such tables, `redraw` handles the tests' weights, and
# `ILSVRC` is for the last exercise.


# %% nbgrader={"grade_id": "given"}
def conv(filters, kernel_size, strides=1, padding="same", groups=1):
    """The row of a convolution; all of them have a bias."""
    return {
        "kind": "conv",
        "filters": filters,
        "kernel_size": kernel_size,
        "strides": strides,
        "padding": padding,
        "groups": groups,
    }


def pool(pool_size=3, strides=2, padding="valid"):
    """The row of a max pooling layer."""
    return {
        "kind": "pool",
        "pool_size": pool_size,
        "strides": strides,
        "padding": padding,
    }


def dense(units):
    """The row of a dense layer; all of them have a bias."""
    return {"kind": "dense", "units": units}


def flatten():
    """The row between images and dense layers."""
    return {"kind": "flatten"}


ALEXNET = [
    conv(96, 11, strides=4, padding="valid"),
    pool(),
    conv(256, 5, groups=2),
    pool(),
    conv(384, 3),
    conv(384, 3, groups=2),
    conv(256, 3, groups=2),
    pool(),
    flatten(),
    dense(4096),
    dense(4096),
    dense(1000),
]


def random_table(seed):
    """Draws an input shape (height, width, channels) and a table that fits it."""
    rng = np.random.default_rng(seed)

    def draw(low, high):
        return int(rng.integers(low, high + 1))

    table, channels = [], draw(1, 6)
    shape, before = (draw(64, 80), draw(64, 80), channels), channels
    for kind in rng.permutation(["conv", "conv", "pool"]):
        place = draw(1, 4), draw(1, 3), str(rng.choice(["same", "valid"]))
        if kind == "pool":
            table.append(pool(*place))
            continue
        # Groups divide the channels that go in and those that come out.
        groups = int(rng.choice([g for g in (1, 2, 3, 4) if before % g == 0]))
        before = groups * draw(1, 4)
        table.append(conv(before, *place, groups))
    return shape, [*table, flatten(), dense(draw(2, 5)), dense(draw(2, 5))]


def redraw(weights, seed):
    """New weights for a model, which do not depend on how it is written.

    Every vector becomes 0.1. The kernel of a convolution gets the same number for all
    channels, so that two kernels side by side are as good as one of two groups.

    Args:
        weights: List of arrays, from `model.get_weights()`.
        seed: Integer.

    Returns:
        List of arrays, for `model.set_weights()`.
    """
    fresh = []
    for weight in weights:
        dims = weight.shape if weight.ndim < 4 else (*weight.shape[:2], 1, 1)
        kernel = np.random.default_rng([seed, *dims]).normal(size=dims)
        kernel = np.broadcast_to(kernel, weight.shape)
        kernel = 2 * kernel / np.sqrt(np.prod(weight.shape[:-1]))
        fresh.append(
            (kernel if weight.ndim > 1 else 0 * kernel + 0.1).astype("float32")
        )
    return fresh


def figure(*values):
    """A row of ILSVRC: a top-5 error in per cent, and what it was measured on."""
    return dict(
        zip(("year", "network", "error", "nets", "images"), values, strict=True)
    )


# Sources: years without a network and 2013, Russakovsky et al. (2015, arXiv:1409.0575);
# AlexNet, Krizhevsky et al. (2012), table 2; GoogLeNet, Szegedy et al. (2014,
# arXiv:1409.4842), table 3 and section 7; VGG, Simonyan and Zisserman (2014,
# arXiv:1409.1556), table 7; PReLU-net, He et al. (2015, arXiv:1502.01852); ResNet, He
# et al. (2015, arXiv:1512.03385), tables 4 and 5. All without images from elsewhere.
ILSVRC = [
    figure(2010, "NEC-UIUC", 28.2, "none", "test"),
    figure(2011, "XRCE", 25.8, "none", "test"),
    figure(2012, "AlexNet", 18.2, "single", "validation"),
    figure(2012, "AlexNet", 16.4, "ensemble", "validation"),
    figure(2012, "AlexNet", 16.4, "ensemble", "test"),
    figure(2013, "Clarifai", 11.7, "ensemble", "test"),
    figure(2014, "VGG", 7.3, "ensemble", "test"),
    figure(2014, "VGG", 7.0, "single", "test"),
    figure(2014, "VGG", 6.8, "ensemble", "test"),
    figure(2014, "GoogLeNet", 7.89, "single", "validation"),
    figure(2014, "GoogLeNet", 6.67, "ensemble", "validation"),
    figure(2014, "GoogLeNet", 6.67, "ensemble", "test"),
    figure(2015, "PReLU-net", 5.71, "single", "validation"),
    figure(2015, "PReLU-net", 4.94, "ensemble", "test"),
    figure(2015, "ResNet", 4.49, "single", "validation"),
    figure(2015, "ResNet", 3.57, "ensemble", "test"),
]

# %% [markdown]
# ## Exercise 1: the top-k error (4 points)
#
# ILSVRC lets a network name five classes for each image. The image counts as right if
# the true class is among them. Write `topk_error(scores, labels, k)`, the fraction of
# images that are **wrong**, a number from 0 to 1.
#
# Networks that put out equal scores need a rule. Here: an image is right when **fewer
# than `k` classes have a strictly higher score** than the true class. Ties are in
# favour of the network.
#
# | scores of the classes 0, 1, 2, 3 | label | right for |
# |---|---|---|
# | 0.1, 0.6, 0.2, 0.1 | 1 | k = 1, 2, 3, 4 |
# | 0.1, 0.6, 0.2, 0.1 | 2 | k = 2, 3, 4 |
# | 0.1, 0.6, 0.2, 0.1 | 3 | k = 3, 4: classes 1 and 2 are higher, 0 is not |
#
# Raise `ValueError` when `scores` has not two axes, `labels` has not one entry for each
# image (and one axis), or `k` is not from 1 to the number of classes. Otherwise
# NumPy happily compares shapes that do not belong together.


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    """Fraction of images whose true class is not among the k best.

    Args:
        scores: Array of shape (batch, classes).
        labels: Array of shape (batch,), integers from 0 to classes - 1.
        k: Integer from 1 to classes.

    Returns:
        Float from 0 to 1.

    Raises:
        ValueError: If shapes do not match, or `k` is out of range.
    """
    ### BEGIN SOLUTION
    scores, labels = np.asarray(scores), np.asarray(labels)
    if scores.ndim != 2 or labels.shape != scores.shape[:1]:
        raise ValueError(
            "expected scores (batch, classes) and labels (batch,). Received: "
            f"{scores.shape} and {labels.shape}"
        )
    if not 1 <= k <= scores.shape[1]:
        raise ValueError(f"k must be from 1 to {scores.shape[1]}. Received: {k}")
    true = np.take_along_axis(scores, labels[:, None], axis=1)
    higher = np.sum(scores > true, axis=1)
    return float(np.mean(higher >= k))
    ### END SOLUTION


# %% [markdown]
# Scores without ties (2 points).

# %% nbgrader={"grade_id": "test_topk", "points": 2}
_batches = [(np.array([[1, 6, 2, 0]] * 3, "float32") / 10, np.array([1, 2, 3]))]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(1)
for _images, _classes in ((40, 7), (1, 3), (25, 30)):
    _scores = np.argsort(_rng.random((_images, _classes))).astype("float32")
    _batches.append((_scores, _rng.integers(0, _classes, _images)))
### END HIDDEN TESTS
for _scores, _labels in _batches:
    _higher = (_scores > _scores[np.arange(len(_labels)), _labels][:, None]).sum(axis=1)
    _lower = _scores.shape[1] - 1 - _higher
    _ks = range(1, _scores.shape[1] + 1)
    _wanted = np.array([np.mean(_higher >= _k) for _k in _ks])
    _cases = [(_scores.copy(), _labels.copy(), _k) for _k in _ks]
    _results = checks.each(topk_error, _cases)
    _call = f"topk_error of {len(_labels)} images and {_scores.shape[1]} classes"
    for _k, _result in zip(_ks, _results, strict=True):
        checks.shape(_result, (), f"{_call}, k={_k}: the result")
    _received = np.array([float(_result) for _result in _results])
    for _fault, _other in {
        "the fraction that is right; expected the fraction that is wrong": 1 - _wanted,
        "a percentage; expected a number from 0 to 1": 100 * _wanted,
        "of the k lowest scores; expected the k highest": [
            np.mean(_lower >= _k) for _k in _ks
        ],
        "of the k - 1 best; expected the k best": [
            np.mean(_higher >= _k - 1) for _k in _ks
        ],
        "of the k + 1 best; expected the k best": [
            np.mean(_higher >= _k + 1) for _k in _ks
        ],
    }.items():
        assert not np.allclose(_received, _other) or np.allclose(_other, _wanted), (
            f"{_call} for k = 1, 2, ... is {_received.round(3).tolist()}: {_fault}"
        )
    checks.close(_received, _wanted, f"{_call} for k = 1, 2, ...")

# %% [markdown]
# Ties (1 point).

# %% nbgrader={"grade_id": "test_topk_ties", "points": 1}
_batches = [
    (np.array([[4, 4, 2, 2, 2, 0]] * 4, "float32"), np.array([0, 1, 3, 5])),
    (np.zeros((3, 4), "float32"), np.array([0, 1, 3])),
]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(2)
for _images, _classes, _levels in ((30, 6, 3), (20, 9, 2)):
    _scores = _rng.integers(0, _levels, (_images, _classes)).astype("float32")
    _batches.append((_scores, _rng.integers(0, _classes, _images)))
### END HIDDEN TESTS
for _scores, _labels in _batches:
    _true = _scores[np.arange(len(_labels)), _labels][:, None]
    _higher = (_scores > _true).sum(axis=1)
    _equal = (_scores == _true) & (np.arange(_scores.shape[1]) != _labels[:, None])
    _before = _equal & (np.arange(_scores.shape[1]) < _labels[:, None])
    _ks = np.arange(1, _scores.shape[1] + 1)
    _cases = [(_scores.copy(), _labels.copy(), _k) for _k in _ks.tolist()]
    _received = np.array([float(_r) for _r in checks.each(topk_error, _cases)])
    _wanted = np.mean(_higher >= _ks[:, None], axis=1)
    _call = f"topk_error for k = 1, 2, ... of scores such as {_scores[0].tolist()}"
    for _fault, _other in {
        "a class with the same score counts as higher": _higher + _equal.sum(axis=1),
        "among equal scores, the first class wins": _higher + _before.sum(axis=1),
        "among equal scores, the last class wins": _higher
        + (_equal & ~_before).sum(axis=1),
        "two classes with the same higher score count once": np.array(
            [
                len({*_row[_row > _one]})
                for _row, _one in zip(_scores, _true, strict=True)
            ]
        ),
    }.items():
        _other = np.mean(_other >= _ks[:, None], axis=1)
        assert not np.allclose(_received, _other) or np.allclose(_other, _wanted), (
            f"{_call} is {_received.round(3).tolist()}: {_fault}"
        )
    checks.close(_received, _wanted, _call)

# %% [markdown]
# Bad input (1 point).

# %% nbgrader={"grade_id": "test_topk_bad_input", "points": 1}
_scores, _labels = np.eye(4, 6, dtype="float32"), np.arange(4)
_bad = {
    "k = 0": (_scores, _labels, 0),
    "k = 7 and 6 classes": (_scores, _labels, 7),
    "4 images and 3 labels": (_scores, _labels[:3], 2),
}
### BEGIN HIDDEN TESTS
_bad |= {
    "k = -1": (_scores, _labels, -1),
    "4 images and a single label": (_scores, _labels[:1], 2),
    "4 images and 5 labels": (_scores, np.arange(5), 2),
    "labels of shape (4, 1)": (_scores, _labels[:, None], 2),
    "scores with one axis": (_scores[0], _labels[:1], 2),
}
### END HIDDEN TESTS
for _what, _arguments in _bad.items():
    checks.raises(topk_error, *_arguments, what=f"topk_error with {_what}")

# %% [markdown]
# ## Exercise 2: what a table of layers costs (5 points)
#
# Write `table_costs(table, input_shape)`. It returns a list with one triple for each
# row of `table`: `(output_shape, parameters, multiply_adds)`.
#
# - **output_shape**: a tuple without the batch: (height, width, channels) of a
#   convolution or a pooling, one number, `(units,)`, of what is flat. With `"valid"`
#   padding the window must lie inside the image; with `"same"` an axis of n places
#   becomes ⌈n / strides⌉.
# - **parameters**: weights and biases. In a convolution with `groups` = g, each filter
#   sees only one g-th of the channels that go in. Pooling and flattening have none.
# - **multiply_adds**: for one image, how often a weight is multiplied with something.
#   Each weight of a kernel is used once for each place of the output. Biases are added
#   and not multiplied, and pooling multiplies nothing.
#
# Do this **without building the network**: a table with a thousand billion weights must
# work as well, so the numbers are exact integers. Rows are as in `ALEXNET`; kernels and
# windows are square, images need not be.
#
#     table_costs(ALEXNET[:2], (227, 227, 3))
#     # [((55, 55, 96), 34944, 105415200), ((27, 27, 96), 0, 0)]
#
# AlexNet as a whole has 60,965,224 parameters and 724,406,816 multiply-adds.


# %% nbgrader={"grade_id": "table_costs"}
def table_costs(table, input_shape):
    """Output shape, parameters and multiply-adds of each layer of a table.

    Args:
        table: List of dictionaries, such as `ALEXNET`; it stays as it is.
        input_shape: Tuple (height, width, channels).

    Returns:
        List of triples (output_shape, parameters, multiply_adds).
    """
    ### BEGIN SOLUTION
    costs, shape = [], tuple(input_shape)
    for row in table:
        weights = biases = places = 0
        if row["kind"] in ("conv", "pool"):
            size = row["kernel_size"] if row["kind"] == "conv" else row["pool_size"]
            step = row["strides"]
            # As many windows fit as whole steps behind the first one, and itself.
            height, width = (
                -(-n // step) if row["padding"] == "same" else (n - size) // step + 1
                for n in shape[:2]
            )
            channels = shape[2]
            if row["kind"] == "conv":
                biases = channels = row["filters"]
                weights = size * size * (shape[2] // row["groups"]) * channels
                places = height * width
            shape = (height, width, channels)
        elif row["kind"] == "flatten":
            shape = (int(np.prod(shape)),)
        else:
            biases, places = row["units"], 1
            weights = shape[0] * row["units"]
            shape = (row["units"],)
        costs.append((shape, weights + biases, weights * places))
    return costs
    ### END SOLUTION


# %% [markdown]
# Output shapes (2 points).

# %% nbgrader={"grade_id": "test_costs_shapes", "points": 2}
_cases = [(ALEXNET[:5], (227, 227, 3)), ([*ALEXNET[7:9], dense(10)], (13, 9, 4))]
_expected = [
    [(55, 55, 96), (27, 27, 96), (27, 27, 256), (13, 13, 256), (13, 13, 384)],
    [(6, 4, 4), (96,), (10,)],
]
### BEGIN HIDDEN TESTS
_kinds = {"conv": layers.Conv2D, "pool": layers.MaxPooling2D, "dense": layers.Dense}
for _seed in range(12):
    _shape, _table = random_table(100 + _seed)
    _cases.append((_table, _shape))
    _shapes = []
    for _row in _table:
        _settings = {_key: _row[_key] for _key in _row if _key != "kind"}
        _layer = _kinds.get(_row["kind"], layers.Flatten)(**_settings)
        _shape = tuple(_layer.compute_output_shape((None, *_shape)))[1:]
        _shapes.append(_shape)
    _expected.append(_shapes)
### END HIDDEN TESTS
_asked = copy.deepcopy(_cases)
_results = checks.each(table_costs, _asked)
assert _asked == _cases, "table_costs changed the table that it was given"
for (_table, _shape), _result, _shapes in zip(_cases, _results, _expected, strict=True):
    assert len(_result or ()) == len(_table), (
        f"table_costs of {len(_table)} rows must return a list of {len(_table)} "
        f"triples. Received: {_result!r}"
    )
    for _row, _costs, _wanted in zip(_table, _result, _shapes, strict=True):
        _received = tuple(np.ravel(_costs[0]).tolist())
        assert _received == _wanted, (
            f"{_row} after an image {_shape} has the output shape {_received}; "
            f"expected {_wanted}"
        )
        _shape = _wanted

# %% [markdown]
# Parameters (2 points).

# %% nbgrader={"grade_id": "test_costs_parameters", "points": 2}
# The second network has a layer that no memory can hold.
_cases = [
    (ALEXNET, (227, 227, 3)),
    ([flatten(), dense(10**9), dense(10)], (10**4, 10**4, 10)),
]
_expected = [
    [34944, 0, 307456, 0, 885120, 663936, 442624, 0, 0, 37752832, 16781312, 4097000],
    [0, 10**18 + 10**9, 10**10 + 10],
]
### BEGIN HIDDEN TESTS
_kinds = {"conv": layers.Conv2D, "pool": layers.MaxPooling2D, "dense": layers.Dense}
for _seed in range(8):
    _shape, _table = random_table(200 + _seed)
    _cases.append((_table, _shape))
    _counts = []
    for _row in _table:
        _settings = {_key: _row[_key] for _key in _row if _key != "kind"}
        _layer = _kinds.get(_row["kind"], layers.Flatten)(**_settings)
        _layer.build((None, *_shape))
        _counts.append(_layer.count_params())
        _shape = tuple(_layer.compute_output_shape((None, *_shape)))[1:]
    _expected.append(_counts)
### END HIDDEN TESTS
_results = checks.each(table_costs, copy.deepcopy(_cases))
for (_table, _shape), _result, _counts in zip(_cases, _results, _expected, strict=True):
    for _row, _costs, _wanted in zip(_table, _result, _counts, strict=True):
        _biases = _row.get("filters", _row.get("units", 0))
        _hints = {
            (_wanted - _biases) * _row.get("groups", 1)
            + _biases: ". A filter sees the channels of its group only",
            _wanted - _biases: ": the biases are missing",
            _wanted: "",
        }
        assert _costs[1] == _wanted, (
            f"in a table for images {_shape}, {_row} has {_costs[1]} parameters; "
            f"expected {_wanted}{_hints.get(_costs[1], '')}"
        )

# %% [markdown]
# Multiply-adds (1 point).

# %% nbgrader={"grade_id": "test_costs_multiply_adds", "points": 1}
_cases = [(ALEXNET, (227, 227, 3))]
_expected = [[105415200, 0, 223948800, 0, 149520384, 112140288, 74760192, 0, 0]]
_expected[0] += [37748736, 16777216, 4096000]
### BEGIN HIDDEN TESTS
_kinds = {"conv": layers.Conv2D, "pool": layers.MaxPooling2D, "dense": layers.Dense}
for _seed in range(8):
    _shape, _table = random_table(300 + _seed)
    _cases.append((_table, _shape))
    _counts = []
    for _row in _table:
        _settings = {_key: _row[_key] for _key in _row if _key != "kind"}
        _layer = _kinds.get(_row["kind"], layers.Flatten)(**_settings)
        _before = _shape
        _shape = tuple(_layer.compute_output_shape((None, *_shape)))[1:]
        _weights = {
            "conv": _row.get("kernel_size", 0) ** 2 * _before[-1],
            "dense": _before[0],
        }.get(_row["kind"], 0)
        _counts.append(_weights * int(np.prod(_shape)) // _row.get("groups", 1))
    _expected.append(_counts)
### END HIDDEN TESTS
_results = checks.each(table_costs, copy.deepcopy(_cases))
for (_table, _shape), _result, _counts in zip(_cases, _results, _expected, strict=True):
    for _row, _costs, _wanted in zip(_table, _result, _counts, strict=True):
        _hints = {
            2 * _wanted: ": a multiplication with its addition counts once",
            _wanted * _row.get("groups", 1): ". A filter sees the channels of its "
            "group only",
            _wanted: "",
        }
        assert _costs[2] == _wanted, (
            f"in a table for images {_shape}, {_row} has {_costs[2]} multiply-adds; "
            f"expected {_wanted}{_hints.get(_costs[2], '')}"
        )

# %% [markdown]
# ## Exercise 3: local response normalisation (4 points)
#
# AlexNet divides each number by a measure of what its neighbours **in the channels** do
# at the same place (section 3.3 of the paper of 2012). For channel i of N:
#
# $$b_i = a_i \Big/ \Big(k + \alpha \sum_{j=\max(0,\,i-r)}^{\min(N-1,\,i+r)} a_j^2
# \Big)^{\beta} \qquad\text{with } r = (n-1)/2$$
#
# The window has n channels, n is odd, and at both ends it is cut. The paper's constants
# are k = 2, n = 5, α = 10⁻⁴ and β = 0.75. Some libraries divide α by n; the paper does
# not.
#
# Write `local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75)` with `keras.ops` or
# your backend's functions, so that gradients flow through it: NumPy stops them.


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    """Local response normalisation across channels.

    Args:
        x: Array or tensor of shape (batch, height, width, channels), `float32`.
        n: Odd integer, channels in the window.
        k: Float.
        alpha: Float, factor of the sum of squares.
        beta: Float, exponent.

    Returns:
        Tensor of the shape of `x`.
    """
    ### BEGIN SOLUTION
    channels, r = x.shape[-1], n // 2
    squares = ops.pad(ops.square(x), [(0, 0), (0, 0), (0, 0), (r, r)])
    total = sum(squares[..., shift : shift + channels] for shift in range(n))
    return x / (k + alpha * total) ** beta
    ### END SOLUTION


# %% [markdown]
# The formula, where the window is whole (2 points).

# %% nbgrader={"grade_id": "test_lrn", "points": 2}
_settings = [{}]


def _lrn(x, n=5, k=2.0, alpha=1e-4, beta=0.75, window=None, power=2):
    """The formula in NumPy; `window` are the steps to the neighbours."""
    window = range(-(n // 2), n // 2 + 1) if window is None else window
    total = sum(x[..., 10 + step : step - 10] ** power for step in window)
    return x[..., 10:-10] / (k + alpha * total) ** beta


### BEGIN HIDDEN TESTS
_settings += [{"k": 1.0, "alpha": 3e-4, "beta": 0.5}, {"n": 3, "alpha": 1e-3}]
### END HIDDEN TESTS
for _given in _settings:
    # Big numbers: with small ones the sum is nothing beside k.
    _x = 60 * np.random.default_rng(3).normal(size=(2, 3, 4, 26))
    _call = f"local_response_norm with {_given or 'its defaults'}"
    _received = local_response_norm(_x.astype("float32"), **_given)
    checks.shape(_received, _x.shape, _call)
    _received = ops.convert_to_numpy(_received)[..., 10:-10]
    ### BEGIN HIDDEN TESTS
    _n, _r = _given.get("n", 5), _given.get("n", 5) // 2
    for _fault, _changes in {
        "alpha is divided by n": {"alpha": _given.get("alpha", 1e-4) / _n},
        "beta is not used": {"beta": 1.0},
        "the neighbours are not squared": {"power": 1},
        f"the window has {2 * _n + 1} channels": {"window": range(-_n, _n + 1)},
        "the window misses its last channel": {"window": range(-_r, _r)},
        "the window starts at the channel": {"window": range(_n)},
        "the channel itself is left out": {"window": {*range(-_r, _r + 1)} - {0}},
        "k is 1": {"k": 1.0},
    }.items():
        if any(_given.get(_key) == _value for _key, _value in _changes.items()):
            continue
        with np.errstate(invalid="ignore"):
            _other = _lrn(_x, **{**_given, **_changes})
        assert not np.allclose(_received, _other, rtol=1e-4), f"{_call}: {_fault}"
    ### END HIDDEN TESTS
    checks.close(
        _received, _lrn(_x, **_given), f"{_call}: channels 10 to 15 of 26", rtol=1e-3
    )

# %% [markdown]
# The window is cut at both ends (1 point).

# %% nbgrader={"grade_id": "test_lrn_edges", "points": 1}
# channels, n
_cases = [(8, 5), (4, 1)]
### BEGIN HIDDEN TESTS
_cases += [(9, 3), (8, 7), (3, 7), (1, 5)]
### END HIDDEN TESTS
for _channels, _n in _cases:
    _x = 60 * np.random.default_rng(4).normal(size=(2, 2, 3, _channels))
    _received = local_response_norm(_x.astype("float32"), n=_n)
    _call = f"local_response_norm(n={_n}) of {_channels} channels"
    checks.shape(_received, _x.shape, _call)
    _received, _wanted = ops.convert_to_numpy(_received), np.empty_like(_x)
    for _i in range(_channels):
        _near = _x[..., max(0, _i - _n // 2) : _i + _n // 2 + 1]
        _wanted[..., _i] = _x[..., _i] / (2 + 1e-4 * (_near**2).sum(-1)) ** 0.75
    _right = np.isclose(_received, _wanted, rtol=1e-3).all(axis=(0, 1, 2))
    assert _right.all(), (
        f"{_call}: the channels {np.flatnonzero(~_right).tolist()} are wrong; at "
        f"[0, 0, 0] received {_received[0, 0, 0].round(3).tolist()}, expected "
        f"{_wanted[0, 0, 0].round(3).tolist()}"
    )

# %% [markdown]
# Gradients (1 point).

# %% nbgrader={"grade_id": "test_lrn_gradient", "points": 1}
_x = 60 * np.random.default_rng(5).normal(size=(2, 2, 2, 7))
_received = checks.gradient(local_response_norm, _x.astype("float32"))
checks.shape(_received, _x.shape, "the gradient of local_response_norm")
assert np.any(_received), (
    "the gradient of local_response_norm is zero everywhere: nothing flows back "
    "through NumPy, nor through a tensor that is made of its numbers"
)
# A channel acts on itself, and on the divisor of every channel that is near it.
_near = np.abs(np.subtract.outer(np.arange(7), np.arange(7))) <= 2
_base = 2 + 1e-4 * _x**2 @ _near
_wanted = _base**-0.75 - 2 * 0.75 * 1e-4 * _x * ((_x * _base**-1.75) @ _near)
checks.close(_received, _wanted, "the gradient of local_response_norm", rtol=1e-3)

# %% [markdown]
# ## Exercise 4: a network from a table (4 points)
#
# Write `build_network(table, input_shape, rate=0.5)`. It returns a `keras.Model` with a
# layer for each row of the table, in its order:
#
# 1. `conv`: the convolution with its strides, padding and groups, then ReLU;
# 2. `pool`: max pooling. AlexNet's windows overlap: they are 3 wide and move by 2;
# 3. `flatten`;
# 4. `dense`: the last one gives logits, with nothing after it. Each other one is
#    followed by ReLU and then by dropout with the given `rate`.
#
# There is no other dropout, and like all dropout it does nothing outside training. How
# you write it is up to you: Keras's `groups`, or one convolution for each group, side
# by side, as on the two GPUs of 2012.
#
#     build_network(ALEXNET, (227, 227, 3)).count_params() # 60965224, takes a second


# %% nbgrader={"grade_id": "build_network"}
def build_network(table, input_shape, rate=0.5):
    """A network of AlexNet's kind from a table.

    Args:
        table: List of dictionaries, such as `ALEXNET`; it stays as it is.
        input_shape: Tuple (height, width, channels).
        rate: Float, fraction that dropout sets to zero.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to logits.
    """
    ### BEGIN SOLUTION
    kinds = {
        "conv": layers.Conv2D,
        "pool": layers.MaxPooling2D,
        "flatten": layers.Flatten,
        "dense": layers.Dense,
    }
    last = max(index for index, row in enumerate(table) if row["kind"] == "dense")
    x = inputs = keras.Input(input_shape)
    for index, row in enumerate(table):
        settings = {key: value for key, value in row.items() if key != "kind"}
        x = kinds[row["kind"]](**settings)(x)
        if row["kind"] in ("conv", "dense") and index != last:
            x = layers.ReLU()(x)
        if row["kind"] == "dense" and index != last:
            x = layers.Dropout(rate)(x)
    return keras.Model(inputs, x)
    ### END SOLUTION


# %% [markdown]
# The network outside training (2 points).

# %% nbgrader={"grade_id": "test_build", "points": 2}
_tables = [
    [conv(6, 3), pool(), conv(8, 3, groups=2), flatten(), dense(5), dense(3)],
]
_expected = [(9 * 4 + 1) * 6 + (9 * 3 + 1) * 8 + (6 * 5 * 8 + 1) * 5 + 6 * 3]
### BEGIN HIDDEN TESTS
_tables += [
    [
        conv(8, 5, 2, "valid", 2),
        pool(3, 1),
        conv(4, 3, 2),
        flatten(),
        dense(6),
        dense(4),
    ],
]
_expected += [(25 * 2 + 1) * 8 + (9 * 8 + 1) * 4 + (2 * 1 * 4 + 1) * 6 + 7 * 4]


def _network(table, shape, pooling=layers.MaxPooling2D, relus="conv dense", end=None):
    """The network without dropout; the switches make mistakes."""
    x = inputs = keras.Input(shape)
    for index, row in enumerate(table):
        settings = {key: row[key] for key in row if key != "kind"}
        relu = "relu" if row["kind"] in relus.split() else None
        if row["kind"] == "conv":
            x = layers.Conv2D(**settings, activation=relu)(x)
        elif row["kind"] == "pool":
            x = pooling(**settings)(x)
        elif row["kind"] == "flatten":
            x = layers.Flatten()(x)
        else:
            relu = relu if index + 1 < len(table) else end
            x = layers.Dense(row["units"], activation=relu)(x)
    return keras.Model(inputs, x)


### END HIDDEN TESTS
_shape = (13, 12, 4)
for _table, _count in zip(_tables, _expected, strict=True):
    _given = [dict(_row) for _row in _table]
    _model = build_network(_given, _shape)
    checks.model(_model, what="build_network(...)")
    assert _given == _table, f"build_network changed its table: {_given}"
    _x = np.random.default_rng(6).normal(size=(3, *_shape)).astype("float32")
    _received = _model(_x, training=False)
    checks.shape(_received, (3, _table[-1]["units"]), "the logits of 3 images")
    _kinds = ", ".join(_row["kind"] for _row in _table)
    _weights = sum(_w.size for _w in _model.get_weights())
    assert _weights == _count, (
        f"the network {_kinds} for images {_shape} has {_weights} parameters; expected "
        f"{_count}. Are strides, padding and groups those of the table?"
    )
    ### BEGIN HIDDEN TESTS
    _model.set_weights(redraw(_model.get_weights(), seed=7))
    _received = ops.convert_to_numpy(_model(_x, training=False))
    _right = _network(_table, _shape)
    _right.set_weights(redraw(_right.get_weights(), seed=7))
    _wanted = ops.convert_to_numpy(_right(_x))
    if np.allclose(_received, _wanted, rtol=1e-3, atol=1e-3):
        continue
    for _fault, _switches in {
        "pooling takes the mean; expected the maximum": {
            "pooling": layers.AveragePooling2D
        },
        "the convolutions are not followed by ReLU": {"relus": "dense"},
        "the first dense layer is not followed by ReLU": {"relus": "conv"},
        "nothing is followed by ReLU": {"relus": ""},
        "the last dense layer is followed by ReLU; expected logits": {"end": "relu"},
        "the last dense layer is followed by softmax; expected logits": {
            "end": "softmax"
        },
    }.items():
        _wrong = _network(_table, _shape, **_switches)
        _wrong.set_weights(redraw(_wrong.get_weights(), seed=7))
        assert not np.allclose(_received, _wrong(_x), rtol=1e-3, atol=1e-3), _fault
    checks.close(_received, _wanted, f"the logits of {_kinds}", rtol=1e-3, atol=1e-3)
    ### END HIDDEN TESTS

# %% [markdown]
# Dropout: where it is, and how much (2 points).

# %% nbgrader={"grade_id": "test_build_dropout", "points": 2}
# Every layer hands on its input and adds 1, so that each number tells its own story. A
# dense layer moves it one place on: two dropouts with the same seed drop two numbers.
_rates = [0.25]
### BEGIN HIDDEN TESTS
_rates += [0.6]
### END HIDDEN TESTS
for _rate in _rates:
    _table = [conv(4, 1), flatten(), dense(36), dense(36), dense(36)]
    _model = build_network(_table, (3, 3, 4), rate=_rate)
    checks.model(_model, what="build_network(...)")
    _fresh = []
    for _w in _model.get_weights():
        _kernel = np.roll(np.eye(_w.shape[-1]), _w.ndim == 2, axis=1)
        _fresh.append(_kernel.reshape(_w.shape) if _w.ndim > 1 else np.ones_like(_w))
    _model.set_weights(_fresh)
    _x = np.random.default_rng(8).uniform(1, 2, (60, 3, 3, 4)).astype("float32")
    _flat, _scale = np.roll(_x.reshape(60, 36), 3, axis=1), 1 / (1 - _rate)
    _call = f"build_network(..., rate={_rate})"
    with checks.seeded(9):
        _calm = ops.convert_to_numpy(_model(_x))
        _received = ops.convert_to_numpy(_model(_x, training=True))
    checks.shape(_calm, (60, 36), f"the output of {_call}")
    checks.close(_calm, _flat + 4, f"{_call} outside training", rtol=1e-3)
    assert not np.allclose(_received, _calm, rtol=1e-3), (
        f"{_call}: nothing is dropped in training"
    )
    _lost = np.mean(np.isclose(_received, 0))
    assert _lost < 0.01, (
        f"{_call}: in training {_lost:.2f} of the logits are 0: there is dropout after "
        "the last dense layer"
    )
    # What the second dropout dropped, what the first one dropped, and the rest.
    _second = np.isclose(_received, 1, rtol=1e-3)
    _first = np.isclose(_received, 1 + _scale, rtol=1e-3)
    _rest = np.isclose(_received, 1 + _scale * (1 + _scale * (_flat + 2)), rtol=1e-3)
    _shares = [np.mean(_kind) for _kind in (_second, _first, _rest)]
    assert _shares[0] > 0, (
        f"{_call}: the dense layer before the last is not followed by dropout"
    )
    assert np.mean(_second | _first | _rest) > 0.99, (
        f"{_call}: {np.mean(~(_second | _first | _rest)):.2f} of the numbers in "
        "training cannot come from dropout after the two hidden dense layers and "
        "nowhere else. Is it there too often, once too few, or at another rate?"
    )
    _wanted = [_rate, (1 - _rate) * _rate, (1 - _rate) ** 2]
    checks.close(
        np.array(_shares), _wanted, f"{_call}: what is dropped", rtol=0, atol=0.06
    )

# %% [markdown]
# ## Exercise 5: six years of ILSVRC (3 points)
#
# "The error fell from 28 % to 3.6 %" is said quickly. `ILSVRC` says what each figure
# is: measured on the test or on the validation images, with a single net or with an
# ensemble of several whose outputs are averaged. Look at it first.
#
# **First**, `best_by_year(rows)`: a dictionary from each year to the lowest error on
# **test** images in that year. A year without such a figure is left out.


# %% nbgrader={"grade_id": "best_by_year"}
def best_by_year(rows):
    """The lowest error of each year on test images.

    Args:
        rows: List of dictionaries, such as `ILSVRC`, in any order.

    Returns:
        Dictionary from years to errors in per cent.
    """
    ### BEGIN SOLUTION
    best = {}
    for row in rows:
        if row["images"] == "test":
            best[row["year"]] = min(row["error"], best.get(row["year"], 100.0))
    return best
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_best_by_year", "points": 1}
_cases = [([dict(_row) for _row in ILSVRC],)]
_expected = [{2010: 28.2, 2011: 25.8, 2012: 16.4, 2013: 11.7, 2014: 6.67, 2015: 3.57}]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(10)
for _ in range(4):
    _rows, _wanted = [], {}
    for _year in _rng.permutation(np.arange(2000, 2030))[:6].tolist():
        for _images in ("validation", "test", "test", "validation")[: 1 + _year % 4]:
            _error = round(float(_rng.uniform(1, 30)), 2)
            _rows.append(figure(_year, "a net", _error, "single", _images))
    _rows = [_rows[_place] for _place in _rng.permutation(len(_rows))]
    for _row in _rows:
        if _row["images"] == "test":
            _old = _wanted.get(_row["year"], _row["error"])
            _wanted[_row["year"]] = min(_old, _row["error"])
    _cases.append((_rows,))
    _expected.append(_wanted)
### END HIDDEN TESTS
for _received, _wanted in zip(
    checks.each(best_by_year, _cases), _expected, strict=True
):
    assert isinstance(_received, dict), (
        f"best_by_year must return a dictionary. Received: {_received!r}"
    )
    _received = {int(_year): float(_error) for _year, _error in _received.items()}
    assert _received == _wanted, (
        f"best_by_year is {dict(sorted(_received.items()))}; expected "
        f"{dict(sorted(_wanted.items()))}"
    )

# %% [markdown]
# **Then**, `progress(best, human=5.1)`, where `best` is such a dictionary. It returns a
# pair:
#
# - a dictionary from each year but the first to the **relative** reduction of the error
#   since the year before it in `best`, as a fraction: from 28.2 to 25.8 it is 2.4 /
#   28.2 = 0.085;
# - the first year with an error **below** `human`, or `None`. (5.1 % is what one
#   practised person reached on 1500 test images: Russakovsky et al., 2015, section
#   6.4. A second one had 12.0 %.)
#
# `best` may be in any order, and years may be missing. Which year brought the largest
# relative reduction? It is not 2012.


# %% nbgrader={"grade_id": "progress"}
def progress(best, human=5.1):
    """Relative reductions of the error, and when it fell below a person's.

    Args:
        best: Dictionary from years to errors in per cent, in any order.
        human: Float, per cent.

    Returns:
        A pair: dictionary from years to fractions, and the first year whose error is
        below `human`, or `None`.
    """
    ### BEGIN SOLUTION
    years = sorted(best)
    reductions = {
        year: (best[before] - best[year]) / best[before]
        for before, year in itertools.pairwise(years)
    }
    passed = [year for year in years if best[year] < human]
    return reductions, passed[0] if passed else None
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_progress", "points": 1}
_bests = [{2010: 28.2, 2011: 25.8, 2012: 16.4, 2013: 11.7, 2014: 6.67, 2015: 3.57}]
_bests += [{2015: 5.1, 2010: 8.0, 2012: 10.0}]
_expected = [({2011: 0.0851, 2012: 0.3643, 2013: 0.2866, 2014: 0.4299, 2015: 0.4648})]
_expected += [{2012: -0.25, 2015: 0.49}]
_years = [2015, None]
### BEGIN HIDDEN TESTS
_bests += [{2003: 5.0, 2001: 4.0, 2009: 2.0, 2006: 8.0}, {1999: 6.0}]
_expected += [{2003: -0.25, 2006: -0.6, 2009: 0.75}, {}]
_years += [2001, None]
### END HIDDEN TESTS
_results = checks.each(progress, [(dict(_best),) for _best in _bests])
for _best, _result, _wanted, _year in zip(
    _bests, _results, _expected, _years, strict=True
):
    assert len(_result or ()) == 2, (
        f"progress must return a pair. Received: {_result!r}"
    )
    assert isinstance(_result[0], dict), (
        f"progress must return a dictionary first. Received: {_result[0]!r}"
    )
    assert set(_result[0]) == set(_wanted), (
        f"progress({_best}) has reductions for the years {sorted(_result[0])}; "
        f"expected {sorted(_wanted)}"
    )
    for _place in sorted(_wanted):
        assert abs(float(_result[0][_place]) - _wanted[_place]) < 1e-3, (
            f"progress({_best}): the relative reduction in {_place} is "
            f"{float(_result[0][_place]):.4f}; expected {_wanted[_place]}"
        )
    assert _result[1] == _year, (
        f"progress({_best}): the first year below 5.1 % is {_result[1]}; expected "
        f"{_year}"
    )

# %% [markdown]
# **Last**, what do ensembles bring? `ensemble_gains(rows)` compares a network's best
# ensemble with its best single net, and **only on the same images**: a figure from the
# test images says nothing beside one from the validation images. It returns a
# dictionary from pairs `(network, images)` to the relative reduction of the error, such
# as `("VGG", "test"): 0.029`. A pair with only one of the two is left out. ResNet is:
# its 3.57 % and 4.49 % do not say what the ensemble brought.


# %% nbgrader={"grade_id": "ensemble_gains"}
def ensemble_gains(rows):
    """The relative reduction of the error from a single net to an ensemble.

    Args:
        rows: List of dictionaries, such as `ILSVRC`, in any order.

    Returns:
        Dictionary from pairs (network, images) to fractions.
    """
    ### BEGIN SOLUTION
    errors = {}
    for row in rows:
        pair = errors.setdefault((row["network"], row["images"]), {})
        pair[row["nets"]] = min(row["error"], pair.get(row["nets"], 100.0))
    return {
        key: 1 - pair["ensemble"] / pair["single"]
        for key, pair in errors.items()
        if "ensemble" in pair and "single" in pair
    }
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_ensemble_gains", "points": 1}
_cases = [([dict(_row) for _row in ILSVRC],)]
_expected = [
    {
        ("AlexNet", "validation"): 0.0989,
        ("GoogLeNet", "validation"): 0.1546,
        ("VGG", "test"): 0.0286,
    }
]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(11)
for _ in range(3):
    _rows, _wanted = [], {}
    for _network in ("A", "B", "C", "D"):
        for _images in ("test", "validation"):
            _lowest = {}
            for _nets in _rng.choice(["single", "ensemble", "none"], 4).tolist():
                _error = round(float(_rng.uniform(3, 20)), 1)
                _rows.append(figure(2014, _network, _error, _nets, _images))
                _lowest[_nets] = min(_error, _lowest.get(_nets, 100))
            if {"single", "ensemble"} <= set(_lowest):
                _gain = 1 - _lowest["ensemble"] / _lowest["single"]
                _wanted[(_network, _images)] = _gain
    _cases.append(([_rows[_place] for _place in _rng.permutation(len(_rows))],))
    _expected.append(_wanted)
### END HIDDEN TESTS
for _received, _wanted in zip(
    checks.each(ensemble_gains, _cases), _expected, strict=True
):
    assert isinstance(_received, dict), (
        f"ensemble_gains must return a dictionary. Received: {_received!r}"
    )
    assert set(_received) == set(_wanted), (
        f"ensemble_gains has the keys {sorted(_received)}; expected {sorted(_wanted)}"
    )
    for _key in sorted(_wanted):
        assert abs(float(_received[_key]) - _wanted[_key]) < 1e-3, (
            f"ensemble_gains: {_key} is {float(_received[_key]):.4f}; expected "
            f"{_wanted[_key]:.4f}"
        )
