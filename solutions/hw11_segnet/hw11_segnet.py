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
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one. Tensors are channels-last: (batch, height, width,
# channels).

# %% nbgrader={"grade_id": "setup"}
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks

# %% [markdown]
# ## Exercise 1: pooling that remembers (4 points)
#
# Write `pool(x)`: max pooling of 2×2 with stride 2, in NumPy, that returns
# `(pooled, indices)`. An index tells where in the *whole picture* the maximum was:
#
# row · width + column,
#
# counted in `x`, for each picture and each channel by itself. Of equal maxima the first
# in reading order counts. Height and width are even; values may be negative.


# %% nbgrader={"grade_id": "pool"}
def pool(x):
    """Pools windows of 2×2 and remembers where each maximum was.

    Args:
        x: Array of shape (batch, height, width, channels), both sizes even.

    Returns:
        Tuple of the pooled array and an integer array of indices, both of shape
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
def pooled_slowly(x):
    """Pools with loops, one window at a time."""
    n, height, width, channels = x.shape
    values = np.empty((n, height // 2, width // 2, channels), x.dtype)
    indices = np.empty(values.shape, "int64")
    for b, i, j, c in np.ndindex(values.shape):
        places = [(2 * i + r, 2 * j + s) for r in (0, 1) for s in (0, 1)]
        row, column = max(places, key=lambda place: x[b, place[0], place[1], c])
        values[b, i, j, c] = x[b, row, column, c]
        indices[b, i, j, c] = row * width + column
    return values, indices


# %% [markdown]
# The maxima (1 point).

# %% nbgrader={"grade_id": "test_pool_values", "points": 1}
_cases = [(2, 4, 6, 3)]
### BEGIN HIDDEN TESTS
_cases += [(1, 8, 2, 2), (3, 2, 4, 1)]
### END HIDDEN TESTS
for _dims in _cases:
    _x = np.random.default_rng(111).normal(-2, 1, _dims).astype("float32")
    _call = f"pool of {_dims}"
    _pair = pool(_x.copy())
    _is_pair = isinstance(_pair, (tuple, list)) and len(_pair) == 2
    assert _is_pair, f"{_call} must return (pooled, indices)"
    _wanted, _ = pooled_slowly(_x)
    checks.shape(_pair[0], _wanted.shape, f"{_call}: the maxima")
    _means = _x.reshape(_dims[0], _dims[1] // 2, 2, _dims[2] // 2, 2, _dims[3])
    assert not np.allclose(np.asarray(_pair[0]), _means.mean((2, 4))), (
        f"{_call} takes means; expected maxima"
    )
    checks.close(_pair[0], _wanted, f"{_call}: the maxima")

# %% [markdown]
# The indices (2 points).

# %% nbgrader={"grade_id": "test_pool_indices", "points": 2}
_cases = [(1, 4, 6, 2)]
### BEGIN HIDDEN TESTS
_cases += [(2, 8, 4, 3), (2, 2, 10, 1)]
### END HIDDEN TESTS
for _dims in _cases:
    _x = np.random.default_rng(112).normal(size=_dims).astype("float32")
    _call = f"the indices of pool of {_dims}"
    _, _wanted = pooled_slowly(_x)
    _received = pool(_x)[1]
    checks.shape(_received, _wanted.shape, _call)
    _received = np.asarray(_received)
    _row, _column = np.divmod(_wanted, _dims[2])
    _places = 2 * (_row % 2) + _column % 2
    _n, _h, _w, _c = _dims
    _flat = _wanted * _c + np.arange(_c)
    for _fault, _wrong in {
        "count within the window (0 to 3); expected row · width + column": _places,
        "are column · height + row; expected row · width + column": _column * _h + _row,
        "count in the pooled picture: its width is half": _row * (_w // 2) + _column,
        "count the channels too, as TensorFlow's do": _flat,
    }.items():
        assert np.array_equal(_wrong, _wanted) or not np.array_equal(
            _received, _wrong
        ), f"{_call} {_fault}"
    assert _received.dtype.kind in "iu", (
        f"{_call} are {_received.dtype}; expected integers"
    )
    checks.close(_received, _wanted, _call, rtol=0, atol=0)

# %% [markdown]
# Equal maxima (1 point).

# %% nbgrader={"grade_id": "test_pool_ties", "points": 1}
_x = np.zeros((1, 4, 4, 1), "float32")
_x[0, :2, 2:, 0] = [[1, 5], [5, 5]]
### BEGIN HIDDEN TESTS
_x[0, 2:, :2, 0] = [[-1, -1], [-1, -2]]
### END HIDDEN TESTS
_, _wanted = pooled_slowly(_x)
_received = np.asarray(pool(_x)[1])
checks.shape(_received, _wanted.shape, "the indices of equal maxima")
assert np.array_equal(_received, _wanted), (
    f"where maxima are equal the indices are {_received.ravel().tolist()}; expected "
    f"{_wanted.ravel().tolist()}: the first in reading order"
)

# %% [markdown]
# ## Exercise 2: put back (3 points)
#
# Write `unpool(values, indices, height, width)`: an array of zeros of that height and
# width, with each value at the place that its index names. Two windows of a *decoder*
# never share a place, so nothing has to be added up.


# %% nbgrader={"grade_id": "unpool"}
def unpool(values, indices, height, width):
    """Puts values back to where the maxima were.

    Args:
        values: Array of shape (batch, rows, columns, channels).
        indices: Integer array of the same shape: row · width + column, in the result.
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


# %% nbgrader={"grade_id": "test_unpool", "points": 3}
_cases = [(1, 4, 6, 1), (2, 4, 8, 3)]
### BEGIN HIDDEN TESTS
_cases += [(3, 8, 2, 2), (1, 2, 2, 5)]
### END HIDDEN TESTS
for _dims in _cases:
    _rng = np.random.default_rng(113)
    _, _indices = pooled_slowly(_rng.normal(size=_dims))
    # What a decoder puts back are other values than the maxima.
    _values = _rng.uniform(1, 2, _indices.shape).astype("float32")
    _wanted = np.zeros(_dims, "float32")
    for _b, _i, _j, _c in np.ndindex(_indices.shape):
        _row, _column = divmod(int(_indices[_b, _i, _j, _c]), _dims[2])
        _wanted[_b, _row, _column, _c] = _values[_b, _i, _j, _c]
    _call = f"unpool to {_dims}"
    _kept = [_values.copy(), _indices.copy()]
    _received = unpool(_values, _indices, _dims[1], _dims[2])
    checks.unchanged([_values, _indices], _kept, "the arrays given to unpool")
    checks.shape(_received, _dims, _call)
    _received = np.asarray(_received)
    _repeated = _values.repeat(2, 1).repeat(2, 2)
    assert not np.allclose(_received, _repeated), (
        f"{_call} repeats each value four times; expected it once, with zeros around"
    )
    if _dims[0] > 1:
        assert (_received[1:] != 0).any(), f"{_call}: only the first picture is filled"
    if _dims[-1] > 1:
        assert not np.allclose(_received, _wanted.sum(-1, keepdims=True)), (
            f"{_call}: the channels are mixed"
        )
    assert np.count_nonzero(_received) == _kept[0].size, (
        f"{_call}: {np.count_nonzero(_received)} numbers are not zero; expected "
        f"{_kept[0].size}, one for each value"
    )
    checks.close(_received, _wanted, _call)

# %% [markdown]
# ## Exercise 3: intersection over union (4 points)
#
# Write `iou(labels, predicted, num_classes, ignore=255)`. It returns an array of
# `num_classes` floats: for each class the pixels that are it *and* were called it,
# divided by those that are it *or* were called it.
#
# - Pixels whose label is `ignore` count nowhere, whatever they were called.
# - A class that neither occurs nor was called has no IoU: NaN. One that does not occur
#   but was called has 0.


# %% nbgrader={"grade_id": "iou"}
def iou(labels, predicted, num_classes, ignore=255):
    """Computes the intersection over union of each class.

    Args:
        labels: Integer array of any shape.
        predicted: Integer array of the same shape, 0 to num_classes - 1.
        num_classes: Integer.
        ignore: Integer, a label that does not count.

    Returns:
        `float64` array of shape (num_classes,), NaN for a class that is nowhere.
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
def scene(seed, num_classes, shape):
    """Draws labels and a prediction that is right for about two pixels of three."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, num_classes, shape).astype("uint8")
    other = rng.integers(0, num_classes, shape).astype("uint8")
    return labels, np.where(rng.uniform(size=shape) < 0.6, labels, other)


# %% [markdown]
# All classes present (2 points).

# %% nbgrader={"grade_id": "test_iou", "points": 2}
_cases = [(3, (2, 6, 8))]
### BEGIN HIDDEN TESTS
_cases += [(5, (40, 9)), (2, (100,))]
### END HIDDEN TESTS
for _classes, _dims in _cases:
    _labels, _predicted = scene(114, _classes, _dims)
    _both = np.array(
        [((_labels == _k) & (_predicted == _k)).sum() for _k in range(_classes)]
    )
    _is = np.array([(_labels == _k).sum() for _k in range(_classes)])
    _called = np.array([(_predicted == _k).sum() for _k in range(_classes)])
    _wanted = _both / (_is + _called - _both)
    _call = f"iou of {_classes} classes"
    _received = iou(_labels, _predicted, _classes)
    checks.shape(_received, (_classes,), _call)
    _received = np.asarray(_received, "float64")
    for _fault, _wrong in {
        "is the share of a class that was found (recall)": _both / _is,
        "is the share of the calls that are right (precision)": _both / _called,
        "divides by the sum of both, and counts the intersection twice": _both
        / (_is + _called),
        "is twice the intersection over the sum (the Dice coefficient)": 2
        * _both
        / (_is + _called),
    }.items():
        assert not np.allclose(_received, _wrong), f"{_call} {_fault}"
    checks.close(_received, _wanted, _call)

# %% [markdown]
# Absent classes, and pixels that do not count (2 points).

# %% nbgrader={"grade_id": "test_iou_absent", "points": 2}
_ignores = [255]
### BEGIN HIDDEN TESTS
_ignores += [6, 0]
### END HIDDEN TESTS
for _ignore in _ignores:
    _labels, _predicted = scene(115, 3, (3, 20))
    _labels, _predicted = _labels + 1, _predicted + 1  # classes 1, 2, 3 of 0 to 5
    _predicted[0, 0] = 5  # called once, never there
    _labels[0, 0] = 1
    _labels[1, :7] = _ignore
    _counted = _labels != _ignore
    _l, _p = _labels[_counted], _predicted[_counted]
    _wanted = np.array([np.nan, 0, 0, 0, np.nan, 0.0])
    for _k in (1, 2, 3):
        _wanted[_k] = ((_l == _k) & (_p == _k)).sum() / ((_l == _k) | (_p == _k)).sum()
    _kept = [_labels.copy(), _predicted.copy()]
    _call = f"iou with ignore={_ignore}"
    _received = iou(_labels, _predicted, 6, ignore=_ignore)
    checks.unchanged([_labels, _predicted], _kept, "the arrays given to iou")
    checks.shape(_received, (6,), _call)
    _received = np.asarray(_received, "float64")
    assert np.isnan(_received[4]), (
        f"{_call}: a class that is nowhere has IoU {_received[4]:.3g}; expected NaN: "
        "0 would say that it was missed, 1 that it was found"
    )
    assert _received[5] == 0, (
        f"{_call}: a class that was called and is not there has {_received[5]:.3g}; "
        "expected 0"
    )
    _counts = np.array(
        [
            ((_labels == _k) & (_predicted == _k)).sum()
            / max(1, ((_labels == _k) | (_predicted == _k)).sum())
            for _k in (1, 2, 3)
        ]
    )
    assert not np.allclose(_received[1:4], _counts), (
        f"{_call}: pixels with the ignored label count in the union"
    )
    checks.close(_received, _wanted, _call)

# %% [markdown]
# ## Exercise 4: weights for rare classes (2 points)
#
# SegNet weighs classes by *median frequency*. The frequency of a class is its number of
# pixels, divided by the number of all pixels of those pictures **in which it occurs**.
# The weight is the median of the frequencies of all classes that occur, divided by the
# class's own. Write `class_weights(labels, num_classes)`; a class that occurs nowhere
# has weight 0, and does not count in the median.


# %% nbgrader={"grade_id": "class_weights"}
def class_weights(labels, num_classes):
    """Computes weights by median frequency.

    Args:
        labels: Integer array of shape (pictures, height, width).
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


# %% nbgrader={"grade_id": "test_class_weights", "points": 2}
_labels = np.zeros((2, 4, 5), "uint8")
_labels[0, :2] = 1  # 10 of 20 pixels, in the first picture only
_labels[:, 3, :2] = 2  # 4 of 40
_cases = [(_labels, 3), (_labels, 4)]
### BEGIN HIDDEN TESTS
_labels = np.random.default_rng(116).choice([0, 0, 0, 1, 1, 4], (3, 6, 6))
_labels[1:][_labels[1:] == 4] = 0
_cases += [(_labels, 5), (_labels, 7)]
### END HIDDEN TESTS
for _labels, _classes in _cases:
    _here = [_labels == _k for _k in range(_classes)]
    _pictures = [_h.any((1, 2)) for _h in _here]
    _share = np.array([_h.mean() for _h in _here])
    _f = np.array(
        [
            _h[_p].mean() if _p.any() else 0
            for _h, _p in zip(_here, _pictures, strict=True)
        ]
    )
    _occurs = _f > 0
    _wanted, _plain = np.zeros(_classes), np.zeros(_classes)
    _wanted[_occurs] = np.median(_f[_occurs]) / _f[_occurs]
    _plain[_occurs] = np.median(_share[_occurs]) / _share[_occurs]
    _call = f"class_weights of {_classes} classes, {int(_occurs.sum())} of which occur"
    _received = class_weights(_labels, _classes)
    checks.shape(_received, (_classes,), _call)
    _received = np.asarray(_received, "float64")
    assert np.isfinite(_received).all(), (
        f"{_call} holds numbers that are not finite: a class that occurs nowhere has 0"
    )
    assert not np.allclose(_received, _plain), (
        f"{_call}: frequencies are taken over all pictures; expected over those in "
        "which the class occurs"
    )
    _mean = _wanted * _f[_occurs].mean() / np.median(_f[_occurs])
    assert not np.allclose(_received, _mean), f"{_call}: the mean; expected the median"
    if not _occurs.all():
        _wrong = _wanted * np.median(_f) / np.median(_f[_occurs])
        assert not np.allclose(_received, _wrong), (
            f"{_call}: a class that occurs nowhere counts in the median"
        )
    assert not np.allclose(_received[_occurs], 1 / _wanted[_occurs]), (
        f"{_call}: the ratio is upside down: frequent classes get the larger weight"
    )
    checks.close(_received, _wanted, _call)

# %% [markdown]
# ## Exercise 5: a weighted loss (4 points)
#
# Write `weighted_loss(labels, logits, weights, ignore=255)`. For each pixel take the
# cross-entropy, −log softmax(logits)[label]. The loss is their **weighted mean**: Σ w ·
# cross-entropy / Σ w, with w = weights[label], over the pixels whose label is not
# `ignore`.
#
# Use `keras.ops`, so that gradients flow. Logits may be large, up to hundreds: no
# infinity may come of it.


# %% nbgrader={"grade_id": "weighted_loss"}
def weighted_loss(labels, logits, weights, ignore=255):
    """Computes the weighted mean of the cross-entropy over pixels that count.

    Args:
        labels: Integer array of shape (batch, height, width).
        logits: Tensor of shape (batch, height, width, num_classes).
        weights: Float array of shape (num_classes,).
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
def terms(labels, logits, weights, ignore):
    """Returns weights and cross-entropies of the pixels that count."""
    counted = labels != ignore
    labels, logits = labels[counted].astype(int), logits[counted].astype("float64")
    logits = logits - logits.max(-1, keepdims=True)
    log_p = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
    return np.asarray(weights)[labels], -log_p[np.arange(len(labels)), labels]


# %% nbgrader={"grade_id": "given_slope"}
def loss_by_logits(logits):
    """Returns the loss of two pixels of class 0, for a gradient by the logits."""
    return weighted_loss(np.zeros((1, 1, 2), "int32"), logits, np.ones(2, "float32"))


# %% [markdown]
# All pixels count (2 points).

# %% nbgrader={"grade_id": "test_weighted_loss", "points": 2}
_cases = [((2, 3, 4), [1.0, 3.0])]
### BEGIN HIDDEN TESTS
_cases += [((1, 5, 5), [0.5, 1.0, 4.0]), ((3, 2, 2), [2.0, 2.5, 0.1, 7.0])]
### END HIDDEN TESTS
for _dims, _weights in _cases:
    _rng = np.random.default_rng(117)
    _labels = _rng.integers(0, len(_weights), _dims).astype("int32")
    _logits = _rng.normal(0, 2, (*_dims, len(_weights))).astype("float32")
    _w, _entropy = terms(_labels, _logits, _weights, 255)
    _wanted = float((_w * _entropy).sum() / _w.sum())
    _call = f"weighted_loss of labels {_dims} with weights {_weights}"
    _received = weighted_loss(_labels, _logits, np.array(_weights, "float32"))
    checks.shape(_received, (), _call)
    _received = float(ops.convert_to_numpy(_received))
    for _fault, _wrong in {
        "the weights are ignored": _entropy.mean(),
        "divided by the number of pixels; expected by the sum of their weights": (
            _w * _entropy
        ).mean(),
        "the sum is not divided": (_w * _entropy).sum(),
        "the sign is wrong": -_wanted,
    }.items():
        assert not np.isclose(_received, _wrong, rtol=1e-3), f"{_call}: {_fault}"
    checks.close(_received, _wanted, _call, rtol=1e-3)

# %% [markdown]
# Pixels that do not count, large logits, gradients (2 points).

# %% nbgrader={"grade_id": "test_weighted_loss_ignore", "points": 2}
_cases = [(255, 1.0)]
### BEGIN HIDDEN TESTS
_cases += [(9, 3.0)]
### END HIDDEN TESTS
for _ignore, _spread in _cases:
    _rng = np.random.default_rng(118)
    _labels = _rng.integers(0, 3, (2, 4, 4)).astype("int32")
    _logits = _rng.normal(0, _spread, (2, 4, 4, 3)).astype("float32")
    _weights = np.array([1, 2, 5], "float32")
    _labels[:, :2] = _ignore
    _w, _entropy = terms(_labels, _logits, _weights, _ignore)
    _call = f"weighted_loss with ignore={_ignore}"
    _received = float(
        ops.convert_to_numpy(weighted_loss(_labels, _logits, _weights, ignore=_ignore))
    )
    _wanted = float((_w * _entropy).sum() / _w.sum())
    _other = _logits.copy()
    _other[:, :2] += _rng.normal(size=(2, 2, 4, 3))
    _moved = float(
        ops.convert_to_numpy(weighted_loss(_labels, _other, _weights, ignore=_ignore))
    )
    assert np.isclose(_moved, _received, rtol=1e-4), (
        f"{_call}: the logits of ignored pixels change the loss from {_received:.4g} "
        f"to {_moved:.4g}"
    )
    checks.close(_received, _wanted, _call, rtol=1e-3)
_labels, _logits = np.zeros((1, 1, 2), "int32"), np.zeros((1, 1, 2, 2), "float32")
_logits[..., 1] = 300
_ones = np.ones(2, "float32")
_large = float(ops.convert_to_numpy(weighted_loss(_labels, _logits, _ones)))
assert np.isfinite(_large), "logits of 300 give a loss that is not finite"
assert np.isclose(_large, 300, rtol=1e-3), (
    f"the loss of a pixel that is 300 logits off is {_large:.4g}; expected 300: take "
    "the cross-entropy from the logits, not from rounded probabilities"
)
_slope = checks.gradient(loss_by_logits, _logits * 0)
assert np.abs(_slope).max() > 0, (
    "no gradient flows through weighted_loss: use keras.ops"
)
### BEGIN HIDDEN TESTS
_step = np.random.default_rng(119).normal(size=_logits.shape).astype("float32") / 10
_up, _down = (float(loss_by_logits(_a)) for _a in (_step, -_step))
# Both sides are the student's: what weighted_loss computes, and the slope of it.
checks.close(
    2 * np.sum(_slope * _step), _up - _down, "the slope of weighted_loss", 5e-2, 1e-4
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 6: an encoder and its mirror (3 points)
#
# Write `mirror(input_shape, num_classes, filters)`. It returns a `keras.Model` from
# images to **logits** (batch, height, width, num_classes). For each number in `filters`
# the encoder has a 3×3 convolution with so many filters and then halves the picture;
# the decoder doubles it as often, with a convolution at each size, in reverse order.
# How it doubles is your choice. So is what normalises, and whether there are skips.
#
# The test trains it on small scenes, and judges it on others.


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
    """Draws a bright ground, a dark sky, and a ball in it whose edge is a ring.

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
    tones = np.array([0.1, 0.7, 0.4, 0.7])[labels]
    images = tones + rng.normal(0, 0.1, labels.shape)
    return images[..., None].astype("float32"), labels


# %% [markdown]
# Its shape (1 point).

# %% nbgrader={"grade_id": "test_mirror_shape", "points": 1}
_cases = [((16, 24, 3), 5, (4, 8))]
### BEGIN HIDDEN TESTS
_cases += [((8, 8, 1), 2, (3,)), ((32, 16, 2), 4, (2, 4, 6))]
### END HIDDEN TESTS
for _dims, _classes, _filters in _cases:
    _call = f"mirror({_dims}, {_classes}, {_filters})"
    _model = mirror(_dims, _classes, _filters)
    checks.model(_model, (None, *_dims), (None, *_dims[:2], _classes), _call)
    # Layers of one's own do not tell what they put out: then its training decides.
    _outputs = [getattr(_l, "output", None) for _l in checks.find_layers(_model)]
    _shapes = [getattr(_output, "shape", ()) for _output in _outputs]
    _heights = [_shape[1] for _shape in _shapes if len(_shape) == 4]
    _heights = [] if getattr(type(_model), "is_remote_model", False) else _heights
    _least = _dims[0] // 2 ** len(_filters)
    assert min(_heights, default=_least) == _least, (
        f"{_call}: the smallest height inside is {min(_heights)}; expected {_least}, "
        f"halved {len(_filters)} times"
    )
    _x = np.random.default_rng(119).normal(size=(2, *_dims)).astype("float32")
    _sums = ops.convert_to_numpy(_model(_x)).sum(-1)
    assert not np.allclose(_sums, 1, atol=1e-3), (
        f"{_call} puts out numbers that sum to 1: is a softmax left at its end?"
    )

# %% [markdown]
# It learns (2 points).

# %% nbgrader={"grade_id": "test_mirror_learns", "points": 2}
_x, _y = scenes(256, 120)
_new, _truth = scenes(64, 121)
with checks.seeded(3):
    _model = mirror((16, 16, 1), 4, (12, 24))
    _model.compile(
        keras.optimizers.Adam(1e-2),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    _model.fit(_x, _y, batch_size=32, epochs=10, verbose=0)
    _found = ops.convert_to_numpy(_model(_new, training=False)).argmax(-1)
_right = float((_found == _truth).mean())
_ball = float((_found[_truth == 3] == 3).mean())
assert _right > 0.9, (
    f"after a short training {100 * _right:.0f} % of the pixels of new scenes are "
    "right; expected over 90 %"
)
assert _ball > 0.75, (
    f"of the pixels inside the balls {100 * _ball:.0f} % are found; expected over "
    "75 %: does the network see far enough to tell a ball from the ground?"
)
