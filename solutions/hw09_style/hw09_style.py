# %% [markdown]
# # Assignment 09: style transfer
#
# Chapter 09 painted a palace. Here you write what it needs: the style matrix, the
# losses, the loop that moves pixels and nothing else, and two things that the chapter
# left out: how to keep the colours of the photograph, and how to move style from one
# picture to another in a single step.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | The style matrix | 5 |
# | 2 | The style loss | 3 |
# | 3 | Total variation | 3 |
# | 4 | Paint: change pixels, not weights | 5 |
# | 5 | Keep the colours | 2 |
# | 6 | Match mean and deviation | 2 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one. Tensors are channels-last: (batch, height, width,
# channels). Use `keras.ops` where gradients must flow: exercises 1 to 3.

# %% nbgrader={"grade_id": "setup"}
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks, training

# %% [markdown]
# ## Exercise 1: the style matrix (5 points)
#
# Which channels are active together, wherever in the picture that is? Write
# `gram(features)`: for each picture of the batch, and for each pair of channels, the
# mean of their product over all positions, **divided by the number of channels**
# (chapter 09 leaves out that last division; with it, layers of different widths have
# style matrices of the same size).


# %% nbgrader={"grade_id": "gram"}
def gram(features):
    """Computes the style matrices of a batch.

    Args:
        features: Tensor of shape (batch, height, width, channels).

    Returns:
        Tensor of shape (batch, channels, channels).
    """
    ### BEGIN SOLUTION
    _, height, width, channels = features.shape
    flat = ops.reshape(features, (-1, height * width, channels))
    products = ops.matmul(ops.transpose(flat, (0, 2, 1)), flat)
    return products / (height * width * channels)
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_gram"}
def drawn(seed, *shape):
    """Draws positive features, as they come out of a ReLU."""
    rng = np.random.default_rng(seed)
    return np.abs(rng.normal(size=shape)).astype("float32")


# %% [markdown]
# Shape, symmetry, and one picture at a time (2 points).

# %% nbgrader={"grade_id": "test_gram_shape", "points": 2}
_cases = [(2, 3, 5, 4)]
### BEGIN HIDDEN TESTS
_cases += [(1, 6, 2, 3), (3, 4, 4, 7)]
### END HIDDEN TESTS
for _dims in _cases:
    _x = drawn(91, *_dims)
    _call = f"gram of features {_dims}"
    _one = gram(_x)
    checks.shape(_one, (_dims[0], _dims[-1], _dims[-1]), _call)
    _one = ops.convert_to_numpy(_one)
    checks.close(_one, np.swapaxes(_one, 1, 2), f"{_call}, transposed,", rtol=1e-3)
    _other = _x.copy()
    _other[-1] *= 3
    if _dims[0] > 1:
        _moved = ops.convert_to_numpy(gram(_other))
        assert np.allclose(_moved[0], _one[0], rtol=1e-3), (
            f"{_call}: another last picture changes the matrix of the first one: "
            "pictures of a batch must not mix"
        )

# %% [markdown]
# The numbers (2 points).

# %% nbgrader={"grade_id": "test_gram_values", "points": 2}
_cases = [(1, 2, 3, 2), (2, 4, 3, 5)]
### BEGIN HIDDEN TESTS
_cases += [(2, 8, 8, 3), (1, 5, 1, 6)]
### END HIDDEN TESTS
for _dims in _cases:
    _x = drawn(92, *_dims)
    _positions, _channels = _dims[1] * _dims[2], _dims[-1]
    _sums = np.einsum("bhwi,bhwj->bij", _x.astype("float64"), _x.astype("float64"))
    _wanted = _sums / (_positions * _channels)
    _call = f"gram of features {_dims}"
    _received = gram(_x)
    checks.shape(_received, _wanted.shape, _call)
    _received = ops.convert_to_numpy(_received)
    _centred = _x - _x.mean((1, 2), keepdims=True)
    _centred = np.einsum("bhwi,bhwj->bij", _centred, _centred)
    for _fault, _wrong in {
        "the sums are not divided: expected the mean over positions": _sums,
        "not divided by the number of channels": _sums / _positions,
        "divided by the channels, not by the positions": _sums / _channels,
        "divided by the batch too": _sums / (_positions * _channels * _dims[0]),
        "the mean of each channel is taken off, which makes it a covariance": _centred
        / (_positions * _channels),
        "divided twice by the positions or channels": _sums
        / (_positions * _channels) ** 2,
    }.items():
        assert np.allclose(_wrong, _wanted, rtol=1e-2) or not np.allclose(
            _received, _wrong, rtol=1e-3
        ), f"{_call}: {_fault}"
    checks.close(_received, _wanted, _call, rtol=1e-3)

# %% [markdown]
# Where something is does not matter (1 point).

# %% nbgrader={"grade_id": "test_gram_places", "points": 1}
_x = drawn(93, 1, 6, 4, 3)
_order = np.random.default_rng(94).permutation(24)
_moved = _x.reshape(1, 24, 3)[:, _order].reshape(1, 6, 4, 3)
_sides = ops.convert_to_numpy(gram(np.swapaxes(_x, 1, 2)))
_here, _there = (ops.convert_to_numpy(gram(_a)) for _a in (_x, _moved))
assert np.allclose(_here, _there, rtol=1e-3), (
    "moving the positions about changes the matrix: it must sum over positions, and "
    f"keep channels. Received at [0, 0]: {_here[0].flat[0]:.4g}, then "
    f"{_there[0].flat[0]:.4g}"
)
assert np.allclose(_here, _sides, rtol=1e-3), "turning the picture changes its matrix"
_slope = checks.gradient(gram, _x)
assert np.abs(_slope).min() > 0, (
    "no gradient flows through gram: use keras.ops, not NumPy"
)
### BEGIN HIDDEN TESTS
_step = 0.1 * drawn(95, *_x.shape)
_up, _down = (np.sum(ops.convert_to_numpy(gram(_a))) for _a in (_x + _step, _x - _step))
# Both sides are the student's: what gram computes, and the slope of it.
checks.close(2 * np.sum(_slope * _step), _up - _down, "the slope of gram", rtol=1e-2)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 2: the style loss (3 points)
#
# Write `style_loss(found, wanted, weights)`. `found` and `wanted` are lists of style
# matrices, one for each layer, each of shape (batch, channels, channels), `weights` is
# a list of numbers. The loss is
#
# Σ over layers of weight · *mean* of (found − wanted)²,
#
# a scalar tensor. Layers differ in channels.


# %% nbgrader={"grade_id": "style_loss"}
def style_loss(found, wanted, weights):
    """Computes the loss of style over several layers.

    Args:
        found: List of tensors of shape (batch, channels, channels).
        wanted: List of tensors of the same shapes.
        weights: List of floats, one for each layer.

    Returns:
        Scalar tensor.
    """
    ### BEGIN SOLUTION
    total = 0.0
    for one, other, weight in zip(found, wanted, weights, strict=True):
        total = total + weight * ops.mean(ops.square(one - other))
    return total
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_style_loss", "points": 3}
_cases = [((2, 3), [1.0, 0.5])]
### BEGIN HIDDEN TESTS
_cases += [((4, 1, 6), [0.2, 3.0, 0.0]), ((5,), [2.0])]
### END HIDDEN TESTS
for _channels, _weights in _cases:
    _found = [drawn(95 + _c, 2, _c, _c) for _c in _channels]
    _wanted = [drawn(195 + _c, 2, _c, _c) for _c in _channels]
    _gaps = [(_f - _w) ** 2 for _f, _w in zip(_found, _wanted, strict=True)]
    _answer = sum(_w * _g.mean() for _w, _g in zip(_weights, _gaps, strict=True))
    _call = f"style_loss of layers with {_channels} channels and weights {_weights}"
    _received = style_loss(_found, _wanted, _weights)
    checks.shape(_received, (), _call)
    _received = float(ops.convert_to_numpy(_received))
    _summed = sum(_w * _g.sum() for _w, _g in zip(_weights, _gaps, strict=True))
    _roots = sum(
        _w * np.sqrt(_g.mean()) for _w, _g in zip(_weights, _gaps, strict=True)
    )
    for _fault, _wrong in {
        "the squares are summed: expected their mean": _summed,
        "the weights are ignored": sum(_g.mean() for _g in _gaps),
        "only the last layer counts": _weights[-1] * _gaps[-1].mean(),
        "it is the mean over layers: expected the sum": _answer / len(_gaps),
        "the root of the mean square: expected the mean square": _roots,
    }.items():
        assert np.isclose(_wrong, _answer, rtol=1e-2) or not np.isclose(
            _received, _wrong, rtol=1e-3
        ), f"{_call}: {_fault}"
    checks.close(_received, _answer, _call, rtol=1e-3)
_same = [drawn(96, 1, 3, 3)]
checks.close(style_loss(_same, _same, [2.0]), 0.0, "the style loss of what is wanted")

# %% [markdown]
# ## Exercise 3: total variation (3 points)
#
# Write `total_variation(images)`: for each picture the sum of the *absolute*
# differences between neighbours, downwards and to the right, over all channels. (The
# chapter takes squares and means, and one number for all.) Nothing wraps around: the
# last row has no neighbour below.


# %% nbgrader={"grade_id": "total_variation"}
def total_variation(images):
    """Computes the total variation of each picture.

    Args:
        images: Tensor of shape (batch, height, width, channels).

    Returns:
        Tensor of shape (batch,).
    """
    ### BEGIN SOLUTION
    down = ops.abs(images[:, 1:] - images[:, :-1])
    right = ops.abs(images[:, :, 1:] - images[:, :, :-1])
    return ops.sum(down, axis=(1, 2, 3)) + ops.sum(right, axis=(1, 2, 3))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_total_variation", "points": 3}
_cases = [(2, 3, 4, 1)]
### BEGIN HIDDEN TESTS
_cases += [(3, 5, 2, 3), (1, 2, 7, 2)]
### END HIDDEN TESTS
for _dims in _cases:
    _x = drawn(97, *_dims)
    _down, _right = np.abs(np.diff(_x, axis=1)), np.abs(np.diff(_x, axis=2))
    _parts = [_p.sum((1, 2, 3)) for _p in (_down, _right)]
    _answer = _parts[0] + _parts[1]
    _call = f"total_variation of images {_dims}"
    _received = total_variation(_x)
    checks.shape(_received, (_dims[0],), _call)
    _received = ops.convert_to_numpy(_received)
    _around = sum(np.abs(_x - np.roll(_x, 1, _a)).sum((1, 2, 3)) for _a in (1, 2))
    _squares = sum((_d**2).sum((1, 2, 3)) for _d in (_down, _right))
    for _fault, _wrong in {
        "only the steps downwards are counted": _parts[0],
        "only the steps to the right are counted": _parts[1],
        "the picture wraps around: the last row is compared with the first": _around,
        "squares are summed: expected absolute values": _squares,
        "means are taken: expected sums": _down.mean((1, 2, 3))
        + _right.mean((1, 2, 3)),
    }.items():
        assert not np.allclose(_received, _wrong, rtol=1e-3), f"{_call}: {_fault}"
    checks.close(_received, _answer, _call, rtol=1e-3)
_flat = total_variation(np.full((1, 4, 4, 2), 7, "float32"))
checks.close(_flat, np.zeros(1), "the total variation of a flat picture")
_x = drawn(98, 1, 3, 3, 1)
_slope = checks.gradient(total_variation, _x)
assert np.abs(_slope).max() > 0, (
    "no gradient flows through total_variation: use keras.ops, not NumPy"
)
### BEGIN HIDDEN TESTS
_step = 1e-3 * drawn(99, *_x.shape)
_ends = (ops.convert_to_numpy(total_variation(_a)) for _a in (_x + _step, _x - _step))
_up, _down = (float(_end.sum()) for _end in _ends)
# Both sides are the student's: what total_variation computes, and the slope of it.
checks.close(
    2 * np.sum(_slope * _step),
    _up - _down,
    "the slope of total_variation",
    rtol=5e-2,
    atol=1e-5,
)
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise 4: paint (5 points)
#
# The next cell is given. `make_network` builds a small network with fixed weights, and
# `loss_of(network, picture, wanted)` says how far a picture's features are from those
# `wanted`, as a scalar tensor. `training.gradients(loss_fn, variables)` calls
# `loss_fn()` and returns `(loss, gradients)`, a gradient for each variable of the list.


# %% nbgrader={"grade_id": "given_network"}
def make_network(seed=0, channels=3):
    """Builds a network of two convolutions, always the same for one seed."""
    inputs = keras.Input((8, 8, channels))
    x = layers.Conv2D(6, 3, padding="same", activation="relu")(inputs)
    outputs = layers.Conv2D(8, 3, strides=2, padding="same")(x)
    network = keras.Model(inputs, outputs)
    rng = np.random.default_rng(seed)
    network.set_weights([rng.normal(0, 0.3, w.shape) for w in network.get_weights()])
    return network


def loss_of(network, picture, wanted):
    """Computes the mean squared gap between a picture's features and those wanted."""
    return ops.mean(ops.square(network(picture) - wanted))


# %% [markdown]
# Write `paint(network, wanted, start, steps=20, learning_rate=0.05)`. It begins with
# the picture `start`, an array of shape (1, 8, 8, channels) of numbers from 0 to 1, and
# takes `steps` steps of `keras.optimizers.Adam(learning_rate)` on the **pixels**. After
# each step pixels are clipped to 0…1. It returns `(picture, losses)`: an array like
# `start`, and a list of floats, the loss *before* each step.
#
# Neither the weights of the network nor `start` may change.


# %% nbgrader={"grade_id": "paint"}
def paint(network, wanted, start, steps=20, learning_rate=0.05):
    """Changes a picture until the network sees what is wanted.

    Args:
        network: `keras.Model` from (1, 8, 8, channels) to features.
        wanted: Array, the features to reach.
        start: Array of shape (1, 8, 8, channels), 0 to 1.
        steps: Integer.
        learning_rate: Float, of Adam.

    Returns:
        Tuple of the picture, an array of the shape of `start`, and the list of losses.
    """
    ### BEGIN SOLUTION
    picture = keras.Variable(start)
    optimizer = keras.optimizers.Adam(learning_rate)
    losses = []
    for _ in range(steps):
        loss, gradients = training.gradients(
            lambda: loss_of(network, picture, wanted), [picture]
        )
        optimizer.apply(gradients, [picture])
        picture.assign(ops.clip(picture, 0, 1))
        losses.append(float(loss))
    return ops.convert_to_numpy(picture), losses
    ### END SOLUTION


# %% [markdown]
# It begins at `start`, and the loss falls (2 points).

# %% nbgrader={"grade_id": "test_paint", "points": 2}
# seed, channels, steps
_cases = [(1, 3, 20)]
### BEGIN HIDDEN TESTS
_cases += [(2, 1, 30)]
### END HIDDEN TESTS
for _seed, _channels, _steps in _cases:
    _network = make_network(_seed, _channels)
    _rng = np.random.default_rng(_seed + 900)
    _goal, _start = _rng.uniform(0.2, 0.8, (2, 1, 8, 8, _channels)).astype("float32")
    _wanted = ops.convert_to_numpy(_network(_goal))
    _first = float(loss_of(_network, _start, _wanted))
    _pair = paint(_network, _wanted.copy(), _start.copy(), steps=_steps)
    _is_pair = isinstance(_pair, (tuple, list)) and len(_pair) == 2
    assert _is_pair, (
        f"paint must return (picture, losses). Received: {type(_pair).__name__}"
    )
    _picture, _losses = _pair
    checks.shape(_picture, _start.shape, "the picture that paint returns")
    assert len(_losses) == _steps, (
        f"paint took {_steps} steps and returned {len(_losses)} losses"
    )
    assert np.isclose(float(_losses[0]), _first, rtol=1e-2), (
        f"the first loss is {float(_losses[0]):.4g}; expected {_first:.4g}, that of "
        "`start`, before any step"
    )
    assert float(_losses[-1]) < 0.5 * _first, (
        f"the loss went from {_first:.4g} to {float(_losses[-1]):.4g} in {_steps} "
        "steps; expected less than half: do the steps go downhill, on the pixels?"
    )
    _received = ops.convert_to_numpy(_picture)
    _last = float(loss_of(make_network(_seed, _channels), _received, _wanted))
    assert _last < 0.6 * _first, (
        f"the returned picture has loss {_last:.4g}, the last one told was "
        f"{float(_losses[-1]):.4g}: is it the picture that was painted?"
    )

# %% [markdown]
# The pixels stay between 0 and 1, and the steps are Adam's (1 point).

# %% nbgrader={"grade_id": "test_paint_bounds", "points": 1}
_network = make_network(3)
_rng = np.random.default_rng(99)
_start = _rng.uniform(0, 1, (1, 8, 8, 3)).astype("float32")
_wanted = 9 * ops.convert_to_numpy(_network(1 - _start))
_picture, _ = paint(_network, _wanted, _start.copy(), steps=8, learning_rate=0.2)
_received = ops.convert_to_numpy(_picture)
assert 0 <= _received.min() <= _received.max() <= 1, (
    f"pixels from {_received.min():.3g} to {_received.max():.3g}; expected 0 to 1: "
    "clip after each step"
)
_picture, _ = paint(_network, _wanted, _start * 0.2 + 0.4, steps=1, learning_rate=0.01)
_moved = np.abs(ops.convert_to_numpy(_picture) - (_start * 0.2 + 0.4))
assert np.isclose(np.median(_moved), 0.01, rtol=0.1), (
    f"the first step moves a pixel by {np.median(_moved):.3g} in the median; Adam with "
    "learning rate 0.01 moves each by about 0.01"
)

# %% [markdown]
# Nothing else moves (2 points).

# %% nbgrader={"grade_id": "test_paint_untouched", "points": 2}
_seeds = [4]
### BEGIN HIDDEN TESTS
_seeds += [5]
### END HIDDEN TESTS
for _seed in _seeds:
    _network = make_network(_seed)
    _rng = np.random.default_rng(_seed + 90)
    _goal, _start = _rng.uniform(0, 1, (2, 1, 8, 8, 3)).astype("float32")
    _wanted = ops.convert_to_numpy(_network(_goal))
    _weights, _kept = _network.get_weights(), _start.copy()
    _picture, _ = paint(_network, _wanted, _start, steps=3)
    checks.unchanged(_network.get_weights(), _weights, "the weights of the network")
    checks.unchanged([_start], [_kept], "the array `start`")
    assert not np.array_equal(ops.convert_to_numpy(_picture), _kept), (
        "three steps did not change a pixel"
    )

# %% [markdown]
# ## Exercise 5: keep the colours (2 points)
#
# A painting takes the style's colours too. To keep those of the photograph, take only
# the *brightness* of the painting (Gatys et al., 2016, arXiv:1606.05897). Brightness is
# Y = 0.299 R + 0.587 G + 0.114 B; adding the same number to R, G and B changes Y by
# that number and leaves the colour difference.
#
# Write `keep_colors(painted, photograph)`: the photograph, with each pixel's three
# channels shifted by one number, so that its brightness is the painting's; then clipped
# to 0…255.


# %% nbgrader={"grade_id": "keep_colors"}
def keep_colors(painted, photograph):
    """Gives a photograph the brightness of a painting.

    Args:
        painted: Array of shape (height, width, 3), 0 to 255.
        photograph: Array of the same shape.

    Returns:
        Array of the same shape, 0 to 255.
    """
    ### BEGIN SOLUTION
    parts = np.array([0.299, 0.587, 0.114])
    shift = (np.asarray(painted, "float64") - photograph) @ parts
    return np.clip(photograph + shift[..., None], 0, 255)
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_keep_colors", "points": 2}
_kinds = ["float32"]
### BEGIN HIDDEN TESTS
_kinds += ["float64", "uint8"]
### END HIDDEN TESTS
for _kind in _kinds:
    _rng = np.random.default_rng(100)
    _painted = _rng.uniform(90, 165, (4, 5, 3)).astype(_kind)
    _photo = _rng.uniform(90, 165, (4, 5, 3)).astype(_kind)
    _y = np.array([0.299, 0.587, 0.114])
    _light, _dark = _painted.astype("float64") @ _y, _photo.astype("float64") @ _y
    _answer = _photo + (_light - _dark)[..., None]
    _back = _painted + (_dark - _light)[..., None]
    _kept = [_painted.copy(), _photo.copy()]
    _call = f"keep_colors of {_kind} pictures"
    _received = keep_colors(_painted, _photo)
    checks.unchanged([_painted, _photo], _kept, "the pictures given to keep_colors")
    checks.shape(_received, (4, 5, 3), _call)
    _received = np.asarray(_received).astype("float64")
    _plain = _photo + (_painted.astype("float64") - _photo).mean(-1, keepdims=True)
    for _fault, _wrong in {
        "the brightness is the photograph's: the two pictures are swapped": _back,
        "brightness is the plain mean of the channels: green counts more": _plain,
        "the result is grey": np.repeat(_light[..., None], 3, -1),
        "channels are multiplied, not shifted": _photo * (_light / _dark)[..., None],
    }.items():
        assert not np.allclose(_received, _wrong, atol=1.1), f"{_call}: {_fault}"
    checks.close(_received, _answer, _call, rtol=0, atol=1.01)
_bright, _dim = np.full((1, 1, 3), 250.0), np.array([[[200.0, 20.0, 20.0]]])
_edge = np.asarray(keep_colors(_bright, _dim)).astype("float64")
assert np.isclose(_edge.max(), 255), (
    f"a pixel that would be too bright is {_edge[0, 0].tolist()}; expected its red at "
    "255, by clipping"
)

# %% [markdown]
# ## Exercise 6: match mean and deviation (2 points)
#
# There is more than one way to describe a style. Huang and Belongie (2017,
# arXiv:1703.06868) take the mean and the standard deviation of each channel. Write
# `match(content, style, epsilon=1e-5)`: for each picture and each channel, take off the
# content's mean over all positions, divide by √(its variance + epsilon), multiply with
# √(the style's variance + epsilon), and add the style's mean.


# %% nbgrader={"grade_id": "match"}
def match(content, style, epsilon=1e-5):
    """Gives features the means and deviations of others.

    Args:
        content: Tensor of shape (batch, height, width, channels).
        style: Tensor (batch, other height, other width, channels).
        epsilon: Float, keeps the division finite where a channel is flat.

    Returns:
        Tensor of the shape of `content`.
    """
    ### BEGIN SOLUTION
    mean, variance = ops.moments(content, (1, 2), keepdims=True)
    goal_mean, goal_variance = ops.moments(style, (1, 2), keepdims=True)
    x = (content - mean) / ops.sqrt(variance + epsilon)
    return x * ops.sqrt(goal_variance + epsilon) + goal_mean
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_match", "points": 2}
_cases = [((2, 4, 5, 3), (2, 3, 6, 3))]
### BEGIN HIDDEN TESTS
_cases += [((1, 6, 6, 2), (1, 6, 6, 2)), ((3, 2, 7, 4), (3, 5, 5, 4))]
### END HIDDEN TESTS
for _here, _there in _cases:
    _x = drawn(101, *_here)
    _s = (2 + 3 * drawn(102, *_there) * np.arange(1, _there[-1] + 1)).astype("float32")
    _s[0] *= 0.5
    _call = f"match of {_here} and {_there}"
    _received = match(_x, _s)
    checks.shape(_received, _here, _call)
    _received = ops.convert_to_numpy(_received)
    _mean, _deviation = _received.mean((1, 2)), _received.std((1, 2))
    assert not np.allclose(_mean, _x.mean((1, 2)), rtol=1e-2), (
        f"{_call}: the means are still the content's"
    )
    assert np.allclose(_mean, _s.mean((1, 2)), rtol=1e-2), (
        f"{_call}: the mean of a channel is {_mean[0, 0]:.4g}; expected the style's, "
        f"{_s.mean((1, 2))[0, 0]:.4g}, for each picture and channel by itself"
    )
    assert not np.allclose(_deviation, _s.var((1, 2)), rtol=1e-2), (
        f"{_call}: variances are used where standard deviations belong"
    )
    assert np.allclose(_deviation, _s.std((1, 2)), rtol=1e-2), (
        f"{_call}: the deviation of a channel is {_deviation[0, 0]:.4g}; expected the "
        f"style's, {_s.std((1, 2))[0, 0]:.4g}"
    )
_flat = ops.convert_to_numpy(
    match(np.ones((1, 3, 3, 2), "float32"), drawn(3, 1, 3, 3, 2))
)
assert np.isfinite(_flat).all(), "a flat channel gives NaN: is epsilon missing?"
