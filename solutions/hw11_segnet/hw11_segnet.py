# %% [markdown]
# # Assignment 11: SegNet
#
# Chapter 11 told every pixel what it is. Here you write the parts: a pooling that
# remembers and an unpooling that puts back, the measure, the weighted loss, and a small
# network that is trained and judged on scenes that it has not seen.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | Pooling that remembers | 4 |
# | 2 | Put back | 3 |
# | 3 | Intersection over union | 4 |
# | 4 | Weights for rare classes | 2 |
# | 5 | A weighted loss | 4 |
# | 6 | An encoder and its mirror | 3 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one. What a test expects stands in `expected.json`, beside this notebook.
# Tensors are channels-last: (batch, height, width, channels). There is always at least
# one picture. Arrays that are given to a function must not change.

# %% nbgrader={"grade_id": "setup"}
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks

checks.short_errors()

# %% [markdown]
# ## Exercise 1: pooling that remembers (4 points)
#
# Write `pool(x)`: max pooling of 2×2 with stride 2, in NumPy, that returns
# `(pooled, indices)`. An index tells where in the *whole picture* the maximum was:
#
# row · width + column,
#
# counted in `x`, for each picture and each channel by itself. Of equal maxima the first
# in reading order counts. Height and width are even. Values may be negative; they may
# be integers too, of 8 bits, into which an index need not fit.
#
# An example to check by hand, a picture of 2×4 with one channel:
#
# $$\begin{pmatrix} 1 & 5 & 0 & -2 \\ 3 & 2 & 0 & -1 \end{pmatrix}$$
#
# Its maxima are 5 and 0. Their indices are 1 and 2: of the two zeros, at 2 and at 6,
# the first counts.


# %% nbgrader={"grade_id": "pool"}
def pool(x):
    """Pools windows of 2×2 and remembers where each maximum was.

    Args:
        x: Array of numbers, (batch, height, width, channels), both sizes even.

    Returns:
        Tuple of the pooled array and an array of indices, of integers, both of shape
        (batch, height / 2, width / 2, channels).
    """
    ### BEGIN SOLUTION
    _, height, width, _ = x.shape
    windows = np.stack(
        [x[:, row::2, column::2] for row in (0, 1) for column in (0, 1)], axis=-1
    )
    place = windows.argmax(-1)
    rows = 2 * np.arange(height // 2)[:, None, None] + place // 2
    columns = 2 * np.arange(width // 2)[:, None] + place % 2
    return windows.max(-1), rows * width + columns
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_pool"}
def pictures(seed, *shape):
    """Draws pictures, most of whose values are negative."""
    return np.random.default_rng(seed).normal(-2, 2, shape).astype("float32")


# %% tags=["expected"]
def pool_expected(x):
    """Returns maxima and what mistakes make of them, and the same of indices."""
    maxima, indices = reference_pool(x)
    n, height, width, channels = x.shape
    windows = x.astype("float64").reshape(n, height // 2, 2, width // 2, 2, channels)
    maxima = maxima.astype("float64")
    rows, columns = np.divmod(indices, width)
    flat = indices * channels + np.arange(channels)
    batch = np.arange(n)[:, None, None, None]
    values = {
        "means are taken; expected maxima": windows.mean((2, 4)),
        "minima are taken; expected maxima": windows.min((2, 4)),
        "negative values are lost: a maximum may be below 0": np.maximum(maxima, 0),
        "absolute values are taken": np.abs(windows).max((2, 4)),
        "the upper left value of each window is taken": windows[:, :, 0, :, 0],
    }
    return (
        maxima,
        values,
        indices,
        {
            "they count within the window (0 to 3); expected row · width + column": 2
            * (rows % 2)
            + columns % 2,
            "they are column · height + row; expected row · width + column": columns
            * height
            + rows,
            "they are row · height + column; expected row · width + column": rows
            * height
            + columns,
            "they count in the pooled picture: its width is half": rows * (width // 2)
            + columns,
            "they are those of the windows; expected those in the picture": (rows // 2)
            * (width // 2)
            + columns // 2,
            "they are those of the upper left of each window": (rows - rows % 2) * width
            + columns
            - columns % 2,
            "they count the channels too, as TensorFlow's do": flat,
            "they count on over the channels and the batch": flat
            + batch * height * width * channels,
            "they count on over the batch": indices + batch * height * width,
            "they begin with 1; expected 0": indices + 1,
        },
    )


def whole_pictures(seed, *shape):
    """Draws 8-bit integers, no two of which are equal in a window."""
    rows, columns = np.indices(shape[1:3])
    corner = (2 * (rows % 2) + columns % 2)[..., None]
    return (4 * np.random.default_rng(seed).integers(0, 60, shape) + corner).astype(
        "uint8"
    )


drawn = pool_expected(pictures(111, 2, 4, 6, 3))
expect("the maxima of pool of (2, 4, 6, 3)", *drawn[:2])
expect("the indices of pool of (2, 4, 6, 3)", *drawn[2:])
small = pool_expected(np.array([[1, 5, 0, -2], [3, 2, 0, -1]])[None, ..., None])
expect("the maxima of the example", small[0])

# %% [markdown]
# The maxima (1 point).

# %% nbgrader={"grade_id": "test_pool_values", "points": 1}
_x = pictures(111, 2, 4, 6, 3)
_pooled, _ = checks.unpack(pool(_x), 2, "what pool returns")
checks.unchanged([_x], [pictures(111, 2, 4, 6, 3)], "the pictures given to pool")
checks.answer(_pooled, "the maxima of pool of (2, 4, 6, 3)")
_x = np.array([[1, 5, 0, -2], [3, 2, 0, -1]])[None, ..., None]
checks.answer(pool(_x)[0], "the maxima of the example")
### BEGIN HIDDEN TESTS
for _x in [
    pictures(112, 1, 8, 2, 2),
    pictures(113, 3, 2, 10, 1),
    pictures(114, 1, 2, 2, 5).astype("float64") * 1000,
    whole_pictures(115, 2, 6, 4, 3),
    pictures(116, 1, 4, 4, 1).astype("int8"),
]:
    _maxima, _mistakes, _, _ = pool_expected(_x)
    _call = f"the maxima of pool of {_x.shape}, {_x.dtype}"
    checks.judge(pool(_x.copy())[0], _maxima, _mistakes, _call)
### END HIDDEN TESTS
checks.passed("maxima", "pictures unchanged")

# %% [markdown]
# The indices (2 points).

# %% nbgrader={"grade_id": "test_pool_indices", "points": 2}
_indices = pool(pictures(111, 2, 4, 6, 3))[1]
checks.answer(_indices, "the indices of pool of (2, 4, 6, 3)", rtol=0, atol=0)
_kind = np.asarray(ops.convert_to_numpy(_indices)).dtype
assert _kind.kind in "iu", f"the indices are {_kind}; expected integers"
### BEGIN HIDDEN TESTS
for _x in [
    pictures(117, 3, 8, 4, 2),
    pictures(118, 1, 2, 10, 1),
    whole_pictures(119, 1, 34, 20, 2),
    pictures(120, 1, 200, 180, 1),
]:
    _, _, _right, _mistakes = pool_expected(_x)
    _call = f"the indices of pool of {_x.shape}, {_x.dtype}"
    _indices = pool(_x.copy())[1]
    checks.judge(_indices, _right, _mistakes, _call, rtol=0, atol=0)
    _kind = np.asarray(ops.convert_to_numpy(_indices)).dtype
    assert _kind.kind in "iu", f"{_call} are {_kind}; expected integers"
### END HIDDEN TESTS
checks.passed("indices")

# %% [markdown]
# Equal maxima: where the first is a little larger, or the last, which one counts
# (1 point)?

# %% nbgrader={"grade_id": "test_pool_ties", "points": 1}
_equal = np.array([[4, 4, 1, 5], [4, 4, 5, 5]])[None, ..., None]
_first = np.array([[9, 4, 1, 9], [4, 4, 5, 5]])[None, ..., None]
_last = np.array([[4, 4, 1, 5], [4, 9, 5, 9]])[None, ..., None]
_found, _first, _last = (np.array(pool(_x)[1]) for _x in (_equal, _first, _last))
# Both sides are the student's: so the rule for indices is not asked again.
assert (_found == _first).all(), "of equal maxima the first in reading order must count"
assert (_found != _last).any(), "equal maxima: indices do not depend on the picture"
### BEGIN HIDDEN TESTS
_equal = np.random.default_rng(121).integers(-2, 1, (2, 8, 6, 3)).astype("float32")
# Earlier ones grow by more, too little to pass another value.
_lead = -0.1 * np.arange(48).reshape(1, 8, 6, 1) / 48
_found, _first, _last = (
    np.array(pool(_x)[1]) for _x in (_equal, _equal + _lead, _equal - _lead)
)
# Both sides are the student's: so the rule for indices is not asked again.
checks.close(_found, _first, "the indices of equal maxima", rtol=0, atol=0)
assert (_found != _last).any(), "equal maxima: indices do not depend on the picture"
### END HIDDEN TESTS
checks.passed("equal maxima")

# %% [markdown]
# ## Exercise 2: put back (3 points)
#
# Write `unpool(values, indices, height, width)`: an array of zeros of that height and
# width, with each value at the position that its index names. An index is row · width +
# column, in the *result*. In one picture and channel no index occurs twice. The result
# need not be twice as large as `values`.
#
# The values (7, 8) with indices (5, 0), put back to 2×3, give
#
# $$\begin{pmatrix} 8 & 0 & 0 \\ 0 & 0 & 7 \end{pmatrix}$$


# %% nbgrader={"grade_id": "unpool"}
def unpool(values, indices, height, width):
    """Puts values back to where the maxima were.

    Args:
        values: Array of shape (batch, rows, columns, channels).
        indices: Array of the same shape, of integers (32 or 64 bits).
        height: Integer, of the result.
        width: Integer, of the result.

    Returns:
        Array of shape (batch, height, width, channels).
    """
    ### BEGIN SOLUTION
    n, _, _, channels = values.shape
    flat = np.zeros((n, height * width, channels), values.dtype)
    np.put_along_axis(
        flat,
        indices.reshape(n, -1, channels),
        values.reshape(n, -1, channels),
        axis=1,
    )
    return flat.reshape(n, height, width, channels)
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_unpool"}
def to_put_back(seed, shape, height, width):
    """Draws values, and an index for each: none twice in a picture and channel."""
    rng = np.random.default_rng(seed)
    n, rows, columns, channels = shape
    numbers = np.tile(np.arange(height * width)[:, None], (n, 1, channels))
    indices = rng.permuted(numbers, axis=1)[:, : rows * columns].reshape(shape)
    return rng.normal(size=shape).astype("float32"), indices


# %% tags=["expected"]
def unpool_expected(values, indices, height, width):
    """Returns what was put back, and what mistakes make of it."""
    answer = reference_unpool(values, indices, height, width)
    first, mixed, added = np.zeros((3, *answer.shape))
    turned, transposed = np.zeros((2, *answer.shape))
    for (b, i, j, c), value in np.ndenumerate(values):
        row, column = divmod(int(indices[b, i, j, c]), width)
        first[0, row, column, c] = value
        mixed[b, row, column] += value
        added[:, row, column, c] += value
        column, row = divmod(int(indices[b, i, j, c]), height)
        turned[b, row, column, c] = value
        row, column = divmod(int(indices[b, i, j, c]), height)
        transposed[b, row % height, column % width, c] = value
    return answer, {
        "each value is repeated four times; expected it once, with zeros around": (
            values.repeat(2, 1).repeat(2, 2)
        ),
        "only the first picture is filled": first,
        "the channels are mixed": mixed,
        "the pictures are mixed": added,
        "the index is taken for column · height + row": turned,
        "the index is divided by the height; expected by the width": transposed,
        "only zeros are there": np.zeros(answer.shape),
    }


BACK = [((2, 2, 3, 2), 4, 6), ((1, 1, 3, 1), 3, 5)]
for number, (dims, height, width) in enumerate(BACK):
    expect(
        f"unpool of {dims} to {height}×{width}",
        *unpool_expected(
            *to_put_back(113 + number, dims, height, width), height, width
        ),
    )
one, spot = np.array([7.0, 8]).reshape(1, 1, 2, 1), np.array([5, 0]).reshape(1, 1, 2, 1)
expect("unpool of the example", unpool_expected(one, spot, 2, 3)[0])

# %% nbgrader={"grade_id": "test_unpool", "points": 3}
_given = to_put_back(113, (2, 2, 3, 2), 4, 6)
_found = unpool(*_given, 4, 6)
checks.unchanged(_given, to_put_back(113, (2, 2, 3, 2), 4, 6), "what unpool was given")
checks.answer(_found, "unpool of (2, 2, 3, 2) to 4×6")
_found = unpool(*to_put_back(114, (1, 1, 3, 1), 3, 5), height=3, width=5)
checks.answer(_found, "unpool of (1, 1, 3, 1) to 3×5")
_given = np.array([[[[7.0], [8.0]]]]), np.array([[[[5], [0]]]])
checks.answer(unpool(*_given, 2, 3), "unpool of the example")
### BEGIN HIDDEN TESTS
for _dims, _height, _width, _kind in [
    ((3, 4, 1, 2), 8, 2, "int64"),
    ((1, 2, 2, 5), 7, 3, "int32"),
    ((2, 3, 2, 1), 2, 9, "int64"),
    ((2, 2, 2, 3), 2, 2, "int32"),
    ((2, 1, 1, 3), 1, 1, "int64"),
    ((1, 3, 3, 2), 190, 180, "int32"),
]:
    _values, _indices = to_put_back(115, _dims, _height, _width)
    _indices = _indices.astype(_kind)
    _right = unpool_expected(_values, _indices, _height, _width)
    _found = unpool(_values, _indices, _height, _width)
    checks.judge(_found, *_right, f"unpool of {_dims} to {_height}×{_width}")
### END HIDDEN TESTS
checks.passed("values", "arrays unchanged")

# %% [markdown]
# ## Exercise 3: intersection over union (4 points)
#
# Write `iou(labels, predicted, num_classes, ignore=255)`. It returns an array of
# `num_classes` floats: for each class the number of pixels whose label *and* prediction
# are that class, divided by the number of those whose label *or* prediction is.
#
# - Pixels whose label is `ignore` count nowhere, whatever was predicted there. `ignore`
#   may be the number of a class: its pixels do not count either.
# - Among the pixels that count, a class that is neither a label nor a prediction has no
#   IoU: NaN. One that is predicted and is no label has 0. Without a pixel that counts
#   all are NaN.
#
# Labels (0, 0, 1, 1) and predictions (0, 1, 1, 1) have IoU 1/2, 2/3, and NaN for a
# class 2.


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    """Computes the intersection over union of each class.

    Args:
        labels: Array of integers (8 bits or more), of any shape, empty ones too: 0 to
            num_classes - 1, or `ignore`.
        predicted: Array of integers of the same shape, 0 to num_classes - 1.
        num_classes: Integer.
        ignore: Integer, a label that does not count.

    Returns:
        Array of `num_classes` floats, NaN for a class that is nowhere.
    """
    ### BEGIN SOLUTION
    counted = labels != ignore
    labels, predicted = labels[counted], predicted[counted]
    result = np.full(num_classes, np.nan)
    for number in range(num_classes):
        is_it, called = labels == number, predicted == number
        union = np.sum(is_it | called)
        if union:
            result[number] = np.sum(is_it & called) / union
    return result
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_iou"}
def scene(seed, num_classes, shape, kind="uint8"):
    """Draws labels, and predictions that are right for two pixels of three."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, num_classes, shape).astype(kind)
    other = rng.integers(0, num_classes, shape).astype(kind)
    return labels, np.where(rng.uniform(size=shape) < 0.6, labels, other)


# %% tags=["expected"]
def iou_expected(labels, predicted, num_classes):
    """Returns the IoU of classes, and what mistakes make of it; all pixels count."""
    numbers = np.arange(num_classes)
    is_it = np.ravel(labels)[:, None] == numbers
    called = np.ravel(predicted)[:, None] == numbers
    both, total = (is_it & called).sum(0), is_it.sum(0) + called.sum(0)
    answer = reference_iou(labels, predicted, num_classes, ignore=-1)
    with np.errstate(invalid="ignore"):
        return answer, {
            "divided by the pixels with that label (this is recall)": both
            / is_it.sum(0),
            "divided by the pixels with that prediction (this is precision)": both
            / called.sum(0),
            "divided by the sum of both, which counts the intersection twice": both
            / total,
            "twice the intersection over the sum: the Dice coefficient": 2
            * both
            / total,
            "divided by the number of all pixels": both / np.size(labels),
            "it is the share of pixels that are right": (is_it == called).mean(0),
            "it is not divided": both,
            "it is the mean over classes; expected one for each": np.nanmean(answer),
        }


expect(
    "iou of 3 classes, pictures (2, 6, 8)",
    *iou_expected(*scene(114, 3, (2, 6, 8)), 3),
)
expect(
    "iou of the example",
    reference_iou(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), 3),
)
nan = np.nan
expect(
    "iou of labels (1, 2, 1, 255) and predictions (2, 1, 0, 3)",
    [0, 0, 0, nan, nan],
    {
        "pixels with the label `ignore` count": [0, 0, 0, 0, nan],
        "a class that is nowhere has 0; expected NaN: 0 says that it was missed": [0]
        * 5,
        "a class that is nowhere has 1; expected NaN: 1 says that it was found": [
            *(0, 0, 0, 1, 1)
        ],
        "a class that is predicted and is no label has NaN; expected 0": [
            *(nan, 0, 0, nan, nan)
        ],
        "one that is nowhere has 0, one that is predicted NaN: they are swapped": [
            *(nan, 0, 0, 0, 0)
        ],
    },
)

# %% [markdown]
# All classes present (2 points).

# %% nbgrader={"grade_id": "test_iou", "points": 2}
_found = iou(*scene(114, 3, (2, 6, 8)), 3)
checks.answer(_found, "iou of 3 classes, pictures (2, 6, 8)")
### BEGIN HIDDEN TESTS
for _classes, _dims, _kind in [
    (5, (40, 9), "int64"),
    (2, (100,), "int32"),
    (1, (2, 3, 4), "uint8"),
    (30, (3, 40, 50), "uint8"),
    (200, (80, 90), "uint8"),
]:
    _given = scene(116, _classes, _dims, _kind)
    _right = iou_expected(*_given, _classes)
    _call = f"iou of {_classes} classes, pictures {_dims} of {_kind}"
    checks.judge(iou(*_given, _classes), *_right, _call)
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# Absent classes, and pixels that do not count (2 points).

# %% nbgrader={"grade_id": "test_iou_absent", "points": 2}
_labels, _predicted = np.array([1, 2, 1, 255]), np.array([2, 1, 0, 3])
_found = iou(_labels, _predicted, 5)
_call = "iou of labels (1, 2, 1, 255) and predictions (2, 1, 0, 3)"
checks.answer(_found, _call)
_kept = [np.array([1, 2, 1, 255]), np.array([2, 1, 0, 3])]
checks.unchanged([_labels, _predicted], _kept, "the arrays given to iou")
### BEGIN HIDDEN TESTS
for _ignore, _classes in [(255, 7), (9, 6), (2, 6), (0, 8)]:
    _labels, _predicted = scene(115 + _classes, 4, (3, 30))
    _labels[1, :7], _predicted[1, :9] = _ignore, 5  # 5 is no label
    _counted = _labels != _ignore
    _rest = _labels[_counted], _predicted[_counted]
    _right = reference_iou(*_rest, _classes)
    _call = f"iou of {_classes} classes with ignore={_ignore}"
    _found = iou(_labels.copy(), _predicted.copy(), _classes, ignore=_ignore)
    _again = iou(_labels.copy(), _predicted.copy(), _classes, _ignore)
    _alone = iou(*_rest, _classes)
    # Both sides are the student's: what IoU is has been asked above.
    checks.close(_found, _alone, f"{_call}, with the pixels that do not count,")
    checks.close(_again, _found, f"{_call}, given by position,")
    # Only 0 and NaN: what IoU is has been asked above.
    _found, _edge = np.asarray(_found, "float64"), ~(_right > 0)
    _call = f"{_call}: of the classes that are nowhere, or no label, it"
    checks.judge(_found[_edge], _right[_edge], what=_call)
_none = np.full(3, np.nan)
_found = iou(np.full((2, 2), 255), np.zeros((2, 2), "int64"), 3)
checks.judge(_found, _none, what="iou of pixels of which none counts")
_found = iou(np.zeros(0, "int64"), np.zeros(0, "int64"), 3)
checks.judge(_found, _none, what="iou of no pixels")
### END HIDDEN TESTS
checks.passed("absent classes", "pixels that do not count", "arrays unchanged")

# %% [markdown]
# ## Exercise 4: weights for rare classes (2 points)
#
# SegNet weighs classes by *median frequency* (Eigen and Fergus, 2015, arXiv:1411.4734).
# The frequency of a class is its number of pixels, divided by the number of all pixels
# of those pictures **in which it occurs**. The weight is the median of the frequencies
# of all classes that occur, divided by the class's own. (Of an even number of
# frequencies the median is the mean of the two in the middle.) Write
# `class_weights(labels, num_classes)`; a class that occurs nowhere has weight 0, and
# does not count in the median.
#
# Two pictures of 1×4, (0, 0, 0, 1) and (0, 0, 2, 2): the frequencies are 5/8, 1/4 and
# 1/2, their median is 1/2, and the weights are 0.8, 2 and 1.
#
# > **Predict.** A bridge fills half of one picture, and is in none of the 99 others. A
# > lamp fills one pixel in two hundred of each. Both have equally many pixels. Which
# > one has the larger weight?


# %% nbgrader={"grade_id": "class_weights"}
def class_weights(labels, num_classes):
    """Computes weights by median frequency.

    Args:
        labels: Array of integers (8 bits or more), (pictures, height, width): 0 to
            num_classes - 1.
        num_classes: Integer.

    Returns:
        Array of `num_classes` floats.
    """
    ### BEGIN SOLUTION
    frequency = np.zeros(num_classes)
    for number in range(num_classes):
        here = labels == number
        pictures = here.any(axis=(1, 2))
        if pictures.any():
            frequency[number] = here[pictures].mean()
    occurs = frequency > 0
    weights = np.zeros(num_classes)
    weights[occurs] = np.median(frequency[occurs]) / frequency[occurs]
    return weights
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_streets"}
def streets(seed, shares, shape, kind="uint8"):
    """Draws labels, each class with its share; from class 2 on not in all pictures."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(len(shares), shape, p=np.array(shares) / sum(shares))
    for number in range(2, len(shares)):
        some = labels[number % shape[0] :: 2]
        some[some == number] = 0
    return labels.astype(kind)


# %% tags=["expected"]
def weights_expected(labels, num_classes):
    """Returns weights by median frequency, and what mistakes make of them."""
    hot = np.asarray(labels)[..., None] == np.arange(num_classes)
    pixels, pictures = hot.sum((0, 1, 2)), hot.any((1, 2)).sum(0)
    occurs = pixels > 0
    own = pixels / np.maximum(pictures, 1) / hot[0, ..., 0].size
    share = pixels / hot[..., 0].size

    def weights(frequency, middle=np.median, among=occurs):
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(occurs, middle(frequency[among]) / frequency, 0)

    def lower(values):
        return np.sort(values)[(len(values) - 1) // 2]

    def upper(values):
        return np.sort(values)[len(values) // 2]

    with np.errstate(divide="ignore"):
        infinite = np.median(own[occurs]) / own
    every = np.ones(num_classes, bool)
    return weights(own), {
        "frequencies are over all pictures; expected those in which the class occurs": (
            weights(share)
        ),
        "the mean is taken; expected the median": weights(own, np.mean),
        "a class that occurs nowhere counts in the median": weights(own, among=every),
        "the ratio is upside down: frequent classes get the larger weight": own
        / np.median(own[occurs]),
        "they are not multiplied with the median": weights(own, lambda _: 1.0),
        "they are the frequencies": own,
        "the most frequent class has 1; expected the median one": weights(own, np.max),
        "they sum to 1": weights(own) / weights(own).sum(),
        "the median of an even number is the mean of two; this is the lower": weights(
            own, lower
        ),
        "the median of an even number is the mean of two; this is the upper": weights(
            own, upper
        ),
        "a class that occurs nowhere has an infinite weight; expected 0": infinite,
        "a class that occurs nowhere has weight 1; expected 0": np.where(
            occurs, weights(own), 1
        ),
    }


STREETS = [((9, 4, 3, 2), 4), ((9, 4, 2, 1), 6)]
for number, (shares, classes) in enumerate(STREETS):
    expect(
        f"class_weights of {classes} classes, of which 4 occur",
        *weights_expected(streets(116 + number, shares, (3, 4, 5)), classes),
    )
expect(
    "class_weights of the example",
    reference_class_weights(np.array([[[0, 0, 0, 1]], [[0, 0, 2, 2]]]), 3),
)

# %% nbgrader={"grade_id": "test_class_weights", "points": 2}
_labels = streets(116, (9, 4, 3, 2), (3, 4, 5))
_found = class_weights(_labels, 4)
checks.answer(_found, "class_weights of 4 classes, of which 4 occur")
_kept = streets(116, (9, 4, 3, 2), (3, 4, 5))
checks.unchanged([_labels], [_kept], "the labels given to class_weights")
_found = class_weights(streets(117, (9, 4, 2, 1), (3, 4, 5)), num_classes=6)
checks.answer(_found, "class_weights of 6 classes, of which 4 occur")
_labels = np.array([[[0, 0, 0, 1]], [[0, 0, 2, 2]]])
checks.answer(class_weights(_labels, 3), "class_weights of the example")
### BEGIN HIDDEN TESTS
for _shares, _classes, _dims, _kind in [
    ((8, 4, 0, 2, 1, 1), 7, (4, 6, 5), "int64"),
    ((5, 3, 2, 2, 1), 5, (5, 3, 9), "int32"),
    ((3, 1), 2, (1, 4, 4), "uint8"),
    ((1,), 3, (2, 2, 3), "uint8"),
    ((5, 4, 3, 3, 2, 2, 2, 1, 1, 1), 12, (40, 20, 30), "uint8"),
]:
    _labels = streets(118, _shares, _dims, _kind)
    _right = weights_expected(_labels, _classes)
    _found = class_weights(_labels, _classes)
    _call = f"class_weights of {_classes} classes, pictures {_dims} of {_kind}"
    checks.judge(_found, *_right, _call)
### END HIDDEN TESTS
checks.passed("values", "labels unchanged")

# %% [markdown]
# ## Exercise 5: a weighted loss (4 points)
#
# Write `weighted_loss(labels, logits, weights, ignore=255)`. For each pixel take the
# cross-entropy, −log softmax(logits)[label]. The loss is their **weighted mean**: Σ w ·
# cross-entropy / Σ w, with w = weights[label], over the pixels whose label is not
# `ignore`. `ignore` may be the number of a class. At least one pixel counts and has a
# weight over 0.
#
# Use `keras.ops`, so that gradients flow. Logits may be large, up to hundreds: no
# infinity may come of it.
#
# Two pixels, with logits (0, 0) and (0, log 3), labels 0 and 1 and weights (1, 3), have
# cross-entropies log 2 and log 4/3. The loss is (0.693 + 3 · 0.288) / 4 = 0.389.


# %% nbgrader={"grade_id": "weighted_loss"}
def weighted_loss(labels, logits, weights, ignore=255):
    """Computes the weighted mean of the cross-entropy over pixels that count.

    Args:
        labels: `int32` array of shape (batch, height, width): 0 to num_classes - 1, or
            `ignore`.
        logits: `float32` tensor of shape (batch, height, width, num_classes).
        weights: `float32` array of shape (num_classes,).
        ignore: Integer, a label that does not count.

    Returns:
        Scalar tensor.
    """
    ### BEGIN SOLUTION
    counted = np.asarray(labels) != ignore
    known = np.where(counted, labels, 0).astype("int32")
    # Weight 0 where nothing counts: shapes stay, and so do gradients.
    w = (np.asarray(weights)[known] * counted).astype("float32")
    entropy = ops.sparse_categorical_crossentropy(known, logits, from_logits=True)
    return ops.sum(w * entropy) / np.sum(w)
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_loss"}
def pixels(seed, shape, num_classes):
    """Draws labels and logits."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, num_classes, shape).astype("int32")
    logits = rng.normal(0, 2, (*shape, num_classes)).astype("float32")
    return labels, ops.convert_to_tensor(logits)


# %% nbgrader={"grade_id": "given_slope"}
def loss_by_logits(logits):
    """Returns the loss of pixels of class 0, of which the first row counts."""
    labels = np.zeros(logits.shape[:-1], "int32")
    labels[:, 1:] = 255
    return weighted_loss(labels, logits, np.ones(2, "float32"))


# %% tags=["expected"]
def loss_expected(labels, logits, weights):
    """Returns the weighted loss, and what mistakes make of it; all pixels count."""
    logits = ops.convert_to_numpy(logits).astype("float64")
    log_p = logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True)
    chosen = np.asarray(labels)[..., None].astype(int)
    entropy = -np.take_along_axis(log_p, chosen, -1)[..., 0]
    w = np.asarray(weights, "float64")[labels]
    answer = (w * entropy).sum() / w.sum()
    return answer, {
        "the weights are ignored": entropy.mean(),
        "divided by the number of pixels; expected by the sum of their weights": (
            w * entropy
        ).mean(),
        "divided by the sum of the class weights; expected by that of all pixels": (
            w * entropy
        ).sum()
        / np.sum(weights),
        "the sum is not divided": (w * entropy).sum(),
        "the sign is wrong": -answer,
        "the weights are squared": (w**2 * entropy).sum() / (w**2).sum(),
        "the mean over pictures is taken; expected one over all pixels": np.mean(
            (w * entropy).sum((1, 2)) / np.maximum(w.sum((1, 2)), 1e-9)
        ),
        "the logits were taken for log probabilities": -(
            w * np.take_along_axis(logits, chosen, -1)[..., 0]
        ).sum()
        / w.sum(),
    }


expect(
    "weighted_loss of labels (2, 2, 3), weights (1, 3)",
    *loss_expected(*pixels(117, (2, 2, 3), 2), [1, 3]),
)
two = np.array([[[[0, 0], [0, np.log(3)]]]])
expect(
    "weighted_loss of the example", loss_expected(np.array([[[0, 1]]]), two, [1, 3])[0]
)
expect("the size of the loss of a pixel that is 300 logits off", 300.0)

# %% [markdown]
# All pixels count (2 points).

# %% nbgrader={"grade_id": "test_weighted_loss", "points": 2}
_weights = np.array([1, 3], "float32")
_found = weighted_loss(*pixels(117, (2, 2, 3), 2), _weights)
checks.answer(_found, "weighted_loss of labels (2, 2, 3), weights (1, 3)")
_labels = np.array([[[0, 1]]], "int32")
_logits = np.array([[[[0, 0], [0, np.log(3)]]]], "float32")
_found = weighted_loss(_labels, ops.convert_to_tensor(_logits), _weights)
checks.answer(_found, "weighted_loss of the example")
### BEGIN HIDDEN TESTS
for _dims, _list in [
    ((1, 5, 4), [0.5, 1.0, 4.0]),
    ((3, 2, 3), [2.0, 2.5, 0.0, 7.0]),
    ((2, 1, 2), [0.01, 0.02]),
]:
    _labels, _logits = pixels(119, _dims, len(_list))
    _right = loss_expected(_labels, _logits, _list)
    _kept = [_labels.copy(), np.array(_list, "float32")]
    _given = _labels, np.array(_list, "float32")
    _call = f"weighted_loss of labels {_dims}, weights {_list}"
    checks.judge(weighted_loss(_given[0], _logits, _given[1]), *_right, _call)
    checks.unchanged(_given, _kept, "the arrays given to weighted_loss")
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# Pixels that do not count, large logits, gradients (2 points).

# %% nbgrader={"grade_id": "test_weighted_loss_ignore", "points": 2}
_labels, _logits = pixels(118, (2, 3, 2), 3)
_weights = np.array([1, 2, 5], "float32")
_rest = weighted_loss(_labels[:, 1:].copy(), _logits[:, 1:], _weights)
_labels[:, 0] = 255
_found = weighted_loss(_labels, _logits, _weights)
# Both sides are the student's: what the loss is has been asked above.
checks.close(_found, _rest, "weighted_loss with ignored pixels, unlike without them,")
_size = abs(float(loss_by_logits(np.array([[[[0, 300]]]], "float32"))))
checks.answer(_size, "the size of the loss of a pixel that is 300 logits off")
_slope = checks.gradient(loss_by_logits, np.zeros((1, 2, 2, 2), "float32"))
assert np.abs(_slope).max() > 0, "no gradient flows: use keras.ops"
### BEGIN HIDDEN TESTS
for _ignore, _classes in [(9, 3), (1, 4), (0, 2), (-1, 3)]:
    _labels, _logits = pixels(120 + _classes, (2, 4, 3), _classes)
    _labels[1, :2] = _ignore
    _weights = np.arange(_classes, 0, -1).astype("float32") / 2
    _counted = _labels != _ignore
    _far = ops.convert_to_numpy(_logits) + 300 * (~_counted[..., None]).astype(
        "float32"
    )
    _far[..., 0] *= np.where(_counted, 1, -1)
    _rest = _labels[_counted][None, None], ops.convert_to_numpy(_logits)[_counted]
    _alone = weighted_loss(
        _rest[0], ops.convert_to_tensor(_rest[1][None, None]), _weights
    )
    _far = ops.convert_to_tensor(_far)
    _found = weighted_loss(_labels.copy(), _far, _weights, ignore=_ignore)
    _again = weighted_loss(_labels.copy(), _far, _weights, _ignore)
    _call = f"weighted_loss with ignore={_ignore}"
    # Both sides are the student's: what the loss is has been asked above.
    checks.close(_found, _alone, f"{_call}, unlike without these pixels,")
    checks.close(_again, _found, f"{_call}, given by position,")
_step = np.random.default_rng(119).normal(size=_slope.shape).astype("float32") / 10
_up, _down = (
    float(loss_by_logits(ops.convert_to_tensor(_a))) for _a in (_step, -_step)
)
# Both sides are the student's: what weighted_loss computes, and the slope of it.
checks.close(
    2 * np.sum(_slope * _step), _up - _down, "the slope of weighted_loss", 5e-2, 1e-4
)
### END HIDDEN TESTS
checks.passed("pixels that do not count", "large logits", "gradient")

# %% [markdown]
# ## Exercise 6: an encoder and its mirror (3 points)
#
# Write `mirror(input_shape, num_classes, filters)`. It returns a `keras.Model` from
# images to **logits** (batch, height, width, num_classes).
#
# - For each number in `filters`, in this order, the encoder has a 3×3 convolution with
#   so many filters, and then halves height and width.
# - The decoder doubles them as often, with a convolution (a transposed one will do) at
#   each size.
#
# How it doubles is your choice. So are the decoder's filters, what normalises, biases,
# further layers, and whether there are skips.
#
# The test trains it for a short time on small scenes, and judges it on others. Half of
# the scenes are negatives, so that no linear map will do. Fewer than 200 steps leave
# the moving averages of BatchNormalization behind; so the network is judged with
# `training=False` and with `training=True`, and the better result counts.
#
# > **Predict.** Where will it be wrong most often: inside the balls, in the rings
# > around them, or on the ground? Look at the pictures below, once `mirror` is there.


# %% nbgrader={"grade_id": "mirror"}
def mirror(input_shape, num_classes, filters):
    """Builds a network for segmentation.

    Args:
        input_shape: Tuple (height, width, channels); both sizes can be halved as often
            as there are filters.
        num_classes: Integer.
        filters: Tuple of integers, filters at each size.

    Returns:
        A `keras.Model` from images to logits (batch, height, width, num_classes).
    """
    ### BEGIN SOLUTION
    inputs = x = keras.Input(input_shape)
    skips = []
    for width in filters:
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
        skips.append(x)
        x = layers.MaxPooling2D(2)(x)
    for width, skip in zip(filters[::-1], skips[::-1], strict=True):
        x = layers.Concatenate()([layers.UpSampling2D(2)(x), skip])
        x = layers.Conv2D(width, 3, padding="same", activation="relu")(x)
    return keras.Model(inputs, layers.Conv2D(num_classes, 1)(x))
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_scenes"}
def scenes(n, seed):
    """Draws ground, sky, and a ball in it whose edge is a ring; half are negatives.

    Args:
        n: Integer.
        seed: Integer.

    Returns:
        Images, `float32` (n, 16, 16, 1), and labels 0 to 3, (n, 16, 16).
    """
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:16, :16]
    labels = np.zeros((n, 16, 16), "int32")
    for label in labels:
        label[y > rng.integers(9, 13)] = 1
        gap = np.hypot(y - rng.uniform(4, 9), x - rng.uniform(4, 12))
        label[gap < 4] = 2
        label[gap < 2.5] = 3
    # The ball is as bright as the ground: only its shape tells them apart.
    tones = np.array([0, 1, 0.5, 1])[labels] * rng.choice([-1, 1], (n, 1, 1))
    images = tones + rng.normal(0, 0.1, labels.shape)
    return images[..., None].astype("float32"), labels


def train(model):
    """Trains a model on 256 scenes, 160 steps of 16."""
    model.compile(
        keras.optimizers.Adam(1e-2),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(*scenes(256, 120), batch_size=16, epochs=10, verbose=0)


# %% nbgrader={"grade_id": "given_inside"}
def sizes_inside(model):
    """Lists the heights and widths of what layers put out; nothing if one hides it."""
    if getattr(type(model), "is_remote_model", False):
        return []
    sizes = set()
    for layer in checks.find_layers(model):
        dims = getattr(getattr(layer, "output", None), "shape", None)
        if dims is None and layer.weights:
            return []
        if dims is not None and len(dims) == 4:
            sizes.add(tuple(dims[1:3]))
    return sorted(sizes - {(1, 1)})


def fault_inside(model, size, channels, filters):
    """Returns what a network's inside lacks, or an empty text."""
    halved = [tuple(d // 2**k for d in size) for k in range(len(filters), -1, -1)]
    # Layers of one's own do not tell what they put out: then the training decides.
    sizes = sizes_inside(model) or halved
    if sizes[0] != halved[0]:
        return f"the smallest picture inside is {sizes[0]}; expected {halved[0]}"
    if not set(halved) <= set(sizes):
        return f"the pictures inside have sizes {sizes}; expected {halved}"
    shapes = [np.shape(w) for w in model.get_weights() if np.ndim(w) == 4]
    found = 0
    for *kernel, before, after in shapes:
        wanted = filters[found] if found < len(filters) else None
        first_fits = found > 0 or before == channels
        found += kernel == [3, 3] and after == wanted and first_fits
    if found < len(filters):
        return f"no 3×3 convolution with {filters[found]} filters, in the order given"
    if len(shapes) < 2 * len(filters):
        return f"{len(shapes)} convolutions; expected {2 * len(filters)} or more"
    return ""


def fault_outside(model, dims):
    """Gives a network large kernels; returns why it puts out no logits, or ""."""
    rng = np.random.default_rng(122)
    weights = [
        rng.normal(size=w.shape) if w.ndim == 4 else w for w in model.get_weights()
    ]
    model.set_weights(weights)
    x = rng.normal(size=(2, *dims)).astype("float32")
    found = ops.convert_to_numpy(model(x, training=False))
    if np.allclose(found.sum(-1), 1, atol=1e-3):
        return "the numbers of a pixel sum to 1. Is a softmax left at the end?"
    if found.min() < 0 and np.abs(found).max() > 1:
        return ""
    ends = f"{found.min():.3g} to {found.max():.3g}"
    return f"numbers from {ends}, with large weights too: no logits"


# %% [markdown]
# Its shape, its parts, and that it puts out logits (1 point).

# %% nbgrader={"grade_id": "test_mirror_shape", "points": 1}
_cases = [((16, 24, 3), 5, (4, 8))]
### BEGIN HIDDEN TESTS
_cases += [((8, 12, 1), 2, (6,)), ((32, 16, 2), 4, (6, 2, 4)), ((8, 8, 3), 7, (5, 3))]
### END HIDDEN TESTS
for _dims, _classes, _filters in _cases:
    _call = f"mirror({_dims}, {_classes}, {_filters})"
    _model = mirror(_dims, _classes, _filters)
    checks.model(_model, (None, *_dims), (None, *_dims[:2], _classes), _call)
    _fault = fault_inside(_model, _dims[:2], _dims[2], _filters)
    assert not _fault, f"{_call}: {_fault}"
    _fault = fault_outside(_model, _dims)
    assert not _fault, f"{_call}: {_fault}"
checks.passed("shape", "parts", "logits")

# %% [markdown]
# It learns (2 points).

# %% nbgrader={"grade_id": "test_mirror_learns", "points": 2}
_x, _y = scenes(64, 121)
with checks.seeded(3):
    _model = mirror((16, 16, 1), 4, (12, 24))
    train(_model)
    _outputs = [_model(_x, training=_mode) for _mode in (False, True)]
_found = np.array([ops.convert_to_numpy(_output).argmax(-1) for _output in _outputs])
_right = 100 * (_found == _y).mean((1, 2, 3)).max()
_ball = 100 * (_found[:, _y == 3] == 3).mean(1).max()
assert _right > 90, f"{_right:.0f} % of the pixels of new scenes are right, not over 90"
assert _ball > 75, f"of pixels inside balls {_ball:.0f} % are found, not over 75"
checks.passed("new scenes")

# %% [markdown]
# Look: new scenes, their labels, and what a trained `mirror` predicts.


# %% nbgrader={"grade_id": "look_mirror"}
def look():
    """Trains a network, and shows what it predicts for five new scenes."""
    from matplotlib import pyplot as plt

    from layerwise import plots

    keras.utils.set_random_seed(0)
    network = mirror((16, 16, 1), 4, (12, 24))
    train(network)
    images, labels = scenes(5, 124)
    found = ops.convert_to_numpy(network(images, training=False)).argmax(-1)
    shown = [*images[..., 0], *(labels / 3), *(found / 3)]
    titles = [*["scene"] * 5, *["labels"] * 5, *["predicted"] * 5]
    plots.image_grid(shown, titles, columns=5)
    plt.show()


# %%
# look()
