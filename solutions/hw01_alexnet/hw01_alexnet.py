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
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one. What a test expects stands in `expected.json`, beside this notebook.
# Images are channels-last: (batch, height, width, channels).

# %% nbgrader={"grade_id": "setup"}
import copy
import itertools
import logging

import keras
import numpy as np
from keras import layers, ops

from layerwise import checks

checks.short_errors()
# On a CPU, TensorFlow compiles each call of a grouped convolution and remarks on it.
logging.getLogger("tensorflow").setLevel(logging.ERROR)

# %% [markdown]
# The next cell is given. `ALEXNET` is the network of 2012 as a table: one dictionary
# for each layer. The keys beside `kind` are arguments of `Conv2D`, `MaxPooling2D` and
# `Dense`. `ILSVRC` is for the last exercise.


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
# NumPy compares shapes that do not belong together. There is at least one image. The
# arrays that are given must not change.


# %% nbgrader={"grade_id": "topk_error"}
def topk_error(scores, labels, k=5):
    """Fraction of images whose true class is not among the k best.

    Args:
        scores: Array of shape (batch, classes), `float32`.
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
# The next two cells are given. They draw scores and labels, and `errors_of` asks for
# every `k` at once.


# %% nbgrader={"grade_id": "given_topk"}
def contest(seed, images, classes):
    """Draws scores, no two of an image equal, and labels."""
    rng = np.random.default_rng(seed)
    scores = np.argsort(rng.random((images, classes))).astype("float32")
    return scores, rng.integers(0, classes, images)


def tied_contest(seed, images, classes, levels=3):
    """Draws whole numbers for scores, many of an image equal, and labels."""
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, levels, (images, classes)).astype("float32")
    return scores, rng.integers(0, classes, images)


def separate(scores, labels):
    """Breaks the ties of whole numbers in different ways, by what each would mean."""
    true = np.eye(scores.shape[1], dtype="float32")[labels]
    later = np.linspace(0, 0.3, scores.shape[1], dtype="float32")
    return {
        "ahead": scores + later + 0.5 * true,
        "a class with the same score counts as higher": scores + later - 0.5 * true,
        "among equal scores, the first class goes first": scores - later,
        "among equal scores, the last class goes first": scores + later,
    }


# The first two rows of the table above.
SCORES = np.array([[0.1, 0.6, 0.2, 0.1]] * 2, "float32")


# %% nbgrader={"grade_id": "ask_topk"}
def errors_of(scores, labels):
    """Returns the top-k errors for k = 1, 2, ... up to the number of classes."""
    cases = [(scores, labels, k + 1) for k in range(scores.shape[1])]
    return checks.each(topk_error, cases)


# %% tags=["expected"]
def topk_expected(scores, labels):
    """Returns the errors for k = 1, 2, ..., and what mistakes make of them."""
    classes = scores.shape[1]
    true = scores[np.arange(len(labels)), labels][:, None]
    higher, lower = (scores > true).sum(1), (scores < true).sum(1)

    def errors(shift=0, before=higher):
        return [float(np.mean(before >= k + shift)) for k in range(1, classes + 1)]

    right = errors()
    return right, {
        "it is the fraction that is right; expected the fraction that is wrong": [
            1 - error for error in right
        ],
        "it is a percentage; expected a number from 0 to 1": [
            100 * error for error in right
        ],
        "it is a count of images; expected a fraction": [
            len(labels) * error for error in right
        ],
        "it is of the k lowest scores; expected the k highest": errors(before=lower),
        "it is of the k - 1 best; expected the k best": errors(-1),
        "it is of the k + 1 best; expected the k best": errors(1),
        "k is ignored: it is always of the best one": [right[0]] * classes,
        "k is ignored: it is always of the 5 best": [right[min(4, classes - 1)]]
        * classes,
    }


expect("topk_error of the example", topk_expected(SCORES, np.array([1, 2]))[0])
expect("topk_error of 20 images, k = 1 to 7", *topk_expected(*contest(1, 20, 7)))
expect("topk_error of 23 images, k left out", topk_expected(*contest(2, 23, 8))[0][4])


def merged(scores, labels):
    """Lets of classes with the same score only one stay, the true one if it is there.

    All others go down below all: as if equal scores counted once.
    """
    scores = scores.copy()
    for row, label in zip(scores, labels, strict=True):
        seen = {float(row[label])}
        for place in range(len(row)):
            if place != label and float(row[place]) in seen:
                row[place] = -1 - place
            seen.add(float(row[place]))
    return scores


# %% [markdown]
# Scores without ties (2 points).

# %% nbgrader={"grade_id": "test_topk", "points": 2}
_scores, _labels = contest(1, 20, 7)
_kept = [_scores.copy(), _labels.copy()]
checks.answer(errors_of(_scores, _labels), "topk_error of 20 images, k = 1 to 7")
checks.unchanged([_scores, _labels], _kept, "the arrays given to topk_error")
checks.answer(topk_error(*contest(2, 23, 8)), "topk_error of 23 images, k left out")
checks.answer(errors_of(SCORES, np.array([1, 2])), "topk_error of the example")
### BEGIN HIDDEN TESTS
for _seed, _images, _classes in [(11, 40, 9), (12, 1, 5), (13, 25, 30), (14, 6, 2)]:
    _x, _y = contest(_seed, _images, _classes)
    _x = _x / 8 - 1
    _right = topk_expected(_x, _y)
    _call = f"topk_error of {_images} images and {_classes} classes, k"
    checks.judge(errors_of(_x.copy(), _y.copy()), *_right, f"{_call} = 1, 2, ...")
    if _classes >= 5:
        _found = topk_error(_x.copy(), _y.copy())
        checks.judge(_found, _right[0][4], what=f"{_call} left out")
### END HIDDEN TESTS
checks.passed("values", "k left out", "arrays unchanged")

# %% [markdown]
# Ties (1 point). Of whole numbers, half a point more for the true class, and less for
# the others, breaks ties in favour of the network, and changes nothing else.

# %% nbgrader={"grade_id": "test_topk_ties", "points": 1}
_cases = [(2, 30, 6, 3)]
### BEGIN HIDDEN TESTS
_cases += [(21, 30, 6, 2), (22, 20, 9, 4), (23, 8, 5, 2), (24, 25, 12, 5)]
### END HIDDEN TESTS
for _case in _cases:
    _scores, _labels = tied_contest(*_case)
    _ways = separate(_scores, _labels)
    ### BEGIN HIDDEN TESTS
    _once = "classes with the same higher score count once"
    _ways[_once] = merged(_scores, _labels)
    ### END HIDDEN TESTS
    _found, _call = errors_of(_scores, _labels), "topk_error with ties, k = 1, 2, ..."
    _ways = {_how: errors_of(_x, _labels) for _how, _x in _ways.items()}
    assert abs(_found[0] - _found[-1]) > 0, f"{_call}: all are {_found[0]}"
    # Both sides are the student's: the error with ties, and with those broken.
    checks.judge(_found, _ways.pop("ahead"), _ways, _call)
checks.passed("ties")

# %% [markdown]
# Bad input (1 point): four images and six classes.

# %% nbgrader={"grade_id": "test_topk_bad_input", "points": 1}
_scores, _labels = np.eye(4, 6, dtype="float32"), np.arange(4)
checks.raises(topk_error, _scores, _labels, 0, what="topk_error with k = 0")
checks.raises(topk_error, _scores, _labels, 7, what="topk_error with k = 7")
checks.raises(topk_error, _scores, _labels[:3], 2, what="topk_error of 3 labels")
assert topk_error(_scores, _labels, 6) is not None, "topk_error returns nothing"
### BEGIN HIDDEN TESTS
_bad = {
    "k = -1": (_scores, _labels, -1),
    "k = 5 and 4 classes": (_scores[:, :4], _labels, 5),
    "4 images and a single label": (_scores, _labels[:1], 2),
    "4 images and 5 labels": (_scores, np.arange(5), 2),
    "4 images and no label": (_scores, _labels[:0], 2),
    "labels of shape (4, 1)": (_scores, _labels[:, None], 2),
    "labels of shape (4, 4)": (_scores, np.stack([_labels] * 4), 2),
    "scores with one axis": (_scores[0], _labels[:1], 2),
    "scores with one axis, a label for each": (_scores[0], np.arange(6), 1),
    "scores with three axes": (np.ones((4, 6, 6), "float32"), _labels, 2),
}
for _what, _arguments in _bad.items():
    checks.raises(topk_error, *_arguments, what=f"topk_error with {_what}")
### END HIDDEN TESTS
checks.passed("errors")

# %% [markdown]
# ## Exercise 2: what a table of layers costs (5 points)
#
# Write `table_costs(table, input_shape)`. It returns a list with one triple for each
# row of `table`: `(output_shape, parameters, multiply_adds)`.
#
# - **output_shape**: a tuple without the batch: (height, width, channels) of a
#   convolution or a pooling, one number, `(units,)`, of what is flat. With `"valid"`
#   padding each window must lie inside the image, and the image is at least as large as
#   a window; with `"same"` an axis of n pixels becomes ⌈n / strides⌉.
# - **parameters**: weights and biases. In a convolution with `groups` = g, each filter
#   sees only one g-th of the channels that go in. Pooling and flattening have none.
# - **multiply_adds**: for one image, how often a weight is multiplied with something.
#   Each weight of a kernel is used once for each position of the output. Biases are
#   added and not multiplied, and pooling multiplies nothing.
#
# Do this **without building the network**: a table with a billion billion weights must
# work as well, so the numbers are exact integers. Rows are as in `ALEXNET`, and dense
# ones come after a `flatten`; kernels and windows are square, images need not be. An
# empty table gives an empty list. The table must not change.
#
#     table_costs(ALEXNET[:2], (227, 227, 3))
#     # [((55, 55, 96), 34944, 105415200), ((27, 27, 96), 0, 0)]
#
# AlexNet as a whole has 60,965,224 parameters and 724,406,816 multiply-adds. To check
# by hand: a convolution of 4 filters, 3×3, in 2 groups, on images of 5×6 pixels and 2
# channels has 40 parameters. With `"same"` padding and strides of 2 its output is
# (3, 3, 4), and it does 324 multiply-adds.


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


# %% nbgrader={"grade_id": "given_costs"}
# One row of each kind, and more weights than any memory holds.
LINE = [conv(6, 3), conv(9, 1), conv(12, 5, groups=3), pool(2, 1, "same"), flatten()]
LINE += [dense(2)]
HUGE = [flatten(), dense(10**9 + 1), dense(10)]
# The end of AlexNet, and the example above.
ENDING = [pool(), flatten(), dense(10)]
SMALL = [conv(4, 3, strides=2, groups=2)]


# %% nbgrader={"grade_id": "ask_costs"}
def column(table, input_shape, which):
    """Returns one entry of each row's triple: 0 is the shape, 1 the parameters."""
    costs = table_costs(copy.deepcopy(table), input_shape)
    costs = checks.unpack(costs, len(table), "what table_costs returns")
    return [checks.unpack(row, 3, "a row of table_costs")[which] for row in costs]


# %% tags=["expected"]
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


def shown(table):
    """Returns a table as one would write it."""
    return ", ".join(
        f"{row['kind']}({', '.join(repr(row[key]) for key in row if key != 'kind')})"
        for row in table
    )


def shapes_expected(table, input_shape):
    """Returns the output shapes, and what mistakes make of them."""

    def shapes(same=lambda n, step: -(-n // step), valid=None, square=False):
        valid = valid or (lambda n, size, step: (n - size) // step + 1)
        shape, found = tuple(input_shape), []
        for row in table:
            if row["kind"] in ("conv", "pool"):
                size, step = (
                    row.get("kernel_size", row.get("pool_size")),
                    row["strides"],
                )
                axes = [
                    same(n, step) if row["padding"] == "same" else valid(n, size, step)
                    for n in shape[:2]
                ]
                axes = [axes[0], axes[0]] if square else axes
                shape = (*axes, row.get("filters", shape[2]))
            elif row["kind"] == "flatten":
                shape = (int(np.prod(shape)),)
            else:
                shape = (row["units"],)
            found.append(shape)
        return found

    return shapes(), {
        "the first window is missing in the heights and widths": shapes(
            valid=lambda n, size, step: (n - size) // step
        ),
        "a window sticks out of the image": shapes(
            valid=lambda n, size, step: -(-(n - size) // step) + 1
        ),
        '"same" padding must round up': shapes(same=lambda n, step: n // step),
        '"valid" padding is taken for "same"': shapes(
            valid=lambda n, size, step: -(-n // step)
        ),
        "the width is taken to be the height": shapes(square=True),
    }


def parameters_expected(table, input_shape):
    """Returns the parameters, and what mistakes make of them."""
    shapes = [tuple(input_shape), *shapes_expected(table, input_shape)[0]]

    def counts(groups=True, bias=True, area=True):
        found = []
        for row, before in zip(table, shapes, strict=False):
            count = 0
            if row["kind"] == "conv":
                inner = before[2] // row["groups"] if groups else before[2]
                count = row["kernel_size"] ** (1 + area) * inner * row["filters"]
            elif row["kind"] == "dense":
                count = before[0] * row["units"]
            found.append(
                count + bias * bool(count) * row.get("filters", row.get("units", 0))
            )
        return found

    return counts(), {
        "the biases are missing": counts(bias=False),
        "a filter sees the channels of its group only": counts(groups=False),
        "a kernel is square: its size counts twice": counts(area=False),
    }


def products_expected(table, input_shape):
    """Returns the multiply-adds, and what mistakes make of them."""
    shapes = [tuple(input_shape), *shapes_expected(table, input_shape)[0]]

    def counts(groups=True, places=1, factor=1, bias=0):
        found = []
        for place, (row, before) in enumerate(zip(table, shapes, strict=False)):
            count = 0
            if row["kind"] == "conv":
                inner = before[2] // row["groups"] if groups else before[2]
                image = shapes[place + places][:2] if places >= 0 else (1, 1)
                weights = row["kernel_size"] ** 2 * inner + bias
                count = weights * row["filters"] * image[0] * image[1]
            elif row["kind"] == "dense":
                count = (before[0] + bias) * row["units"]
            found.append(factor * count)
        return found

    return counts(), {
        "a multiplication with its addition counts once": counts(factor=2),
        "a filter sees the channels of its group only": counts(groups=False),
        "each weight is used at each position of the output, not of the input": counts(
            places=0
        ),
        "a convolution uses its weights at each position": counts(places=-1),
        "biases are not multiplied": counts(bias=1),
    }


expect("output shapes of AlexNet", *shapes_expected(ALEXNET, (227, 227, 3)))
expect("output shapes for images (12, 9, 4)", *shapes_expected(ENDING, (12, 9, 4)))
expect("output shapes of the example", shapes_expected(SMALL, (5, 6, 2))[0])
expect("parameters of the line", *parameters_expected(LINE, (6, 6, 4)))
expect("parameters of the huge layers", *parameters_expected(HUGE, (10**4, 10**4, 10)))
expect("parameters of the example", parameters_expected(SMALL, (5, 6, 2))[0])
expect("multiply-adds of the line", *products_expected(LINE, (5, 7, 4)))

# %% [markdown]
# Output shapes (2 points).

# %% nbgrader={"grade_id": "test_costs_shapes", "points": 2}
checks.answer(column(SMALL, (5, 6, 2), 0), "output shapes of the example")
checks.answer(column(ALEXNET, (227, 227, 3), 0), "output shapes of AlexNet")
checks.answer(column(ENDING, (12, 9, 4), 0), "output shapes for images (12, 9, 4)")
_given = copy.deepcopy(LINE)
table_costs(_given, (6, 6, 4))
assert _given == LINE, f"table_costs changed the table: {_given}"
### BEGIN HIDDEN TESTS
for _seed in range(12):
    _shape, _table = random_table(100 + _seed)
    _right = shapes_expected(_table, _shape)
    _found = column(_table, _shape, 0)
    checks.judge(
        _found, *_right, f"output shapes of {shown(_table)} for images {_shape}"
    )
_table, _shape = [conv(3, 5), conv(2, 2, 3, "valid"), pool(4, 3, "same")], (5, 14, 1)
_right = shapes_expected(_table, _shape)
checks.judge(column(_table, _shape, 0), *_right, f"output shapes for images {_shape}")
checks.judge(table_costs([], (5, 5, 1)), [], what="table_costs of an empty table")
### END HIDDEN TESTS
checks.passed("shapes", "table unchanged")

# %% [markdown]
# Parameters (2 points).

# %% nbgrader={"grade_id": "test_costs_parameters", "points": 2}
checks.answer(column(LINE, (6, 6, 4), 1), "parameters of the line")
checks.answer(column(HUGE, (10**4, 10**4, 10), 1), "parameters of the huge layers")
checks.answer(column(SMALL, (5, 6, 2), 1), "parameters of the example")
### BEGIN HIDDEN TESTS
for _table, _shape in [
    ([conv(8, 2, 1, "same", 4), conv(6, 4, groups=2), flatten()], (3, 6, 12)),
    ([conv(5, 1), pool(3, 2), conv(10, 3, groups=5)], (9, 12, 7)),
    ([conv(3, 7, 3, "valid", 3)], (16, 13, 9)),
    ([pool(2, 2, "same"), flatten(), dense(7), dense(1), dense(3)], (4, 4, 3)),
]:
    _right = parameters_expected(_table, _shape)
    _found = column(_table, _shape, 1)
    checks.judge(_found, *_right, f"parameters of {shown(_table)} for images {_shape}")
### END HIDDEN TESTS
checks.passed("parameters")

# %% [markdown]
# Multiply-adds (1 point).

# %% nbgrader={"grade_id": "test_costs_multiply_adds", "points": 1}
checks.answer(column(LINE, (5, 7, 4), 2), "multiply-adds of the line")
### BEGIN HIDDEN TESTS
for _table, _shape in [
    ([conv(8, 2, 2, "same", 4), conv(6, 3, groups=2), flatten()], (4, 6, 12)),
    ([conv(9, 7, 3, "same", 3), conv(2, 1)], (12, 9, 9)),
    ([pool(2, 2, "same"), conv(4, 3), flatten(), dense(7), dense(1)], (4, 8, 3)),
]:
    _right = products_expected(_table, _shape)
    _found = column(_table, _shape, 2)
    checks.judge(
        _found, *_right, f"multiply-adds of {shown(_table)} for images {_shape}"
    )
### END HIDDEN TESTS
checks.passed("multiply-adds")

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
# not. With n = 3, k = 1, α = 10⁻⁴ and β = 1, the channels (100, 200, 0) become
# (16.7, 33.3, 0).
#
# Write `local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75)` with `keras.ops` or
# your backend's functions, so that gradients flow through it: NumPy stops them.
#
# > **Predict.** Eleven channels: ten hold 20, the one in the middle holds 300. Which
# > become the smallest? Is the middle one still 15 times as large as the one beside it?
# > Look at the picture below, once the function is there.


# %% nbgrader={"grade_id": "local_response_norm"}
def local_response_norm(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    """Local response normalisation across channels.

    Args:
        x: Tensor of shape (batch, height, width, channels), `float32`.
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


# %% nbgrader={"grade_id": "given_lrn"}
def loud(seed, *shape):
    """Draws large numbers: with small ones the sum is nothing beside k."""
    x = 60 * np.random.default_rng(seed).normal(size=shape)
    return ops.convert_to_tensor(x, dtype="float32")


def inside(x):
    """Takes the eight channels in the middle, whose windows are whole."""
    x = ops.convert_to_numpy(x)
    low = x.shape[-1] // 2 - 4
    return x[..., low : low + 8]


# %% tags=["expected"]
def lrn_expected(x, n=5, k=2.0, alpha=1e-4, beta=0.75):
    """Returns the channels in the middle, normalised, and common mistakes."""
    x = ops.convert_to_numpy(x).astype("float64")
    low, r = x.shape[-1] // 2 - 4, n // 2

    def norm(window=range(-r, r + 1), power=2, k=k, alpha=alpha, beta=beta):
        near = [x[..., low + step : low + 8 + step] ** power for step in window]
        return x[..., low : low + 8] / np.abs(k + alpha * sum(near)) ** beta

    return norm(), {
        "alpha is divided by n": norm(alpha=alpha / n),
        "beta is not used": norm(beta=1),
        "beta is always 0.75": norm(beta=0.75),
        "alpha is always 1e-4": norm(alpha=1e-4),
        "k is always 2": norm(k=2),
        "k is 1": norm(k=1),
        "n is always 5": norm(range(-2, 3)),
        "the neighbours are not squared": norm(power=1),
        f"the window has {2 * n + 1} channels": norm(range(-n, n + 1)),
        "the window misses its last channel": norm(range(-r, r)),
        "the window starts at the channel": norm(range(n)),
        "the channel itself is left out": norm([j for j in range(-r, r + 1) if j]),
        "it is multiplied by the divisor": x[..., low : low + 8] ** 2 / norm(),
        "numbers are not changed": x[..., low : low + 8],
    }


expect(
    "local_response_norm, 8 channels of 30",
    *lrn_expected(loud(3, 1, 2, 1, 30)),
)

# %% [markdown]
# The formula, where the window is whole (2 points).

# %% nbgrader={"grade_id": "test_lrn", "points": 2}
_x = loud(3, 1, 2, 1, 30)
_found = local_response_norm(_x)
checks.shape(_found, (1, 2, 1, 30), "the result of local_response_norm")
checks.answer(inside(_found), "local_response_norm, 8 channels of 30")
### BEGIN HIDDEN TESTS
for _shape, _n, _k, _alpha, _beta in [
    ((2, 3, 4, 30), 3, 2.0, 1e-4, 0.75),
    ((1, 2, 2, 34), 5, 1.0, 3e-4, 0.5),
    ((3, 1, 5, 26), 7, 3.0, 1e-3, 1.0),
]:
    _x, _settings = loud(30 + _n, *_shape), (_n, _k, _alpha, _beta)
    _right = lrn_expected(_x, *_settings)
    _call = f"local_response_norm of {_shape} with n, k, alpha, beta = {_settings}"
    checks.shape(local_response_norm(_x, *_settings), _shape, _call)
    checks.judge(inside(local_response_norm(_x, *_settings)), *_right, _call)
    _found = local_response_norm(_x, beta=_beta, alpha=_alpha, k=_k, n=_n)
    checks.judge(inside(_found), *_right, f"{_call}, by name")
_x = loud(39, 2, 2, 1, 32)
_right = lrn_expected(_x)
_call = "local_response_norm of (2, 2, 1, 32) with its defaults"
checks.judge(inside(local_response_norm(_x)), *_right, _call)
### END HIDDEN TESTS
checks.passed("shape", "values")

# %% [markdown]
# The window is cut at both ends: channels of zeros beside the others change nothing
# (1 point).

# %% nbgrader={"grade_id": "test_lrn_edges", "points": 1}
# Channels, n
_cases = [(8, 5), (4, 1)]
### BEGIN HIDDEN TESTS
_cases += [(9, 3), (8, 7), (3, 7), (1, 5), (2, 3), (12, 9)]
### END HIDDEN TESTS
for _channels, _n in _cases:
    _x, _call = loud(4, 2, 2, 3, _channels), f"of {_channels} channels, n = {_n}"
    _found = local_response_norm(_x, n=_n)
    checks.shape(_found, (2, 2, 3, _channels), f"local_response_norm {_call}")
    _wide = ops.pad(_x, [(0, 0), (0, 0), (0, 0), (20, 20)])
    _middle = local_response_norm(_wide, n=_n)[..., 20:-20]
    # Both sides are the student's: the channels alone, and between zeros.
    checks.close(_found, _middle, f"local_response_norm {_call}", rtol=1e-3)
_y = local_response_norm(100 * ops.ones((1, 1, 1, 30)))[0, 0, 0]
assert abs(_y[15] - _y[0]) > 0, f"30 channels of 100 all become {_y[0]}"
checks.passed("both ends")

# %% [markdown]
# Gradients (1 point): the slope is that of the function.

# %% nbgrader={"grade_id": "test_lrn_gradient", "points": 1}
_seeds = [5]
### BEGIN HIDDEN TESTS
_seeds += [51, 52, 53]
### END HIDDEN TESTS
for _seed in _seeds:
    _x, _step = loud(_seed, 1, 2, 1, 7), loud(_seed + 100, 1, 2, 1, 7) / 30
    _slope = checks.gradient(local_response_norm, _x)
    assert np.ptp(_slope) > 0, f"the gradient is {_slope.max():.3g} everywhere"
    _up, _down = (local_response_norm(_x + _s) for _s in (_step, -_step))
    _grown = np.sum(ops.convert_to_numpy(_up)) - np.sum(ops.convert_to_numpy(_down))
    # Both sides are the student's: how the result grows, and the slope of it.
    checks.close(2 * np.sum(_slope * _step), _grown, "the slope", rtol=2e-2, atol=2e-2)
checks.passed("gradient")

# %% [markdown]
# Look: the channels of the prediction.


# %% nbgrader={"grade_id": "look_lrn"}
def look():
    """Shows eleven channels, one of them large, before and after."""
    from matplotlib import pyplot as plt

    from layerwise import plots

    x = np.full((1, 1, 1, 11), 20, "float32")
    x[..., 5] = 300
    y = ops.convert_to_numpy(local_response_norm(ops.convert_to_tensor(x)))
    _, axes = plots.panels(2)
    for ax, heights, title in zip(axes, (x, y), ("before", "after"), strict=True):
        ax.bar_label(ax.bar(np.arange(11), heights.ravel()), fmt="{:.2g}")
        ax.set(title=title, xlabel="channel")
        ax.margins(y=0.15)
    plt.show()


# %%
# look()

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
# There is no other dropout, and like all dropout it does nothing outside training.
# Every convolution and every dense layer has a bias. Every row has layers of its own,
# and so has every call of `build_network`: rows that are equal share no weights. The
# table ends with a dense row, and must not change. How you write it is up to you:
# Keras's `groups`, or one convolution for each group, side by side, as on the two GPUs
# of 2012.
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
    last = len(table) - 1
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


# %% nbgrader={"grade_id": "given_network"}
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


def images_of(seed, *shape):
    """Draws images."""
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


FIRST = [conv(4, 3), conv(4, 3), pool(), conv(6, 3, groups=2), flatten()]
FIRST += [dense(5), dense(5), dense(5), dense(3)]


# %% nbgrader={"grade_id": "ask_network"}
def count_and_logits(table, input_shape, images):
    """Builds two networks, and asks the first when the second one's weights are 0."""
    first, second = (build_network(copy.deepcopy(table), input_shape) for _ in range(2))
    first.set_weights(redraw(first.get_weights(), seed=5))
    second.set_weights([0 * weight for weight in second.get_weights()])
    count = sum(weight.size for weight in first.get_weights())
    return count, first(images, training=False)


# %% tags=["expected"]
def weight(*dims):
    """Returns the tests' weight of a shape."""
    return redraw([np.zeros(dims)], seed=5)[0]


def network_expected(table, input_shape, images):
    """Returns the number of parameters, and the logits; each with common mistakes."""
    shapes = [tuple(input_shape), *shapes_expected(table, input_shape)[0]]
    parameters = parameters_expected(table, input_shape)[0]
    grouped = [{**row, "groups": 1} if "groups" in row else row for row in table]
    units = [(r.get("filters"), r.get("units")) for r in table]
    made = {}
    for row, before, count in zip(table, shapes, parameters, strict=False):
        made[repr(row), before[-1]] = count

    def logits(pooling=ops.max_pool, relus="conv dense", end=None):
        x = ops.convert_to_tensor(images)
        for place, (row, before) in enumerate(zip(table, shapes, strict=False)):
            if row["kind"] == "conv":
                groups, size = row["groups"], row["kernel_size"]
                kernel = weight(size, size, before[2] // groups, row["filters"])
                kernels = ops.split(kernel, groups, axis=-1)
                parts = zip(ops.split(x, groups, axis=-1), kernels, strict=True)
                parts = [
                    ops.conv(part, inner, row["strides"], row["padding"])
                    for part, inner in parts
                ]
                x = ops.concatenate(parts, axis=-1) + 0.1
            elif row["kind"] == "pool":
                x = pooling(x, row["pool_size"], row["strides"], row["padding"])
            elif row["kind"] == "flatten":
                x = ops.reshape(x, (len(images), -1))
            else:
                x = ops.matmul(x, weight(before[0], row["units"])) + 0.1
                if place + 1 == len(table):
                    x = end(x) if end else x
            last = place + 1 == len(table)
            x = ops.relu(x) if row["kind"] in relus.split() and not last else x
        return ops.convert_to_numpy(x)

    count = sum(parameters)
    biases = sum(a or b or 0 for a, b in units)
    return (
        count,
        {
            "the groups are ignored": sum(parameters_expected(grouped, input_shape)[0]),
            "there are no biases": count - biases,
            "equal rows share their weights": sum(made.values()),
        },
    ), (
        logits(),
        {
            "pooling takes the mean; expected the maximum": logits(ops.average_pool),
            "the convolutions are not followed by ReLU": logits(relus="dense"),
            "the hidden dense layers are not followed by ReLU": logits(relus="conv"),
            "nothing is followed by ReLU": logits(relus=""),
            "the last dense layer is followed by ReLU; expected logits": logits(
                end=ops.relu
            ),
            "the last dense layer is followed by softmax; expected logits": logits(
                end=ops.softmax
            ),
            "the last dense layer is followed by a sigmoid; expected logits": logits(
                end=ops.sigmoid
            ),
            "networks that are built one after another share their weights": np.zeros(
                (len(images), table[-1]["units"])
            ),
        },
    )


found = network_expected(FIRST, (9, 8, 4), images_of(6, 3, 9, 8, 4))
expect("the number of parameters", *found[0])
expect("the logits of 3 images", *found[1])

# %% [markdown]
# The network outside training (2 points). `redraw` gives each weight its value by its
# shape, so that all ways of writing the network put out the same.

# %% nbgrader={"grade_id": "test_build", "points": 2}
_given = copy.deepcopy(FIRST)
_network = build_network(_given, (9, 8, 4))
checks.model(_network, what="build_network(...)")
assert _given == FIRST, f"build_network changed the table: {_given}"
_found = count_and_logits(FIRST, (9, 8, 4), images_of(6, 3, 9, 8, 4))
checks.answer(_found[0], "the number of parameters")
checks.answer(_found[1], "the logits of 3 images", atol=1e-3)
### BEGIN HIDDEN TESTS
_end = [flatten(), dense(6), dense(4)]
for _table, _shape in [
    ([conv(8, 5, 2, "valid", 2), pool(3, 1), conv(4, 3, 2), *_end], (13, 12, 4)),
    ([pool(2, 2, "same"), conv(6, 2, 1, "valid", 3), flatten(), dense(2)], (7, 6, 3)),
    ([pool(2, 1), flatten(), dense(4), dense(6), dense(2)], (3, 4, 5)),
    ([conv(6, 3, groups=2), conv(6, 3, groups=2), *_end], (4, 5, 6)),
    ([conv(5, 1, 3), pool(4, 3, "same"), *_end], (20, 17, 1)),
]:
    _x = images_of(61, 5, *_shape)
    _parameters, _right = network_expected(_table, _shape, _x)
    _call = f"the network of {shown(_table)} for images {_shape}"
    _found = count_and_logits(_table, _shape, _x)
    checks.judge(_found[0], *_parameters, f"{_call}: parameters", rtol=0, atol=0.1)
    checks.judge(_found[1], *_right, f"{_call}: logits", atol=1e-3)
### END HIDDEN TESTS
checks.passed("parameters", "logits", "networks apart", "table unchanged")

# %% [markdown]
# The next cell is given. In `outcomes`, every layer of the network hands on its input
# plus 1, and a dense layer moves it one unit on. Ones go in; what comes out tells what
# was dropped where.


# %% nbgrader={"grade_id": "given_dropout"}
def outcomes(hidden, training, **settings):
    """Returns the numbers that come out of a network, and how often each does.

    Args:
        hidden: Integer, how many dense layers there are before the last one.
        training: Boolean.
        **settings: `rate`, or nothing.
    """
    dense_rows = [dense(36) for _ in range(hidden + 1)]
    network = build_network([conv(4, 1), flatten(), *dense_rows], (3, 3, 4), **settings)
    weights = []
    for weight in network.get_weights():
        kernel = np.roll(np.eye(weight.shape[-1]), weight.ndim == 2, axis=1)
        ones = np.ones_like(weight)
        weights.append(kernel.reshape(weight.shape) if weight.ndim > 1 else ones)
    network.set_weights(weights)
    with checks.seeded(9):
        ones = np.ones((100, 3, 3, 4), "float32")
        found = network(ones, training=True) if training else network(ones)
    found = np.round(ops.convert_to_numpy(found), 2)
    values, counts = np.unique(found, return_counts=True)
    return values.tolist(), (counts / counts.sum()).tolist()


# %% tags=["expected"]
def told(hidden, before=0, first=0, last=0, end=0):
    """Returns what comes out with dropout at these rates, and how often."""
    rates = [before, *([first] * (hidden - 1)), *([last] * min(hidden, 1)), end]
    shares = {1.0: 1.0}
    for rate in rates:
        after = {}
        for value, share in shares.items():
            kept = (value + 1) / (1 - rate)
            after[kept] = after.get(kept, 0) + share * (1 - rate)
            if rate:
                after[0.0] = after.get(0.0, 0) + share * rate
        shares = after
    values = sorted(shares)
    return values, [shares[value] for value in values]


def outcomes_expected(hidden, rate):
    """Returns what comes out in training, and what mistakes let come out."""
    return told(hidden, first=rate, last=rate), {
        "nothing is dropped in training": told(hidden),
        "there is dropout after the last dense layer too": told(
            hidden, 0, rate, rate, rate
        ),
        "there is dropout before the first dense layer too": told(
            hidden, rate, rate, rate
        ),
        "dropout comes before the hidden dense layers; expected after": told(
            hidden, rate, rate, 0
        ),
        "the last hidden dense layer is not followed by dropout": told(hidden, 0, rate),
        "only the last hidden dense layer is followed by dropout": told(
            hidden, last=rate
        ),
        "the rate is taken for the fraction that stays": told(
            hidden, 0, 1 - rate, 1 - rate
        ),
        "the rate is always 0.5": told(hidden, 0, 0.5, 0.5),
    }


expect("outcomes in training, rate 0.25", *outcomes_expected(2, 0.25))
expect(
    "outcomes outside training",
    told(2),
    {"numbers are dropped outside training too": told(2, 0, 0.25, 0.25)},
)

# %% [markdown]
# Dropout: where it is, and how much (2 points).

# %% nbgrader={"grade_id": "test_build_dropout", "points": 2}
_found = outcomes(2, False, rate=0.25)
checks.answer(_found, "outcomes outside training", atol=0.05)
_found = outcomes(2, True, rate=0.25)
checks.answer(_found, "outcomes in training, rate 0.25", atol=0.05)
### BEGIN HIDDEN TESTS
for _hidden, _settings in [(2, {"rate": 0.6}), (1, {"rate": 0.1}), (3, {}), (0, {})]:
    _right = outcomes_expected(_hidden, _settings.get("rate", 0.5))
    _call = f"outcomes of {_hidden} hidden dense layers in training, {_settings}"
    checks.judge(outcomes(_hidden, True, **_settings), *_right, _call, atol=0.05)
### END HIDDEN TESTS
checks.passed("outside training", "in training")

# %% [markdown]
# ## Exercise 5: six years of ILSVRC (3 points)
#
# "The error fell from 28 % to 3.6 %" is said quickly. `ILSVRC` says what each figure
# is: measured on the test or on the validation images, with a single net or with an
# ensemble of several whose outputs are averaged. Look at it first. (It does not say how
# many crops of each image were averaged. GoogLeNet's figures here are of 144; with one
# crop its single net has 10.07 %: table 3 of its paper.)
#
# **First**, `best_by_year(rows)`: a dictionary from each year to the lowest error on
# **test** images in that year. A year without such a figure is left out. There is at
# least one row.


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
            best[row["year"]] = min(row["error"], best.get(row["year"], row["error"]))
    return best
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_years"}
LATER = [
    figure(2017, "C", 2.9, "ensemble", "test"),
    figure(2016, "A", 3.1, "single", "test"),
    figure(2016, "B", 3.4, "ensemble", "test"),
    figure(2018, "D", 2.2, "single", "validation"),
    figure(2016, "A", 2.8, "ensemble", "validation"),
]


# %% tags=["expected"]
def best_expected(rows):
    """Returns the lowest error of each year, and what mistakes make of it."""

    def chosen(rows, choose=min):
        years = {}
        for row in rows:
            years.setdefault(row["year"], []).append(row["error"])
        return {year: choose(errors) for year, errors in years.items()}

    test = [row for row in rows if row["images"] == "test"]
    return reference_best_by_year(rows), {
        "figures from validation images are taken too": chosen(rows),
        "the last figure of a year wins; expected the lowest": chosen(
            test, lambda errors: errors[-1]
        ),
        "the first figure of a year wins; expected the lowest": chosen(
            test, lambda errors: errors[0]
        ),
        "it is the highest error of each year": chosen(test, max),
        "it is the mean error of each year": chosen(test, np.mean),
        "figures of single nets are left out": chosen(
            [row for row in test if row["nets"] != "single"]
        ),
        "figures without a net are left out": chosen(
            [row for row in test if row["nets"] != "none"]
        ),
    }


def figures(seed):
    """Draws rows, of which some years have none from test images."""
    rng = np.random.default_rng(seed)
    rows = []
    for year in rng.permutation(np.arange(2000, 2030))[:6].tolist():
        for images in ("validation", "test", "test", "validation", "test")[: year % 6]:
            nets = str(rng.choice(["single", "ensemble", "none"]))
            error = round(float(rng.uniform(1, 30)), 2)
            rows.append(figure(year, f"net {len(rows)}", error, nets, images))
    return [rows[place] for place in rng.permutation(len(rows)).tolist()]


expect("best_by_year(ILSVRC)", *best_expected(ILSVRC))
expect("best_by_year(LATER)", *best_expected(LATER))

# %% nbgrader={"grade_id": "test_best_by_year", "points": 1}
checks.answer(best_by_year(copy.deepcopy(LATER)), "best_by_year(LATER)")
checks.answer(best_by_year(copy.deepcopy(ILSVRC)), "best_by_year(ILSVRC)")
### BEGIN HIDDEN TESTS
for _seed in range(5):
    _rows = figures(_seed)
    _right = best_expected(_rows)
    checks.judge(best_by_year(_rows), *_right, "best_by_year of other rows")
### END HIDDEN TESTS
checks.passed("years", "errors")

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
# `best` may be in any order, and years may be missing; errors are above 0, and may
# rise. With one year or none the first dictionary is empty. (Which year brought the
# largest relative reduction? It is not 2012.)


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


# %% nbgrader={"grade_id": "given_best"}
SIX = {2010: 28.2, 2011: 25.8, 2012: 16.4, 2013: 11.7, 2014: 6.67, 2015: 3.57}
THREE = {2015: 5.1, 2010: 8.0, 2012: 10.0}


# %% tags=["expected"]
def progress_expected(best, human=5.1):
    """Returns reductions and a year, as a list of one; each with common mistakes."""
    years = sorted(best)

    def steps(how, years=years):
        return {b: how(best[a], best[b]) for a, b in itertools.pairwise(years)}

    reductions, passed = reference_progress(best, human)
    low = min(best, key=best.get, default=None)
    by_error = sorted(years, key=lambda year: -best[year])
    return (
        (
            reductions,
            {
                "points are given; expected fractions of the year before": steps(
                    lambda old, new: old - new
                ),
                "divided by the new error; expected the one before": steps(
                    lambda old, new: (old - new) / new
                ),
                "a reduction is positive where the error falls": steps(
                    lambda old, new: (new - old) / old
                ),
                "per cent are given; expected fractions": steps(
                    lambda old, new: 100 * (old - new) / old
                ),
                "the years are taken in the order of the dictionary": steps(
                    lambda old, new: (old - new) / old, list(best)
                ),
                "the years are in the order of their errors": steps(
                    lambda old, new: (old - new) / old, by_error
                ),
                "divided by the first year's error": {
                    year: (best[before] - best[year]) / best[years[0]]
                    for before, year in itertools.pairwise(years)
                },
                "reductions are counted since the first year": {
                    year: 1 - best[year] / best[years[0]] for year in years[1:]
                },
            },
        ),
        (
            [passed],
            {
                "an error that equals a person's is not below": [
                    next((year for year in years if best[year] <= human), None)
                ],
                "it is the last such year": [
                    next((year for year in years[::-1] if best[year] < human), None)
                ],
                "it is the year of the lowest error": [passed and low],
                "the years are taken in the order of the dictionary": [
                    next((year for year in best if best[year] < human), None)
                ],
                "human is always 5.1": [
                    next((year for year in years if best[year] < 5.1), None)
                ],
            },
        ),
    )


for name, best in {"six": SIX, "three": THREE}.items():
    found = progress_expected(best)
    expect(f"progress of {name} years: the reductions", *found[0])
    expect(f"progress of {name} years: the first year below 5.1 %", *found[1])

# %% nbgrader={"grade_id": "test_progress", "points": 1}
for _name, _best in {"six": SIX, "three": THREE}.items():
    _call = f"progress of {_name} years"
    _fell, _year = checks.unpack(progress(dict(_best)), 2, _call)
    checks.answer(_fell, f"{_call}: the reductions")
    checks.answer([_year], f"{_call}: the first year below 5.1 %")
### BEGIN HIDDEN TESTS
_bests = [{2004: 9.0, 2008: 4.6, 2006: 4.0, 2009: 4.8, 2001: 5.0}, {1999: 6.0}, {}]
_bests += [{2003: 5.0, 2001: 4.0, 2009: 2.0, 2006: 8.0}, {2020: 3.0}]
_bests += [{2004: 9.0, 2002: 7.0, 2006: 12.5, 2009: 6.5}]
for _best in _bests:
    for _human in (5.1, 12.0, 6.5):
        _fell_right, _year_right = progress_expected(_best, _human)
        _call = f"progress({_best}, human={_human})"
        _fell, _year = checks.unpack(progress(dict(_best), human=_human), 2, _call)
        checks.judge(_fell, *_fell_right, f"{_call}: the reductions")
        checks.judge([_year], *_year_right, f"{_call}: the first year below")
    _fell_right, _year_right = progress_expected(_best)
    _fell, _year = checks.unpack(progress(dict(_best)), 2, f"progress({_best})")
    checks.judge(
        [_year], *_year_right, f"progress({_best}): the first year below 5.1 %"
    )
### END HIDDEN TESTS
checks.passed("reductions", "first year below a person")

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
        pair[row["nets"]] = min(row["error"], pair.get(row["nets"], row["error"]))
    return {
        key: 1 - pair["ensemble"] / pair["single"]
        for key, pair in errors.items()
        if "ensemble" in pair and "single" in pair
    }
    ### END SOLUTION


# %% tags=["expected"]
def gains_expected(rows):
    """Returns what ensembles bring, and what mistakes make of it."""

    def gains(how=lambda one, many: 1 - many / one, choose=min, key=None):
        key = key or (lambda row: (row["network"], row["images"]))
        errors = {}
        for row in rows:
            pair = errors.setdefault(key(row), {})
            pair.setdefault(row["nets"], []).append(row["error"])
        return {
            where: how(choose(pair["single"]), choose(pair["ensemble"]))
            for where, pair in errors.items()
            if "ensemble" in pair and "single" in pair
        }

    mixed = gains(key=lambda row: row["network"])
    return reference_ensemble_gains(rows), {
        "test figures are compared with validation figures": {
            (row["network"], row["images"]): mixed[row["network"]]
            for row in rows
            if row["network"] in mixed
        },
        "the first figure of each kind is taken; expected the best": gains(
            choose=lambda errors: errors[0]
        ),
        "the last figure of each kind is taken; expected the best": gains(
            choose=lambda errors: errors[-1]
        ),
        "means are compared; expected the best figures": gains(choose=np.mean),
        "the worst figures are compared; expected the best": gains(choose=max),
        "points are given; expected fractions of the single net's error": gains(
            lambda one, many: one - many
        ),
        "divided by the ensemble's error; expected the single net's": gains(
            lambda one, many: one / many - 1
        ),
        "it is negative where the ensemble is better": gains(
            lambda one, many: many / one - 1
        ),
        "it is the share of the error that stays": gains(lambda one, many: many / one),
        "per cent are given; expected fractions": gains(
            lambda one, many: 100 - 100 * many / one
        ),
    }


def entries(seed):
    """Draws rows of four networks, some with an ensemble or a single net only."""
    rng = np.random.default_rng(seed)
    rows = []
    for network in ("A", "B", "C", "D"):
        for images in ("test", "validation"):
            for nets in rng.choice(["single", "ensemble", "none"], 4).tolist():
                error = round(float(rng.uniform(3, 20)), 1)
                rows.append(figure(2014, network, error, nets, images))
    return [rows[place] for place in rng.permutation(len(rows)).tolist()]


expect("ensemble_gains(ILSVRC)", *gains_expected(ILSVRC))

# %% nbgrader={"grade_id": "test_ensemble_gains", "points": 1}
checks.answer(ensemble_gains(copy.deepcopy(ILSVRC)), "ensemble_gains(ILSVRC)")
### BEGIN HIDDEN TESTS
for _seed in range(11, 15):
    _rows = entries(_seed)
    _right = gains_expected(_rows)
    checks.judge(ensemble_gains(_rows), *_right, "ensemble_gains of other rows")
### END HIDDEN TESTS
checks.passed("pairs", "gains")
