# %% [markdown]
# # Assignment 04: residual networks
#
# Chapter 04 built the basic residual block, after the paper of 2015. Here you build
# its neighbours: the bottleneck with its stride in another place, the block whose
# shortcut is left alone, and networks that are written down as a list. Then you hold
# plain blocks against residual ones, and train.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | When the shortcut needs a projection | 2 |
# | 2 | The bottleneck block | 5 |
# | 3 | The pre-activation block | 4 |
# | 4 | A stage and a network from a list | 4 |
# | 5 | The gradient at every depth, plain and residual | 2 |
# | 6 | Train, and judge on fresh data | 3 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one, with one exception, which says so. What a test expects stands in
# `expected.json`, beside this notebook. Tensors are channels-last: (batch, height,
# width, channels).
#
# Where a block normalises, use Keras's `BatchNormalization` or a layer that keeps the
# same four vectors for each channel. Momentum, epsilon and initial values are yours to
# choose, and so are the layers, functions or classes that you write a block with.

# %% nbgrader={"grade_id": "setup"}
import warnings
from itertools import pairwise

import keras
import numpy as np
from keras import layers, ops

from layerwise import checks, training

checks.short_errors()
# `keras.Model([x], y)` is right too: Keras remarks on it, and some graders take every
# remark for an error.
warnings.filterwarnings("ignore", "The structure of `inputs` doesn't match")

# %% [markdown]
# The next cell is given. `given_block` and `plain_block` stand in for your own blocks
# where a stage or a network is tested. The others draw images and weights for the
# tests.

# %% nbgrader={"grade_id": "given"}
# The size of all that the tests let a normalisation see: beside it no epsilon counts.
SCALE = 32


def given_block(x, filters, strides=1):
    """A small block that always projects: conv(relu(x)) + projection(x).

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, channels that the block puts out.
        strides: Integer, of both convolutions.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, filters).
    """
    y = layers.ReLU()(x)
    y = layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(y)
    side = layers.Conv2D(filters, 1, strides, use_bias=False)(x)
    return layers.Add()([y, side])


def plain_block(x, filters, strides=1):
    """A block without a shortcut: conv(relu(x))."""
    x = layers.ReLU()(x)
    return layers.Conv2D(filters, 3, strides, padding="same", use_bias=False)(x)


def images(*dims, count=2):
    """Draws images, always the same for one shape (height, width, channels)."""
    rng = np.random.default_rng(dims)
    return rng.normal(0, SCALE, (count, *dims)).astype("float32")


def drawn(dims, seed=1):
    """Draws a kernel that depends on its shape and the seed alone.

    Args:
        dims: Tuple (height, width, channels in, channels out). A dense kernel counts as
            one of 1×1.
        seed: Integer.

    Returns:
        `float32` array of shape `dims`.
    """
    full = (1,) * (4 - len(dims)) + tuple(dims)
    kernel = np.random.default_rng([seed, *full]).normal(size=full)
    return (2 * kernel / np.sqrt(np.prod(full[:3]))).reshape(dims).astype("float32")


def redraw(model, seed=1):
    """Gives a model new weights: kernels are drawn, every vector becomes `SCALE`."""
    model.set_weights(
        [
            drawn(w.shape, seed) if w.ndim > 1 else np.full_like(w, SCALE)
            for w in model.get_weights()
        ]
    )
    return model


def built(make, dims, seed=1, **arguments):
    """Makes a model of a function on images of shape `dims`; weights are drawn."""
    return redraw(checks.as_model(make, dims, **arguments), seed)


def kernels_of(model):
    """Lists a model's kernels, such as `"3×3 4→6"`, in order of the alphabet."""
    shapes = [(1, 1, *w.shape)[-4:] for w in model.get_weights() if w.ndim > 1]
    return sorted(f"{a}×{b} {c}→{d}" for a, b, c, d in shapes)


def beside_kernels(model):
    """Counts a model's weights that are in vectors: of normalisations, and biases."""
    return sum(w.size for w in model.get_weights() if w.ndim == 1)


# %% [markdown]
# ## Exercise 1: when the shortcut needs a projection (2 points)
#
# A block adds its input to what its convolutions make. The two must agree in height, in
# width and in channels. Where they do, the shortcut is the input itself and costs
# nothing. Where they do not, a 1×1 convolution, the *projection*, gives the input the
# right shape.
#
# Write `needs_projection(channels, filters, strides=1)` for a **bottleneck** block:
# three convolutions with `filters`, `filters` and `4 * filters` channels, one of which
# has the stride. It returns `True` or `False`.
#
# | call | result | why |
# |---|---|---|
# | `needs_projection(256, 64, 1)` | `False` | 256 channels in, 4 × 64 out, same size |
# | `needs_projection(256, 64, 2)` | `True` | the image gets smaller |
# | `needs_projection(256, 128, 1)` | `True` | 256 channels in, 512 out |


# %% nbgrader={"grade_id": "needs_projection"}
def needs_projection(channels, filters, strides=1):
    """Says whether a bottleneck block's shortcut needs a projection.

    Args:
        channels: Integer, channels of the block's input.
        filters: Integer, channels of its 3×3 convolution; it puts out four times that.
        strides: Integer, the block's stride.

    Returns:
        `True` or `False`.
    """
    ### BEGIN SOLUTION
    return strides != 1 or channels != 4 * filters
    ### END SOLUTION


# %% tags=["expected"]
for case, needed in [
    ((256, 64, 1), False),
    ((256, 64, 2), True),
    ((256, 128, 1), True),
    ((64, 64, 1), True),
]:
    expect(
        "needs_projection(channels={}, filters={}, strides={})".format(*case), needed
    )

# %% nbgrader={"grade_id": "test_needs_projection", "points": 2}
_cases = [(256, 64, 1), (256, 64, 2), (256, 128, 1), (64, 64, 1)]
for _case, _found in zip(_cases, checks.each(needs_projection, _cases), strict=True):
    _call = "needs_projection(channels={}, filters={}, strides={})".format(*_case)
    checks.answer(_found, _call)
### BEGIN HIDDEN TESTS
_cases = [(4, 1), (8, 1), (1024, 256), (64, 16), (96, 32), (12, 3, 3), (12, 4, 3)]
for _filters in np.random.default_rng(41).integers(1, 200, 20).tolist():
    for _channels in (4 * _filters, _filters, 2 * _filters, 4 * _filters + 1):
        _cases += [(_channels, _filters, _strides) for _strides in (1, 2, 3)]
_right = [reference_needs_projection(*_case) for _case in _cases]
_received = checks.each(needs_projection, _cases)
for _case, _found, _wanted in zip(_cases, _received, _right, strict=True):
    checks.judge(_found, _wanted, what=f"needs_projection{_case}")
### END HIDDEN TESTS
checks.passed("four blocks")

# %% [markdown]
# ## Exercise 2: the bottleneck block (5 points)
#
# `layerwise.models.resnet.bottleneck_block` follows the paper: its first 1×1
# convolution has the stride. A 1×1 kernel that steps by 2 looks at one pixel in four
# and throws the others away. The form called ResNet "v1.5" has the stride in the 3×3
# convolution, which looks at every pixel. Write that block.
#
# `bottleneck(x, filters, strides=1)` takes a Keras tensor (batch, height, width,
# channels) and returns one of shape (batch, height / strides, width / strides,
# 4 * filters), sizes rounded up:
#
# 1. convolution 1×1 with `filters` channels, batch normalisation, ReLU;
# 2. convolution 3×3 with `filters` channels **and the stride**, padded so that stride 1
#    keeps the size, batch normalisation, ReLU;
# 3. convolution 1×1 with `4 * filters` channels, batch normalisation;
# 4. the shortcut: `x` itself; only where shapes differ, a 1×1 convolution with the
#    stride and batch normalisation, without ReLU;
# 5. the sum of 3 and 4, and then ReLU.
#
# No convolution has a bias: the normalisation after it subtracts the mean, and any bias
# with it.
#
#     inputs = keras.Input((56, 56, 64))
#     bottleneck(inputs, 64).shape             # (None, 56, 56, 256)
#     bottleneck(inputs, 128, strides=2).shape # (None, 28, 28, 512)
#
# A common mistake: ReLU on both paths before they are added. Then the block can only
# add, never subtract.


# %% nbgrader={"grade_id": "bottleneck"}
def bottleneck(x, filters, strides=1):
    """Bottleneck block with its stride in the 3×3 convolution.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, channels of the first two convolutions.
        strides: Integer, of the 3×3 convolution and of the projection.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, 4 * filters).
    """

    ### BEGIN SOLUTION
    def conv_bn(x, filters, kernel_size, strides=1):
        x = layers.Conv2D(filters, kernel_size, strides, "same", use_bias=False)(x)
        return layers.BatchNormalization()(x)

    y = layers.ReLU()(conv_bn(x, filters, 1))
    y = layers.ReLU()(conv_bn(y, filters, 3, strides))
    y = conv_bn(y, 4 * filters, 1)
    if strides != 1 or x.shape[-1] != 4 * filters:
        x = conv_bn(x, 4 * filters, 1, strides)
    return layers.ReLU()(layers.Add()([x, y]))
    ### END SOLUTION


# %% tags=["expected"]
def conv(x, dims, strides=1, seed=1):
    """Convolves with the kernel that is drawn for a shape; padded to keep the size."""
    pads = []
    for size, side in zip(x.shape[1:3], dims, strict=False):
        total = max((-(-size // strides) - 1) * strides + side - size, 0)
        pads.append((total // 2, total - total // 2))
    x = np.pad(x, [(0, 0), *pads, (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(x, dims[:2], (1, 2))
    kernel = drawn(dims, seed).astype("float64")
    return np.einsum("bhwcij,ijcd->bhwd", windows[:, ::strides, ::strides], kernel)


def norm(x):
    """Normalises as in training mode, where gamma and beta are `SCALE`."""
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    return SCALE * ((x - mean) / np.sqrt(variance + 1e-3) + 1)


def relu(x):
    """Returns what is positive."""
    return np.maximum(x, 0)


def bottleneck_as(
    x,
    f,
    steps=(1, 1, 1),
    inner="norm relu",
    last="sum relu",
    norms=(1, 1, 1, 1),
    side=None,
    main=1,
):
    """Computes a bottleneck in training mode, right or with a mistake."""
    c = x.shape[-1]
    parts = {"norm": norm, "relu": relu}
    y = x = x.astype("float64")
    for place, (size, before) in enumerate([(1, c), (3, f)]):
        y = conv(y, (size, size, before, f), steps[place])
        for part in inner.split():
            y = parts[part](y) if part == "relu" or norms[place] else y
    y = conv(y, (1, 1, f, 4 * f), steps[2])
    y = main * (norm(y) if norms[2] else y)
    if last.startswith("relu"):
        y = relu(y)
    side = side or ("x" if c == 4 * f and max(steps) == 1 else "projection")
    if side.startswith("projection"):
        x = conv(x, (1, 1, c, 4 * f), max(steps))
        x = norm(x) if norms[3] else x
    y = y + (0 if side == "none" else relu(x) if side.endswith("relu") else x)
    return relu(y) if last.endswith("relu") else y


def bottleneck_expected(x, f, seed=1):
    """Returns what the block makes of images, common mistakes, and what is judged
    elsewhere: a normalisation that is missing, a projection that is not needed."""
    right = bottleneck_as(x, f)
    own = "x" if x.shape[-1] == 4 * f else "projection"
    changes = {
        "ReLU comes before the addition too: expected it only after": {
            "last": "relu sum relu"
        },
        "ReLU comes before the addition: expected it after": {"last": "relu sum"},
        "no ReLU follows the addition": {"last": "sum"},
        "the shortcut is not added": {"side": "none"},
        "what the convolutions make is not added": {"main": 0},
        "ReLU is missing between the convolutions": {"inner": "norm"},
        "ReLU comes before the normalisation: expected it after": {
            "inner": "relu norm"
        },
        "ReLU follows the shortcut": {"side": f"{own} relu"},
    }
    mistakes = {name: bottleneck_as(x, f, **change) for name, change in changes.items()}
    also = [
        bottleneck_as(x, f, norms=norms, side=side)
        for side in {own, "projection"}
        for norms in [(1, 1, 1, 1), *MISSING]
        if (side, norms) != (own, (1, 1, 1, 1))
    ]
    return right, mistakes, also


MISSING = [(0, 1, 1, 1), (1, 0, 1, 1), (1, 1, 0, 1), (1, 1, 1, 0), (0, 0, 0, 0)]


def count_mistakes(right, *sizes):
    """Names counts that are too high by biases, or too low by normalisations."""
    sums = {0}
    for size in sizes:
        sums |= {total + size for total in sums}
    found = {}
    for n in sorted(sums - {0}):
        found[f"{n} too many: does a convolution have a bias?"] = right + n
        found[f"{4 * n} too few: is a normalisation missing?"] = right - 4 * n
    return found


def bottleneck_weights(c, f, strides=1):
    """Returns the questions on a bottleneck's weights: answers and mistakes."""
    main = [(1, c, f), (3, f, f), (1, f, 4 * f)]
    side = [(1, c, 4 * f)]
    needed = strides != 1 or c != 4 * f
    kernels, others = (
        sorted(f"{k}×{k} {a}→{b}" for k, a, b in found)
        for found in (main + side * needed, main + side * (not needed))
    )
    fault = (
        "no projection takes part"
        if needed
        else "there is a projection, though the input has the output's shape"
    )
    widths = [f, f, 4 * f] + [4 * f] * needed
    return (kernels, {fault: others}), (
        4 * sum(widths),
        count_mistakes(4 * sum(widths), *widths),
    )


for c in (6, 16):
    call = f"bottleneck(filters=4) on {c} channels"
    kernels, others = bottleneck_weights(c, 4)
    expect(f"the list of kernels of {call}", *kernels)
    expect(f"the number of weights beside the kernels of {call}", *others)
expect(
    "bottleneck(filters=2) of images (3, 3, 8) in training mode",
    *bottleneck_expected(images(3, 3, 8), 2),
)

# %% [markdown]
# Shapes (1 point).

# %% nbgrader={"grade_id": "test_bottleneck_shape", "points": 1}
for _dims, _strides, _shape in [
    ((8, 8, 6), 2, (2, 4, 4, 16)),
    ((8, 8, 16), 1, (2, 8, 8, 16)),
]:
    _found = built(bottleneck, _dims, filters=4, strides=_strides)(images(*_dims))
    _call = f"bottleneck(filters=4, strides={_strides}) of two images {_dims}"
    checks.shape(_found, _shape, _call)
### BEGIN HIDDEN TESTS
_found = built(bottleneck, (7, 10, 12), filters=3, strides=3)(images(7, 10, 12))
checks.shape(_found, (2, 3, 4, 12), "bottleneck(filters=3, strides=3) of (7, 10, 12)")
_block = built(bottleneck, (1, 5, 7), filters=5)
_found = ops.convert_to_numpy(_block(images(1, 5, 7)))
checks.shape(_found, (2, 1, 5, 20), "bottleneck(filters=5) of images (1, 5, 7)")
assert not np.allclose(*_found), "bottleneck puts out the same for two images"
### END HIDDEN TESTS
checks.passed("shapes")

# %% [markdown]
# Weights: no bias, and a projection only where it is needed (1 point).

# %% nbgrader={"grade_id": "test_bottleneck_weights", "points": 1}
for _c in (6, 16):
    _block = built(bottleneck, (6, 6, _c), filters=4)
    _call = f"bottleneck(filters=4) on {_c} channels"
    checks.answer(kernels_of(_block), f"the list of kernels of {_call}")
    _count = beside_kernels(_block)
    checks.answer(_count, f"the number of weights beside the kernels of {_call}")
### BEGIN HIDDEN TESTS
for _c, _f, _strides in [(20, 5, 2), (2, 2, 1)]:
    _kernels, _others = bottleneck_weights(_c, _f, _strides)
    _block = built(bottleneck, (4, 4, _c), filters=_f, strides=_strides)
    _call = f"bottleneck(filters={_f}, strides={_strides}) on {_c} channels"
    checks.judge(kernels_of(_block), *_kernels, f"the list of kernels of {_call}")
    _what = f"the number of weights beside the kernels of {_call}"
    checks.judge(beside_kernels(_block), *_others, _what)
    _one = ops.convert_to_numpy(_block(images(4, 4, _c)))
    _other = ops.convert_to_numpy(redraw(_block, 2)(images(4, 4, _c)))
    assert not np.allclose(_one, _other), f"{_call} puts out the same with new weights"
### END HIDDEN TESTS
checks.passed("projection", "no bias", "normalisations")

# %% [markdown]
# The stride is in the 3×3 convolution (2 points). Two images agree in one pixel of
# four, where a 1×1 kernel with stride 2 looks.

# %% nbgrader={"grade_id": "test_bottleneck_stride", "points": 2}
_image = images(7, 7, 6)
_wiped = np.zeros_like(_image)
_wiped[:, ::2, ::2] = _image[:, ::2, ::2]
_block = built(bottleneck, (7, 7, 6), filters=4, strides=2)
_one, _other = (ops.convert_to_numpy(_block(_x)) for _x in (_image, _wiped))
checks.shape(_one, (2, 4, 4, 16), "bottleneck(filters=4, strides=2) of (7, 7, 6)")
assert not np.allclose(_one, _other, rtol=1e-3), (
    "the output does not change when three pixels in four are wiped out, as if the "
    "first 1×1 convolution had the stride: expected it in the 3×3"
)
### BEGIN HIDDEN TESTS


def _same(found, wanted):
    found = ops.convert_to_numpy(found)
    return found.shape == wanted.shape and np.allclose(found, wanted, 1e-2, 0.1)


for _dims, _f, _s in [((7, 9, 5), 3, 2), ((7, 10, 6), 2, 3)]:
    _call = f"bottleneck(filters={_f}, strides={_s}) of images {_dims}"
    _right = bottleneck_as(images(*_dims), _f, (1, _s, 1))
    _plainly = bottleneck_as(images(*_dims), _f)
    _plain = built(bottleneck, _dims, filters=_f)
    _strided = built(bottleneck, _dims, filters=_f, strides=_s)
    _some = ops.convert_to_numpy(_strided(images(*_dims)))
    _all = ops.convert_to_numpy(_plain(images(*_dims)))
    # Both sides are the student's: a stride leaves out pixels, and changes none.
    _kept = np.allclose(_some, _all[:, ::_s, ::_s], 1e-2, 1)
    assert _kept, (
        f"{_call}: expected what the block with stride 1 and the same weights puts "
        f"out, at one pixel in {_s * _s}"
    )
    _found = _strided(images(*_dims), training=True)
    if _same(_found, _right):
        continue
    # Normalisations tell whether the last convolution has the stride. What else is
    # wrong with the block is judged by the other tests.
    for _last in ("sum relu", "relu sum", "relu sum relu", "sum"):
        for _inner in ("norm relu", "relu norm", "norm", "relu"):
            for _norms in [(1, 1, 1, 1), *MISSING]:
                for _side in ("projection", "projection relu", "none"):
                    _late = bottleneck_as(
                        images(*_dims), _f, (1, 1, _s), _inner, _last, _norms, _side
                    )
                    assert not _same(_found, _late), (
                        f"{_call}: the stride is in the last 1×1 convolution, or after "
                        "the 3×3; expected it in the 3×3"
                    )
    assert not _same(_plain(images(*_dims), training=True), _plainly), (
        f"{_call}: it is not the right block, though with stride 1 it is"
    )
### END HIDDEN TESTS
checks.passed("every pixel counts")

# %% [markdown]
# Normalisation, ReLU, and the sum before the last ReLU (1 point).

# %% nbgrader={"grade_id": "test_bottleneck_order", "points": 1}
_found = built(bottleneck, (3, 3, 8), filters=2)(images(3, 3, 8), training=True)
_call = "bottleneck(filters=2) of images (3, 3, 8) in training mode"
checks.answer(_found, _call, atol=0.05)
### BEGIN HIDDEN TESTS
for _dims, _f in [((5, 4, 7), 3), ((7, 7, 12), 3), ((1, 6, 5), 2)]:
    _right, _mistakes, _also = bottleneck_expected(images(*_dims), _f)
    _call = f"bottleneck(filters={_f}) of images {_dims}"
    try:
        _block = built(bottleneck, _dims, filters=_f)
    except (TypeError, ValueError):
        # Whether a block can be made where shapes differ is judged by other tests.
        continue
    _found = _block(images(*_dims), training=True)
    _what = f"{_call} in training mode"
    checks.judge(_found, _right, _mistakes, _what, atol=0.05, also=_also)
_block, _x = built(bottleneck, (4, 4, 8), filters=2), images(4, 4, 8)
# Both sides are the student's: in inference mode each image is for itself.
checks.close(_block(_x)[:1], _block(_x[:1]), "the first image's output", 1e-3, 0.1)
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# ## Exercise 3: the pre-activation block (4 points)
#
# In the block of 2015 a ReLU follows the addition, so that the shortcut is cut off at
# every block: what is negative does not pass. He, Zhang, Ren and Sun (2016,
# arXiv:1603.05027) moved normalisation and ReLU *before* each convolution. Nothing
# follows the addition, and a block whose convolutions are zero is **exactly** the
# identity.
#
# `preact_block(x, filters, strides=1)` returns a tensor of shape (batch,
# height / strides, width / strides, filters), sizes rounded up:
#
# 1. batch normalisation, ReLU, convolution 3×3 with the stride;
# 2. batch normalisation, ReLU, convolution 3×3;
# 3. the shortcut: `x` itself; where shapes differ, a bare 1×1 convolution with the
#    stride, of `x` or of what the first ReLU makes of it (you find both in use);
# 4. the sum of 2 and 3, and nothing after it.
#
# No convolution has a bias; padding keeps the size where the stride is 1. Both
# convolutions have `filters` channels.
#
#     inputs = keras.Input((28, 28, 16))
#     preact_block(inputs, 16).shape            # (None, 28, 28, 16)
#     preact_block(inputs, 32, strides=2).shape # (None, 14, 14, 32)
#
# A common mistake: overwriting `x` with what the first ReLU makes of it, and then
# adding that.


# %% nbgrader={"grade_id": "preact_block"}
def preact_block(x, filters, strides=1):
    """Basic block with normalisation and ReLU before each convolution.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, channels of both convolutions.
        strides: Integer, of the first convolution and of the projection.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, filters).
    """

    ### BEGIN SOLUTION
    def conv(x, kernel_size, strides):
        return layers.Conv2D(filters, kernel_size, strides, "same", use_bias=False)(x)

    y = layers.ReLU()(layers.BatchNormalization()(x))
    y = conv(y, 3, strides)
    y = layers.ReLU()(layers.BatchNormalization()(y))
    y = conv(y, 3, 1)
    if strides != 1 or x.shape[-1] != filters:
        x = conv(x, 1, strides)
    return layers.Add()([x, y])
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_silent"}
def silent(block, dims, **arguments):
    """Makes a model of a block whose kernels are zero, and all else as it was made."""
    model = checks.as_model(block, dims, **arguments)
    weights = model.get_weights()
    model.set_weights([np.zeros_like(w) if w.ndim > 1 else w for w in weights])
    return model


# %% tags=["expected"]
def identity_mistakes(x):
    """Returns what a block whose kernels are zero gives with a mistake."""
    normed = x.astype("float64") / np.sqrt(1 + 1e-3)
    return {
        "its input is not added, or is projected": np.zeros_like(x),
        "negative numbers became 0: is there a ReLU after the addition?": relu(x),
        "the shortcut is what the first ReLU makes of the input": relu(normed),
        "the shortcut is what the first normalisation makes of the input": normed,
    }


def preact_as(
    x, f, steps=(1, 1), order="norm relu conv", side="x", projects=None, after=False
):
    """Computes a pre-activation block in training mode, right or with a mistake."""
    c = x.shape[-1]
    y = first = x = x.astype("float64")
    for place, before in enumerate((c, f)):
        for part in order.split():
            if part == "conv":
                y = conv(y, (3, 3, before, f), steps[place])
            else:
                y = norm(y) if part == "norm" else relu(y)
            first = y if part == "relu" and place == 0 else first
    if projects is None:
        projects = c != f or max(steps) != 1
    x = first if side == "relu" else x
    x = conv(x, (1, 1, c, f), max(steps)) if projects else x
    y = y + (0 if side == "none" else x)
    return relu(y) if after else y


def preact_expected(x, f, strides=1):
    """Returns what the block makes of images, common mistakes, and what the text
    leaves open or the test of the identity judges."""
    c, steps = x.shape[-1], (strides, 1)
    changes = {
        "ReLU comes before the normalisation": {"order": "relu norm conv"},
        "ReLU is missing": {"order": "norm conv"},
        "ReLU comes after the convolution: expected it before": {
            "order": "norm conv relu"
        },
        "the second convolution has the stride: expected the first": {
            "steps": (1, strides)
        },
        "the shortcut is not added": {"side": "none"},
    }
    if c == f:
        changes["the convolution comes first, then normalisation and ReLU"] = {
            "order": "conv norm relu"
        }
    mistakes = {
        name: preact_as(x, f, **{"steps": steps} | change)
        for name, change in changes.items()
    }
    ways = {c != f or strides != 1, True}
    also = [
        preact_as(x, f, steps, side=side, projects=way, after=after)
        for side in ("x", "relu")
        for way in ways
        for after in (False, True)
    ]
    return preact_as(x, f, steps), mistakes, also


def preact_weights(c, f, strides=1):
    """Returns the questions on a block's weights: answers and mistakes."""
    main, side = [f"3×3 {c}→{f}", f"3×3 {f}→{f}"], [f"1×1 {c}→{f}"]
    needed = c != f or strides != 1
    right = 4 * (c + f)
    others = count_mistakes(right, f, f, f)
    others["the normalisations have other sizes"] = 8 * f
    kernels = sorted(main + side) if needed else sorted(main)
    mistakes = {"no projection takes part": sorted(main)} if needed else {}
    return (kernels, mistakes), (right, others)


expect(
    "preact_block(filters=3) of images (4, 4, 3) with kernels of zero",
    images(4, 4, 3),
    identity_mistakes(images(4, 4, 3)),
)
call = "preact_block(filters=3, strides=2) of images (5, 5, 2)"
kernels, others = preact_weights(2, 3, 2)
expect(f"the list of kernels of {call}", *kernels)
expect(f"the number of weights beside the kernels of {call}", *others)
expect(f"{call} in training mode", *preact_expected(images(5, 5, 2), 3, 2))

# %% [markdown]
# With convolutions of zero the block is the identity, to the bit (2 points).

# %% nbgrader={"grade_id": "test_preact_identity", "points": 2}
_call = "preact_block(filters=3) of images (4, 4, 3)"
_found = silent(preact_block, (4, 4, 3), filters=3)(images(4, 4, 3))
checks.answer(_found, f"{_call} with kernels of zero", rtol=1e-4)
_found = ops.convert_to_numpy(_found)
assert np.array_equal(_found, images(4, 4, 3)), f"{_call}: some bits are others"
_found = ops.convert_to_numpy(built(preact_block, (4, 4, 3), filters=3)(_found))
assert not np.allclose(_found, images(4, 4, 3)), f"{_call}: nothing is added to them"
### BEGIN HIDDEN TESTS
for _dims in [(5, 8, 6), (1, 3, 1)]:
    _call = f"preact_block(filters={_dims[-1]}) of images {_dims}"
    _found = silent(preact_block, _dims, filters=_dims[-1], strides=1)(images(*_dims))
    _wrong = identity_mistakes(images(*_dims))
    _what = f"{_call} with kernels of zero"
    checks.judge(_found, images(*_dims), _wrong, _what, rtol=1e-4)
    _found = ops.convert_to_numpy(_found)
    assert np.array_equal(_found, images(*_dims)), f"{_call}: some bits are others"
### END HIDDEN TESTS
checks.passed("identity")

# %% [markdown]
# The order inside, and a projection where it is needed (2 points).

# %% nbgrader={"grade_id": "test_preact_order", "points": 2}
_call = "preact_block(filters=3, strides=2) of images (5, 5, 2)"
_block = built(preact_block, (5, 5, 2), filters=3, strides=2)
checks.answer(kernels_of(_block), f"the list of kernels of {_call}")
_count = beside_kernels(_block)
checks.answer(_count, f"the number of weights beside the kernels of {_call}")
_found = _block(images(5, 5, 2), training=True)
checks.answer(_found, f"{_call} in training mode", atol=0.1)
### BEGIN HIDDEN TESTS
for _dims, _f, _strides in [
    ((7, 5, 3), 3, 2),
    ((4, 6, 4), 4, 1),
    ((7, 4, 2), 5, 3),
    ((3, 5, 6), 2, 1),
]:
    _call = f"preact_block(filters={_f}, strides={_strides}) of images {_dims}"
    _kernels, _others = preact_weights(_dims[-1], _f, _strides)
    _right, _mistakes, _also = preact_expected(images(*_dims), _f, _strides)
    _block = built(preact_block, _dims, filters=_f, strides=_strides)
    if _f != _dims[-1] or _strides != 1:
        checks.judge(kernels_of(_block), *_kernels, f"the list of kernels of {_call}")
        _what = f"the number of weights beside the kernels of {_call}"
        checks.judge(beside_kernels(_block), *_others, _what)
    _found = _block(images(*_dims), training=True)
    _what = f"{_call} in training mode"
    checks.judge(_found, _right, _mistakes, _what, atol=0.1, also=_also)
### END HIDDEN TESTS
checks.passed("weights", "values")

# %% [markdown]
# ## Exercise 4: a stage and a network from a list (4 points)
#
# A ResNet is a list of stages, and a stage is a list of blocks. In the chapter all
# blocks of a stage have the same number of filters. In a PyramidNet (Han, Kim and Kim,
# 2017, arXiv:1610.02915) the number grows from block to block. So here a stage is a
# list of numbers, one for each block.
#
# **First**, `stage(x, block, widths, strides=1)` runs `block` once for each entry of
# `widths`, with that many filters. Only the **first** block has the stride; the others
# have stride 1. `block` is a function that is called as `block(x, filters, strides)`,
# such as `given_block`. The list `widths` has at least one entry, and must not change.
#
#     inputs = keras.Input((28, 28, 16))
#     stage(inputs, given_block, [20, 24, 28], strides=2).shape # (None, 14, 14, 28)
#
# A common mistake: the stride in every block. Three blocks then shrink the image eight
# times.


# %% nbgrader={"grade_id": "stage"}
def stage(x, block, widths, strides=1):
    """Blocks in a row, of which the first may shrink the image.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        block: Function, called as `block(x, filters, strides)`.
        widths: List of integers, the filters of each block; at least one.
        strides: Integer, of the first block.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, widths[-1]).
    """
    ### BEGIN SOLUTION
    for index, filters in enumerate(widths):
        x = block(x, filters, strides if index == 0 else 1)
    return x
    ### END SOLUTION


# %% tags=["expected"]
def stage_as(x, widths, steps, plain=False):
    """Computes blocks in a row, `plain_block` or `given_block`."""
    x = x.astype("float64")
    for width, step in zip(widths, steps, strict=True):
        c = x.shape[-1]
        y = conv(relu(x), (3, 3, c, width), step)
        x = y if plain else y + conv(x, (1, 1, c, width), step)
    return x


def stage_expected(x, widths, strides=1, plain=False):
    """Returns what a stage makes of images, and what mistakes make of them."""
    n = len(widths)
    ones = [1] * n
    right = [strides, *ones[1:]]
    changes = {
        "every block has the stride: expected it in the first alone": (
            widths,
            [strides] * n,
        ),
        "no block has the stride": (widths, ones),
        "the last block has the stride: expected the first": (
            widths,
            [*ones[1:], strides],
        ),
        "the first block is there twice": ([widths[0], *widths], [*right, 1]),
        "the last block is there twice": ([*widths, widths[-1]], [*right, 1]),
        "all blocks have the filters of the first": ([widths[0]] * n, right),
        "all blocks have the filters of the last": ([widths[-1]] * n, right),
        "the blocks come in reverse order": (widths[::-1], right),
    }
    if n > 1:
        changes["the last block is missing"] = (widths[:-1], right[:-1])
        changes["the first block is missing"] = (widths[1:], right[:-1])
    mistakes = {
        name: stage_as(x, *change, plain)
        for name, change in changes.items()
        if change != (widths, right)
    }
    return stage_as(x, widths, right, plain), mistakes


expect(
    "stage of widths [4, 6, 5] and stride 2, of images (5, 5, 2)",
    *stage_expected(images(5, 5, 2), [4, 6, 5], 2),
)

# %% nbgrader={"grade_id": "test_stage", "points": 2}
_widths = [4, 6, 5]
_model = built(stage, (5, 5, 2), block=given_block, widths=_widths, strides=2)
_call = "stage of widths [4, 6, 5] and stride 2, of images (5, 5, 2)"
checks.answer(_model(images(5, 5, 2)), _call, atol=0.5)
assert _widths == [4, 6, 5], f"stage changed its argument: widths is now {_widths}"
### BEGIN HIDDEN TESTS
for _dims, _widths, _block, _strides in [
    ((7, 6, 3), [3, 3, 5, 2], given_block, 3),
    ((4, 5, 2), [3], plain_block, 2),
    ((4, 3, 1), [5, 2, 4], plain_block, 1),
]:
    _right = stage_expected(images(*_dims), _widths, _strides, _block == plain_block)
    _call = f"stage of widths {_widths} and stride {_strides}, of images {_dims}"
    _more = {} if _strides == 1 else {"strides": _strides}
    _model = built(stage, _dims, block=_block, widths=list(_widths), **_more)
    checks.judge(_model(images(*_dims)), *_right, _call, atol=0.5)
### END HIDDEN TESTS
checks.passed("values", "widths unchanged")

# %% [markdown]
# **Then**, `network(config, block, input_shape, num_classes)` makes a whole
# `keras.Model`. `config` is a list with a pair `(widths, strides)` for each stage. The
# network is of the pre-activation kind:
#
# 1. a 3×3 convolution without bias, stride 1, size kept, with as many channels as the
#    first block of the first stage; no normalisation, no ReLU;
# 2. the stages, made of `block`;
# 3. batch normalisation and ReLU: after the last addition nothing has done that yet;
# 4. global average pooling;
# 5. a dense layer with `num_classes` outputs and a bias. They are logits: no softmax.
#
# You may use your `stage`. If it does not work yet, the second of the two tests below
# is likely to fail too; the first has one block in each stage.
#
#     config = [([8, 8], 1), ([12, 16], 2)]
#     network(config, given_block, (32, 32, 3), 10).output_shape # (None, 10)
#
# `config`, with the lists in it, must not change: somebody may want to build a second
# network from it.


# %% nbgrader={"grade_id": "network"}
def network(config, block, input_shape=(28, 28, 1), num_classes=10):
    """A pre-activation residual network from a configuration list.

    Args:
        config: List of pairs `(widths, strides)`, one for each stage.
        block: Function, called as `block(x, filters, strides)`.
        input_shape: Tuple `(height, width, channels)`.
        num_classes: Integer.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to logits
        (batch, num_classes).
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(config[0][0][0], 3, padding="same", use_bias=False)(inputs)
    for widths, strides in config:
        x = stage(x, block, widths, strides)
    x = layers.ReLU()(layers.BatchNormalization()(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(num_classes)(x))
    ### END SOLUTION


# %% tags=["expected"]
def network_as(
    x, stages, classes, plain=False, stem="", end="norm relu", pool="mean", last="bias"
):
    """Computes a network in training mode, right or with a mistake."""
    parts = {"norm": norm, "relu": relu}
    x = conv(x.astype("float64"), (3, 3, x.shape[-1], stages[0][0][0]))
    for part in stem.split():
        x = parts[part](x)
    for widths, steps in stages:
        x = stage_as(x, widths, steps, plain)
    for part in end.split():
        x = parts[part](x)
    x = x.mean((1, 2)) if pool == "mean" else x.max((1, 2))
    x = x @ drawn((x.shape[-1], classes)).astype("float64")
    x = x + SCALE * ("bias" in last)
    if "softmax" in last:
        x = np.exp(x - x.max(-1, keepdims=True))
        x = x / x.sum(-1, keepdims=True)
    return x


def strided(config):
    """Returns a configuration with a stride for each block."""
    return [(widths, [step] + [1] * (len(widths) - 1)) for widths, step in config]


def ends_expected(x, config, classes, plain=False):
    """Returns the logits, and what mistakes at both ends make of them."""
    changes = {
        "they are probabilities: expected logits": {"last": "bias softmax"},
        "normalisation and ReLU are missing at the end": {"end": ""},
        "ReLU is missing at the end": {"end": "norm"},
        "normalisation is missing at the end": {"end": "relu"},
        "ReLU comes before the normalisation at the end": {"end": "relu norm"},
        "ReLU follows the first convolution": {"stem": "relu"},
        "normalisation and ReLU follow the first convolution": {"stem": "norm relu"},
        "the largest numbers are pooled: expected the mean": {"pool": "max"},
    }
    asked = (x, strided(config), classes, plain)
    mistakes = {name: network_as(*asked, **change) for name, change in changes.items()}
    return network_as(*asked), mistakes


def stages_expected(x, config, classes, plain=False):
    """Returns the logits, mistakes in the stages, and what the other test judges."""
    asked = (x, strided(config), classes, plain)
    steps = {
        "every block has its stage's stride": [
            (widths, [step] * len(widths)) for widths, step in config
        ],
        "no block has a stride": [(widths, [1] * len(widths)) for widths, _ in config],
        "the last block of a stage has the stride: expected the first": [
            (widths, [1] * (len(widths) - 1) + [step]) for widths, step in config
        ],
    }
    mistakes = {
        name: network_as(x, stages, classes, plain) for name, stages in steps.items()
    }
    also = [
        network_as(*asked, stem, end, pool, last)
        for stem in ("", "relu", "norm relu")
        for end in ("norm relu", "", "norm", "relu", "relu norm")
        for pool in ("mean", "max")
        for last in ("bias", "", "bias softmax", "softmax")
    ]
    return network_as(*asked), mistakes, also[1:]


def network_kernels(channels, config, classes, plain=False):
    """Lists the kernels of a network."""
    widths = [width for stage_widths, _ in config for width in stage_widths]
    found = [f"3×3 {channels}→{widths[0]}", f"1×1 {widths[-1]}→{classes}"]
    for before, after in zip([widths[0], *widths], widths, strict=False):
        sizes = (3,) if plain else (1, 3)
        found += [f"{k}×{k} {before}→{after}" for k in sizes]
    return sorted(found)


TWO, FIVE = [([4], 1), ([6], 2)], [([4, 5], 1), ([6, 6, 7], 2)]
call = f"network({TWO}) of images (9, 9, 3)"
expect(f"the list of kernels of {call}", network_kernels(3, TWO, 5))
expect(
    f"the number of weights beside the kernels of {call}",
    29,
    {
        "the dense layer has no bias": 24,
        "normalisation is missing at the end": 5,
        "the first convolution has a bias": 33,
        "the first convolution is normalised": 45,
    },
)
expect(f"{call} in training mode", *ends_expected(images(9, 9, 3), TWO, 5))
call = f"network({FIVE}) of images (5, 7, 1)"
expect(f"the list of kernels of {call}", network_kernels(1, FIVE, 3))
expect(f"{call} in training mode", *stages_expected(images(5, 7, 1), FIVE, 3))

# %% [markdown]
# Both ends of the network (1 point).

# %% nbgrader={"grade_id": "test_network_ends", "points": 1}
_config = [([4], 1), ([6], 2)]
_call = f"network({_config}) of images (9, 9, 3)"
_model = network(_config, given_block, input_shape=(9, 9, 3), num_classes=5)
assert _config == [([4], 1), ([6], 2)], f"network changed config to {_config}"
checks.model(_model, what="network(...)")
checks.shape(_model(images(9, 9, 3)), (2, 5), f"{_call} with 5 classes")
checks.answer(kernels_of(_model), f"the list of kernels of {_call}")
_count = beside_kernels(_model)
checks.answer(_count, f"the number of weights beside the kernels of {_call}")
_found = redraw(_model)(images(9, 9, 3), training=True)
checks.answer(_found, f"{_call} in training mode", atol=0.5)
### BEGIN HIDDEN TESTS
_config = [([3], 2), ([5], 1), ([2], 3)]
_right = ends_expected(images(7, 8, 2), _config, 4, plain=True)
_model = network(_config, plain_block, (7, 8, 2), 4)
checks.shape(_model(images(7, 8, 2)), (2, 4), "network(num_classes=4) of two images")
_found = redraw(_model)(images(7, 8, 2), training=True)
_call = f"network({_config}) of images (7, 8, 2) in training mode"
checks.judge(_found, *_right, _call, atol=0.5)
_model = network([([2], 4)], plain_block)
_found = _model(images(28, 28, 1))
checks.shape(_found, (2, 10), "network by default of two images (28, 28, 1)")
### END HIDDEN TESTS
checks.passed("weights", "values", "config unchanged")

# %% [markdown]
# Several blocks in a stage (1 point).

# %% nbgrader={"grade_id": "test_network_stages", "points": 1}
_config = [([4, 5], 1), ([6, 6, 7], 2)]
_call = f"network({_config}) of images (5, 7, 1)"
_model = network(_config, given_block, input_shape=(5, 7, 1), num_classes=3)
checks.shape(_model(images(5, 7, 1)), (2, 3), f"{_call} with 3 classes")
checks.answer(kernels_of(_model), f"the list of kernels of {_call}")
_found = redraw(_model)(images(5, 7, 1), training=True)
checks.answer(_found, f"{_call} in training mode", atol=0.5)
### BEGIN HIDDEN TESTS
_config = [([3, 4], 2), ([2], 1), ([5, 3, 3], 2)]
_kept = [(list(_widths), _strides) for _widths, _strides in _config]
_right = stages_expected(images(7, 9, 2), _kept, 4, plain=True)
_kernels = network_kernels(2, _kept, 4, plain=True)
_model = network(_config, plain_block, input_shape=(7, 9, 2), num_classes=4)
_call = f"network({_kept}) of images (7, 9, 2)"
checks.shape(_model(images(7, 9, 2)), (2, 4), f"{_call} with 4 classes")
checks.judge(kernels_of(_model), _kernels, what=f"the list of kernels of {_call}")
_found = redraw(_model)(images(7, 9, 2), training=True)
_value, _mistakes, _also = _right
_what = f"{_call} in training mode"
checks.judge(_found, _value, _mistakes, _what, atol=0.5, also=_also)
### END HIDDEN TESTS
checks.passed("blocks", "strides")

# %% [markdown]
# ## Exercise 5: the gradient at every depth, plain and residual (2 points)
#
# How much of the signal comes back to each layer? Write `gradient_norms(blocks, x)`.
# `blocks` is a list of Keras models, each of which takes what the one before puts out;
# the first takes `x`. Let L be the **sum** of all numbers that the last one puts out.
# Return a list with one number for each block: the norm of ∂L/∂(input of that block),
# over the whole batch, that is the square root of the sum of the squares of all its
# elements. The first number belongs to the first block. Without blocks the list is
# empty.
#
# Example: three blocks that each halve their input, and `x` of shape (1, 4). Every
# element of the gradient at the last block's input is ½, so the norm is √(4 · ¼) = 1.
# The result is `[0.25, 0.5, 1.0]`.
#
# `checks.gradient(fn, x)` differentiates the sum of `fn(x)` at `x`, on every backend;
# you may also use your backend's own tools.


# %% nbgrader={"grade_id": "gradient_norms"}
def gradient_norms(blocks, x):
    """Measures the gradient that arrives at the input of each block of a stack.

    Args:
        blocks: List of Keras models; each takes the output of the one before.
        x: Array, what the first block takes.

    Returns:
        List of floats, one for each block, the first block's first.
    """

    ### BEGIN SOLUTION
    def rest(x, start):
        for block in blocks[start:]:
            x = block(x)
        return x

    norms = []
    for index, block in enumerate(blocks):
        grad = checks.gradient(lambda x, start=index: rest(x, start), x)
        norms.append(float(np.sqrt(np.sum(grad**2))))
        x = ops.convert_to_numpy(block(x))
    return norms
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_blocks"}
def dense_blocks(kernels, activation=None):
    """Makes a model of one dense layer, without bias, of each kernel."""
    found = []
    for kernel in kernels:
        inputs = keras.Input(kernel.shape[:1])
        layer = layers.Dense(kernel.shape[1], activation=activation, use_bias=False)
        model = keras.Model(inputs, layer(inputs))
        model.set_weights([kernel])
        found.append(model)
    return found


def tanh_blocks(*widths):
    """Makes blocks tanh(x W), from each of the widths to the next."""
    rng, shapes = np.random.default_rng(17), pairwise(widths)
    kernels = [rng.normal(size=dims) / np.sqrt(dims[0]) for dims in shapes]
    return dense_blocks(kernels, "tanh")


def signals(count, width):
    """Draws what a stack of dense blocks takes."""
    return np.random.default_rng(16).normal(size=(count, width)).astype("float32")


# %% tags=["expected"]
def norms_expected(x, *widths):
    """Returns the norms in a stack of `tanh_blocks`, and common mistakes."""
    rng, shapes = np.random.default_rng(17), pairwise(widths)
    kernels = [rng.normal(size=dims) / np.sqrt(dims[0]) for dims in shapes]
    values = [x.astype("float64")]
    for kernel in kernels:
        values.append(np.tanh(values[-1] @ kernel))

    def back(values):
        """Carries the gradient back; returns the norm at each place, the end's too."""
        grads = [np.ones_like(values[-1])]
        of_kernels = []
        for before, after, kernel in zip(
            values[-2::-1], values[:0:-1], kernels[::-1], strict=True
        ):
            slope = grads[0] * (1 - after**2)
            of_kernels.insert(0, np.linalg.norm(before.T @ slope))
            grads.insert(0, slope @ kernel.T)
        return grads, of_kernels

    grads, of_kernels = back(values)
    norms = [np.linalg.norm(grad) for grad in grads]
    first, ends = np.broadcast_to(np.eye(len(x[0])), (len(x), *[len(x[0])] * 2)), []
    for after, kernel in zip(values[1:], kernels, strict=True):
        first = (first @ kernel) * (1 - after[:, None] ** 2)
        ends.append(np.linalg.norm(first.sum(-1)))
    return norms[:-1], {
        "these are squares: the root is missing": [n**2 for n in norms[:-1]],
        "they are in reverse order: the first belongs to the first block": norms[
            -2::-1
        ],
        "they are those at each block's output": norms[1:],
        "they are those of the weights": of_kernels,
        "what each block puts out is differentiated by `x`": ends,
        "the mean of squares is taken: expected the sum": [
            np.sqrt((grad**2).mean()) for grad in grads[:-1]
        ],
        "absolute values are summed": [np.abs(grad).sum() for grad in grads[:-1]],
        "the mean over the batch is taken": [n / len(x) for n in norms[:-1]],
        "the largest is taken": [np.abs(grad).max() for grad in grads[:-1]],
    }


expect(
    "gradient_norms of three tanh blocks",
    *norms_expected(signals(6, 4), 4, 4, 4, 4),
)
expect("gradient_norms of the example", [0.25, 0.5, 1.0])

# %% nbgrader={"grade_id": "test_gradient_norms", "points": 1}
_found = gradient_norms(tanh_blocks(4, 4, 4, 4), signals(6, 4))
checks.answer(_found, "gradient_norms of three tanh blocks")
_found = gradient_norms(dense_blocks([np.eye(4) / 2] * 3), np.ones((1, 4), "float32"))
checks.answer(_found, "gradient_norms of the example")
### BEGIN HIDDEN TESTS
_right = norms_expected(signals(3, 5), 5, 2, 7)
_found = gradient_norms(tanh_blocks(5, 2, 7), signals(3, 5))
checks.judge(_found, *_right, "gradient_norms of two tanh blocks")


def _image_blocks(*widths):
    found = []
    for before, after in pairwise(widths):
        inputs = keras.Input((4, 5, before))
        found.append(redraw(keras.Model(inputs, given_block(inputs, after))))
    return found


_x = images(4, 5, 2, count=3)
_right = reference_gradient_norms(_image_blocks(2, 3, 1, 2), _x.copy())
_found = gradient_norms(_image_blocks(2, 3, 1, 2), _x)
checks.judge(_found, _right, what="gradient_norms of three blocks on images")
checks.judge(gradient_norms([], signals(2, 3)), [], what="gradient_norms of no blocks")
### END HIDDEN TESTS
checks.passed("values", "example")

# %% [markdown]
# **Then**, give the same blocks a shortcut each. `with_shortcuts(blocks)` takes Keras
# models that put out what they take in shape, and returns a list of new Keras models,
# one for each: it puts out x + block(x), with the block's own weights. The list
# `blocks` must not change.


# %% nbgrader={"grade_id": "with_shortcuts"}
def with_shortcuts(blocks):
    """Puts a shortcut around each block.

    Args:
        blocks: List of Keras models, of which each puts out the shape that it takes.

    Returns:
        List of Keras models, one for each block, from x to x + block(x).
    """
    ### BEGIN SOLUTION
    found = []
    for block in blocks:
        x = keras.Input(block.input_shape[1:])
        found.append(keras.Model(x, layers.Add()([x, block(x)])))
    return found
    ### END SOLUTION


# %% tags=["expected"]
def shortcuts_expected(blocks, x):
    """Returns what each block puts out with its shortcut, and common mistakes."""
    plain = [ops.convert_to_numpy(block(x)).astype("float64") for block in blocks]
    after, around = [], x
    for block in blocks:
        around = ops.convert_to_numpy(block(around))
        after.append(around)
    return [x + y for y in plain], {
        "the input is not added": plain,
        "ReLU follows the addition": [relu(x + y) for y in plain],
        "the input is taken off: expected it added": [y - x for y in plain],
        "all have the first block": [x + plain[0]] * len(blocks),
        "all have the last block": [x + plain[-1]] * len(blocks),
        "each holds all blocks before it, too": [x + y for y in after],
        "the order is reversed": [x + y for y in plain[::-1]],
    }


expect(
    "what with_shortcuts makes of tanh blocks puts out",
    *shortcuts_expected(tanh_blocks(4, 4, 4), signals(2, 4)),
)

# %% nbgrader={"grade_id": "test_with_shortcuts", "points": 1}
_blocks = tanh_blocks(4, 4, 4)
_models = checks.unpack(with_shortcuts(_blocks), 2, "what with_shortcuts returns")
assert len(_blocks) == 2, f"the list `blocks` has {len(_blocks)} entries now"
_found = [_model(signals(2, 4)) for _model in _models]
checks.answer(_found, "what with_shortcuts makes of tanh blocks puts out")
### BEGIN HIDDEN TESTS
_blocks = [built(given_block, (3, 4, 2), seed=_seed, filters=2) for _seed in (1, 2, 3)]
_right = shortcuts_expected(_blocks, images(3, 4, 2))
_models = checks.unpack(with_shortcuts(_blocks), 3, "what with_shortcuts returns")
_found = [_model(images(3, 4, 2)) for _model in _models]
_call = "what with_shortcuts makes of three blocks on images puts out"
checks.judge(_found, *_right, _call, atol=0.1)
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# > **Predict.** Thirty blocks tanh(x W) stand in a row, once plain and once with a
# > shortcut around each; the weights are the same. Where is the gradient smaller, at
# > the first block or at the last? Does the shortcut change that? Then look:


# %% nbgrader={"grade_id": "look_gradients"}
def look():
    """Draws the gradient at each of thirty blocks, plain and residual."""
    from matplotlib import pyplot as plt

    blocks, x = tanh_blocks(*[16] * 31), signals(8, 16)
    for name, stack in {"plain": blocks, "residual": with_shortcuts(blocks)}.items():
        plt.semilogy(range(1, 31), gradient_norms(stack, x), label=name)
    plt.xlabel("block")
    plt.ylabel("norm of the gradient at its input")
    plt.legend()
    plt.show()


# %%
# look()

# %% [markdown]
# ## Exercise 6: train, and judge on fresh data (3 points)
#
# Write `train_and_score(model, x_train, y_train, x_test, y_test, epochs=4)`. It trains
# `model` in place on the training images, and on nothing else, and returns its accuracy
# on the test images when training has ended, a number from 0 to 1.
#
# `model` puts out **logits**, one for each class, as `tiny_network` does. Labels are
# integers. Use cross-entropy, Adam with a learning rate of 0.01, and batches of 32 in
# each epoch, of which the last may be smaller; a loop of your own is as good as
# `compile` and `fit`. `model` may hold normalisations and dropout: it is trained in
# training mode, and judged in inference mode. `stripes` draws data to try it on:
#
#     model = tiny_network()
#     train_and_score(model, *stripes(256, seed=1), *stripes(200, seed=2))
#
# An untrained network is right once in three. Common mistakes: a loss that takes the
# logits for probabilities, and an accuracy that is measured on the training images.


# %% nbgrader={"grade_id": "train_and_score"}
def train_and_score(model, x_train, y_train, x_test, y_test, epochs=4):
    """Trains a classifier and measures its accuracy on data that it has not seen.

    Args:
        model: A `keras.Model` from images to logits; its weights change.
        x_train: Array of shape (n, height, width, channels).
        y_train: Array of shape (n,), integer labels.
        x_test: Array of shape (m, height, width, channels).
        y_test: Array of shape (m,), integer labels.
        epochs: Integer.

    Returns:
        Float from 0 to 1, the fraction of test images that `model` gets right.
    """
    ### BEGIN SOLUTION
    model.compile(
        optimizer=keras.optimizers.Adam(0.01),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    training.build(model, x_train[:1], y_train[:1])
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, verbose=0)
    logits = ops.convert_to_numpy(model(x_test, training=False))
    return float(np.mean(np.argmax(logits, axis=-1) == y_test))
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_training"}
def stripes(n, seed):
    """Draws noisy images of horizontal, vertical and diagonal stripes.

    Args:
        n: Integer, number of images.
        seed: Integer.

    Returns:
        Images, `float32` of shape (n, 8, 8, 1), and labels 0, 1 or 2 of shape (n,).
    """
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 3, n)
    rows, columns = np.mgrid[:8, :8]
    place = np.stack([rows, columns, rows + columns])[labels]
    bright = (place + rng.integers(0, 4, (n, 1, 1))) % 4 < 2
    noisy = np.where(bright, 1, -1) + rng.normal(0, 0.5, (n, 8, 8))
    return noisy[..., None].astype("float32"), labels


def tiny_network():
    """An untrained residual network from images of 8×8 to the logits of 3 classes."""
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(8, 3, padding="same")(inputs)
    x = layers.BatchNormalization(momentum=0.5, name="norm")(given_block(x, 8, 2))
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
    return keras.Model(inputs, layers.Dense(3)(x))


def errors(model, x, labels):
    """Counts the images that a model gets wrong."""
    logits = ops.convert_to_numpy(model(x, training=False))
    return int((logits.argmax(-1) != labels).sum())


def linear_network(kernel, dropout=0.0):
    """A network of one dense layer on 16 pixels, from images (4, 4, 1) to logits."""
    inputs = keras.Input((4, 4, 1))
    x = layers.Flatten()(inputs)
    x = layers.Dropout(dropout)(x) if dropout else x
    model = keras.Model(inputs, layers.Dense(kernel.shape[1], use_bias=False)(x))
    model.set_weights([kernel.astype("float32")])
    return model


def grey(n, label):
    """Makes n equal images, almost black, of one class.

    So small are they that the gradient stays as it is: each step of Adam moves each
    weight by the learning rate.
    """
    return np.full((n, 4, 4, 1), 1 / 320, "float32"), np.full(n, label)


def halves(n, m, classes=3, seed=5):
    """Makes a network and data of which the test images need weights that stay.

    Training images are bright in the upper half alone, test images in the lower.

    Returns:
        The network, and the tuple of n training images, labels, m test images, labels.
    """
    rng = np.random.default_rng(seed)
    kernel = rng.normal(size=(16, classes))
    x = rng.normal(size=(n + m, 4, 4, 1)).astype("float32")
    x[:n, 2:], x[n:, :2] = 0, 0
    answers = (x.reshape(n + m, 16) @ kernel).argmax(-1)
    labels = np.where(np.arange(n + m) < n + 0.4 * m, answers, (answers + 1) % classes)
    data = (x[:n], labels[:n], x[n:], labels[n:])
    return linear_network(kernel), data


# %% [markdown]
# The network has learned (1 point).

# %% nbgrader={"grade_id": "test_train", "points": 1}
with checks.seeded(18):
    _model = tiny_network()
    train_and_score(_model, *stripes(256, seed=19), *stripes(64, seed=20))
_wrong = errors(_model, *stripes(300, seed=21))
assert _wrong <= 20, (
    f"of 300 fresh images the trained network gets {_wrong} wrong; expected 20 or "
    "fewer. Is the learning rate 0.01, and does the loss know that it gets logits?"
)
### BEGIN HIDDEN TESTS
_x, _y = stripes(300, seed=21)
_logits = ops.convert_to_numpy(_model(_x, training=False))
_loss = float(ops.mean(keras.losses.sparse_categorical_crossentropy(_y, _logits, True)))
assert _loss < 0.4, (
    f"on fresh images the cross-entropy of the logits is {_loss:.2f}, though "
    f"{300 - _wrong} of 300 answers are right; expected less than 0.4. Does the loss "
    "know that it gets logits?"
)
_moving = ops.convert_to_numpy(_model.get_layer("norm").moving_mean)
assert np.abs(_moving).max() > 0, (
    "the normalisation's moving mean is what it was: the network was not trained in "
    "training mode"
)
### END HIDDEN TESTS
checks.passed("learned")


# %% tags=["expected"]
def steps_expected(label, steps, classes=3):
    """Returns how far steps of Adam on `grey` images move weights, and others."""

    def after(n):
        signs = np.where(np.arange(classes) == label, 0.01, -0.01)
        return np.tile(n * signs, (16, 1))

    others = {0, 2, 3, 4, 6, 8, 9, 12, 15, 16, 20, 24, 30, 36, 48} - {steps}
    mistakes = {
        f"as far as {n} steps of Adam do; expected {steps} steps": after(n)
        for n in sorted(others - {0})
    }
    return after(steps), {"they did not move": after(0)} | mistakes


def score_expected(case):
    """Returns the accuracy on the test images, and what mistakes make of it."""
    network, (_, y, x_test, y_test) = case
    wrong = errors(network, x_test, y_test)
    n, m = len(y), len(y_test)
    return 1 - wrong / m, {
        "it is the accuracy on the training images": 1.0,
        "training images are judged too": (n + m - wrong) / (n + m),
        "it is the share of images that are wrong": wrong / m,
        "it is a number of images: expected a fraction": float(m - wrong),
        "it is the number of images that are wrong": float(wrong),
        "it is in percent: expected a fraction": 100 * (1 - wrong / m),
    }


expect(
    "how far 3 epochs of 66 images moved the weights",
    *steps_expected(1, 9),
)
expect("the score of 50 test images", *score_expected(halves(40, 50)))

# %% [markdown]
# As many steps of Adam as were asked for, on the training images alone (1 point).

# %% nbgrader={"grade_id": "test_train_steps", "points": 1}
_model = linear_network(np.full((16, 3), 6.25))
train_and_score(_model, *grey(66, label=1), *grey(40, label=2), epochs=3)
_moved = _model.get_weights()[0] - 6.25
_call = "how far 3 epochs of 66 images moved the weights"
checks.answer(_moved, _call, rtol=0, atol=0.004)
### BEGIN HIDDEN TESTS
_model = linear_network(np.full((16, 4), 6.25))
train_and_score(_model, *grey(33, label=3), *grey(70, label=0))
_right = steps_expected(3, 8, classes=4)
_moved = _model.get_weights()[0] - 6.25
_call = "how far 4 epochs, the default, of 33 images moved the weights"
checks.judge(_moved, *_right, _call, rtol=0, atol=0.004)
### END HIDDEN TESTS
checks.passed("steps")

# %% [markdown]
# The number that is returned is the accuracy on the test images (1 point).

# %% nbgrader={"grade_id": "test_score", "points": 1}
_network, _data = halves(40, 50)
_score = train_and_score(_network, *_data, epochs=2)
checks.answer(_score, "the score of 50 test images")
### BEGIN HIDDEN TESTS
# From epoch to epoch fewer of the test images are right. With dropout more are wrong.
_kernel = 0.005 + 0.01 * np.arange(16)[:, None] * [1, -1]
_network, _lit = linear_network(_kernel, dropout=0.3), np.eye(16).reshape(16, 4, 4, 1)
_lit, _labels = _lit.astype("float32"), np.zeros(16, int)
with checks.seeded(24):
    _score = train_and_score(_network, *grey(96, label=1), _lit, _labels.copy(), 3)
_wrong = errors(_network, _lit, _labels)
checks.shape(_score, (), "what train_and_score returns")
# Both sides are the student's: what they trained, and what they say of it.
assert abs(float(_score) - (1 - _wrong / 16)) < 1e-3, (
    f"train_and_score returned {float(_score):.3f}; of 16 test images the network gets "
    f"{16 - _wrong} right when training has ended"
)
### END HIDDEN TESTS
checks.passed("score")
