# %% [markdown]
# # Assignment 04: residual networks
#
# Chapter 04 built the basic residual block, after the paper of 2015. Here you build
# its neighbours: the bottleneck with its stride in another place, the block whose
# shortcut is left alone, and networks that are written down as a list. Then you
# measure gradients and train.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | When the shortcut needs a projection | 2 |
# | 2 | The bottleneck block | 5 |
# | 3 | The pre-activation block | 4 |
# | 4 | A stage and a network from a list | 4 |
# | 5 | The gradient at every depth | 2 |
# | 6 | Train, and judge on fresh data | 3 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one, with one exception, which says so. Tensors are
# channels-last: (batch, height, width, channels).

# %% nbgrader={"grade_id": "setup"}
import warnings

import keras
import numpy as np
from keras import layers, ops

from layerwise import checks

# `keras.Model([x], y)` is right too: Keras remarks on it, and some graders take every
# remark for an error.
warnings.filterwarnings("ignore", "The structure of `inputs` doesn't match")

# %% [markdown]
# The next cell is given. `given_block` stands in for your own blocks where a stage or
# a network is tested. `drawn`, `redraw` and `by_shape` handle the tests'
# weights. `stripes` and
# `tiny_network` are for the training at the end.


# %% nbgrader={"grade_id": "given"}
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


def drawn(dims, seed):
    """A random kernel that depends on its shape and the seed alone.

    Args:
        dims: Tuple (height, width, channels in, channels out).
        seed: Integer.

    Returns:
        `float32` array of shape `dims`.
    """
    kernel = np.random.default_rng([seed, *dims]).normal(size=dims)
    return (2 * kernel / np.sqrt(np.prod(dims[:3]))).astype("float32")


def redraw(weights, seed):
    """New weights for a model: kernels are drawn, every vector becomes 1.

    Kernels of one shape get the same numbers, whatever their order in the model.

    Args:
        weights: List of arrays, from `model.get_weights()`.
        seed: Integer.

    Returns:
        List of arrays, for `model.set_weights()`.
    """
    fresh = []
    for weight in weights:
        if weight.ndim < 2:
            fresh.append(np.ones_like(weight))
            continue
        # A dense kernel is a 1×1 kernel: both get the same numbers.
        dims = (1,) * (4 - weight.ndim) + weight.shape
        fresh.append(drawn(dims, seed).reshape(weight.shape))
    return fresh


def by_shape(weights):
    """The kernels among a model's weights, by their shape.

    Args:
        weights: List of arrays, from `model.get_weights()`.

    Returns:
        Dictionary from shapes (height, width, channels in, channels out) to arrays. A
        dense kernel counts as a 1×1 kernel.
    """
    kernels = [weight for weight in weights if weight.ndim > 1]
    kernels = [
        kernel.reshape((1,) * (4 - kernel.ndim) + kernel.shape) for kernel in kernels
    ]
    return {kernel.shape: kernel for kernel in kernels}


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
    images = np.where(bright, 1, -1) + rng.normal(0, 0.5, (n, 8, 8))
    return images[..., None].astype("float32"), labels


def tiny_network():
    """An untrained residual network from images of 8×8 to the logits of 3 classes."""
    inputs = keras.Input((8, 8, 1))
    x = layers.Conv2D(8, 3, padding="same")(inputs)
    x = layers.ReLU()(given_block(x, 8, 2))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(3)(x))


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
#
# A common mistake: comparing `channels` with `filters`.


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


# %% nbgrader={"grade_id": "test_needs_projection", "points": 2}
_cases = [(256, 64, 1), (256, 64, 2), (256, 128, 1), (64, 64, 1)]
_expected = [False, True, True, True]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(41)
for _filters in _rng.integers(1, 200, 20).tolist():
    for _channels in (4 * _filters, _filters, 2 * _filters, 4 * _filters + 1):
        for _strides in (1, 2, 3):
            _cases.append((_channels, _filters, _strides))
            _expected.append(_strides > 1 or _channels != 4 * _filters)
### END HIDDEN TESTS
for _case, _result, _wanted in zip(
    _cases, checks.each(needs_projection, _cases), _expected, strict=True
):
    _call = "needs_projection(channels={}, filters={}, strides={})".format(*_case)
    assert isinstance(_result, bool | np.bool_ | int), (
        f"{_call} must return True or False. Received: {_result!r}"
    )
    assert _result == _wanted, (
        f"{_call} is {_result}; expected {_wanted}: {_case[0]} channels go in, "
        f"4 * {_case[1]} = {4 * _case[1]} come out, and the stride is {_case[2]}"
    )

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
# 4 * filters):
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
# with it. `BatchNormalization()` keeps its four vectors; its momentum and epsilon are
# yours to choose, and so are the layers, functions or classes that you write this with.
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


# %% [markdown]
# Shapes (1 point).

# %% nbgrader={"grade_id": "test_bottleneck_shape", "points": 1}
_shapes = [((8, 8, 6), 4, 2, (None, 4, 4, 16)), ((8, 8, 16), 4, 1, (None, 8, 8, 16))]
### BEGIN HIDDEN TESTS
_shapes += [((7, 10, 12), 3, 2, (None, 4, 5, 12))]
### END HIDDEN TESTS
for _dims, _filters, _strides, _wanted in _shapes:
    _block = checks.as_model(bottleneck, _dims, filters=_filters, strides=_strides)
    assert tuple(_block.output_shape) == _wanted, (
        f"bottleneck(filters={_filters}, strides={_strides}) on an image {_dims} has "
        f"the output shape {tuple(_block.output_shape)}; expected {_wanted}"
    )
    _block.set_weights(redraw(_block.get_weights(), seed=0))
    _x = np.random.default_rng(1).normal(size=(2, *_dims)).astype("float32")
    _one, _other = ops.convert_to_numpy(_block(_x))
    assert not np.allclose(_one, _other), (
        f"bottleneck(filters={_filters}, strides={_strides}) puts out the same for two "
        "images"
    )

# %% [markdown]
# Weights: no bias, and a projection only where it is needed (1 point).

# %% nbgrader={"grade_id": "test_bottleneck_weights", "points": 1}
# channels, filters, strides
_cases = [(6, 4, 1), (16, 4, 1)]
### BEGIN HIDDEN TESTS
_cases += [(16, 4, 2)]
### END HIDDEN TESTS
for _c, _f, _strides in _cases:
    _block = checks.as_model(bottleneck, (6, 6, _c), filters=_f, strides=_strides)
    _sizes = [(_w.ndim > 1, _w.size) for _w in _block.get_weights()]
    _kernels = sum(_size for _is_kernel, _size in _sizes if _is_kernel)
    _vectors = sum(_size for _is_kernel, _size in _sizes if not _is_kernel)
    _wanted, _path = (_c + 9 * _f + 4 * _f) * _f, _f + _f + 4 * _f
    _call = f"bottleneck(filters={_f}, strides={_strides}) on {_c} channels"
    _projects = _strides != 1 or _c != 4 * _f
    if _projects:
        _wanted, _path = _wanted + _c * 4 * _f, _path + 4 * _f
        assert _kernels != _wanted - _c * 4 * _f, (
            f"{_call} has no projection: its kernels hold {_kernels} numbers; "
            f"expected {_wanted}"
        )
    else:
        assert _kernels != _wanted + _c * 4 * _f, (
            f"{_call} has a projection, though its input has the output's shape: its "
            f"kernels hold {_kernels} numbers; expected {_wanted}"
        )
    assert _kernels == _wanted, (
        f"{_call}: the kernels hold {_kernels} numbers; expected {_wanted}"
    )
    assert _vectors <= 4 * _path, (
        f"{_call}: there are {_vectors} numbers beside the kernels; expected the "
        f"normalisations' {4 * _path}. Does a convolution have a bias?"
    )
    assert _vectors == 4 * _path, (
        f"{_call}: there are {_vectors} numbers beside the kernels; expected "
        f"{4 * _path}, four for each channel that a convolution puts out. Is a "
        "normalisation missing?"
    )
    _x, _outputs = np.random.default_rng(2).normal(size=(2, 6, 6, _c)), []
    for _seed in (1, 2):
        _block.set_weights(redraw(_block.get_weights(), _seed))
        _outputs.append(ops.convert_to_numpy(_block(_x.astype("float32"))))
    assert not np.allclose(*_outputs), f"{_call} puts out the same with other weights"

# %% [markdown]
# The stride is in the 3×3 convolution (2 points).

# %% nbgrader={"grade_id": "test_bottleneck_stride", "points": 2}
# Two images that agree in one pixel of four, where a 1×1 kernel with stride 2 looks.
_block = checks.as_model(bottleneck, (7, 7, 6), filters=4, strides=2)
_block.set_weights(redraw(_block.get_weights(), seed=1))
_kernels = sorted(by_shape(_block.get_weights()))
assert (3, 3, 4, 4) in _kernels, (
    "no 3x3 convolution of 4 channels takes part in bottleneck(filters=4, strides=2). "
    f"Received kernels of shapes {_kernels}"
)
_x = np.random.default_rng(2).normal(size=(2, 7, 7, 6)).astype("float32")
_other = np.zeros_like(_x)
_other[:, ::2, ::2] = _x[:, ::2, ::2]
_outputs = [ops.convert_to_numpy(_block(_image)) for _image in (_x, _other)]
checks.shape(_outputs[0], (2, 4, 4, 16), "bottleneck(filters=4, strides=2) of (7, 7)")
assert not np.allclose(*_outputs, rtol=1e-3, atol=1e-3), (
    "the output does not change when three pixels in four are wiped out: expected "
    "stride 2 in the 3x3 convolution, received it in the first 1x1"
)
### BEGIN HIDDEN TESTS


def _strided_bottleneck(x, seed, c, f, strides, last="sum relu", norm_first=True):
    """The block in training mode, where each normalisation has gamma = beta = 1."""

    def norm(x):
        mean, variance = ops.moments(x, (0, 1, 2), keepdims=True)
        return (x - mean) / ops.sqrt(variance + 1e-3) + 1

    def conv(x, size, channels, step):
        return ops.conv(x, drawn((size, size, *channels), seed), step, "same")

    y = x
    for size, channels, step in zip((1, 3), ((c, f), (f, f)), strides, strict=False):
        y = conv(y, size, channels, step)
        y = ops.relu(norm(y)) if norm_first else norm(ops.relu(y))
    y = norm(conv(y, 1, (f, 4 * f), strides[2]))
    if last.startswith("relu"):
        y = ops.relu(y)
    y = y + norm(conv(x, 1, (c, 4 * f), max(strides)))
    return ops.convert_to_numpy(ops.relu(y) if last.endswith("relu") else y)


_block = checks.as_model(bottleneck, (9, 9, 12), filters=3, strides=2)
_block.set_weights(redraw(_block.get_weights(), seed=3))
_kernels = by_shape(_block.get_weights())
_wanted = sorted([(1, 1, 12, 3), (3, 3, 3, 3), (1, 1, 3, 12), (1, 1, 12, 12)])
assert sorted(_kernels) == _wanted, (
    "bottleneck(filters=3, strides=2) on 12 channels has kernels of shapes "
    f"{sorted(_kernels)}; expected {_wanted}"
)
_x = np.random.default_rng(4).normal(size=(2, 9, 9, 12)).astype("float32")
_received = ops.convert_to_numpy(_block(_x, training=True))
_expected = _strided_bottleneck(_x, 3, 12, 3, (1, 2, 1))
if not np.allclose(_received, _expected, rtol=1e-2, atol=1e-2):
    # What the block does around its convolutions is judged in the next test.
    _found = None
    for _place, _strides in {
        "in the 3x3": (1, 2, 1),
        "in the first 1x1 convolution": (2, 1, 1),
        "in the last 1x1 convolution": (1, 1, 2),
    }.items():
        for _last in ("sum relu", "relu sum", "relu sum relu", "sum"):
            for _norm_first in (True, False):
                _other = _strided_bottleneck(_x, 3, 12, 3, _strides, _last, _norm_first)
                if np.allclose(_received, _other, rtol=1e-2, atol=1e-2):
                    _found = _place
    assert _found, (
        "bottleneck(filters=3, strides=2) on 12 channels is not the block with stride "
        "2 in the 3x3 convolution: it differs by up to "
        f"{np.abs(_received - _expected).max():.2g}. The projection has the stride and "
        "a normalisation, and no ReLU"
    )
    assert _found == "in the 3x3", (
        f"expected stride 2 in the 3x3 convolution, received it {_found}"
    )
### END HIDDEN TESTS

# %% [markdown]
# Normalisation, ReLU, and the sum before the last ReLU (1 point).

# %% nbgrader={"grade_id": "test_bottleneck_order", "points": 1}
_block = checks.as_model(bottleneck, (5, 5, 16), filters=4)
_block.set_weights(redraw(_block.get_weights(), seed=5))
_x = np.random.default_rng(6).normal(size=(2, 5, 5, 16)).astype("float32") * 3
_received = ops.convert_to_numpy(_block(_x, training=True))
checks.shape(_received, (2, 5, 5, 16), "bottleneck(filters=4) of (5, 5, 16)")
assert _received.min() >= 0, (
    f"the block puts out negative numbers, such as {_received.min():.3g}: ReLU comes "
    "last, after the addition"
)
### BEGIN HIDDEN TESTS


def _added_bottleneck(x, seed, f, inner="norm relu", outer=0, side=1, projects=0):
    """The block in training mode; the switches turn parts on and off."""

    def norm(x):
        mean, variance = ops.moments(x, (0, 1, 2), keepdims=True)
        return (x - mean) / ops.sqrt(variance + 1e-3) + 1

    def conv(x, size, *channels):
        return ops.conv(x, drawn((size, size, *channels), seed), 1, "same")

    y = x
    for size, channels in ((1, 4 * f), (3, f)):
        y = conv(y, size, channels, f)
        for part in inner.split():
            y = norm(y) if part == "norm" else ops.relu(y)
    y = norm(conv(y, 1, f, 4 * f))
    if outer:
        y = ops.relu(y)
    if projects:
        x = norm(conv(x, 1, 4 * f, 4 * f))
    return ops.convert_to_numpy(ops.relu(y + side * x))


_block = checks.as_model(bottleneck, (7, 7, 12), filters=3)
_block.set_weights(redraw(_block.get_weights(), seed=7))
_kernels = by_shape(_block.get_weights())
_wanted = {(1, 1, 12, 3), (3, 3, 3, 3), (1, 1, 3, 12)}
_x = np.random.default_rng(8).normal(size=(2, 7, 7, 12)).astype("float32") * 3
_received = ops.convert_to_numpy(_block(_x, training=True))
assert not np.allclose(_received, np.maximum(_x, 0), rtol=1e-3, atol=1e-3), (
    "the output is the shortcut alone: what the convolutions make is not added"
)
assert _wanted <= set(_kernels), (
    "bottleneck(filters=3) on 12 channels has kernels of shapes "
    f"{sorted(_kernels)}; expected {sorted(_wanted)}"
)
for _fault, _switches in {
    "ReLU comes before the addition too: expected it only after": {"outer": 1},
    "the shortcut is not added": {"side": 0},
    "ReLU is missing between the convolutions": {"inner": "norm"},
    "ReLU comes before the normalisation: expected it after": {"inner": "relu norm"},
}.items():
    for _projects in (0, 1):
        _wrong = _added_bottleneck(_x, 7, 3, **_switches, projects=_projects)
        assert not np.allclose(_received, _wrong, rtol=1e-2, atol=1e-2), _fault
# A projection that should not be here is counted in another test.
_projected = _added_bottleneck(_x, 7, 3, projects=1)
if not np.allclose(_received, _projected, rtol=1e-2, atol=1e-2):
    checks.close(
        _received,
        _added_bottleneck(_x, 7, 3),
        "bottleneck(filters=3) on 12 channels, in training mode,",
        rtol=1e-2,
        atol=1e-2,
    )
### END HIDDEN TESTS

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
# height / strides, width / strides, filters):
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


# %% [markdown]
# With convolutions of zero the block is the identity, to the bit (2 points).

# %% nbgrader={"grade_id": "test_preact_identity", "points": 2}
_dims = [(6, 6, 4)]
### BEGIN HIDDEN TESTS
_dims += [(5, 8, 3)]
### END HIDDEN TESTS
for _shape in _dims:
    _block = checks.as_model(preact_block, _shape, filters=_shape[-1])
    _block.set_weights([_w * (_w.ndim < 2) for _w in _block.get_weights()])
    _x = np.random.default_rng(9).normal(size=(2, *_shape)).astype("float32")
    _received = ops.convert_to_numpy(_block(_x))
    checks.shape(_received, _x.shape, f"preact_block(filters={_shape[-1]}) of {_shape}")
    assert not np.array_equal(_received, np.zeros_like(_x)), (
        "with convolutions of zero the block puts out zeros: its input is not added, "
        "or is projected"
    )
    assert not np.array_equal(_received, np.maximum(_x, 0)), (
        "with convolutions of zero the block must give back its input; negative "
        "numbers became 0: is there a ReLU after the addition?"
    )
    assert not (_received.min() >= 0 > _x.min()), (
        "with convolutions of zero the block must give back its input; it gave back "
        "the input after normalisation and ReLU: the shortcut starts too late"
    )
    assert np.array_equal(_received, _x), (
        "with convolutions of zero the block must give back its input to the bit; "
        f"{(_received != _x).sum()} of {_x.size} numbers changed, by up to "
        f"{np.abs(_received - _x).max():.2g}"
    )
    _block.set_weights(redraw(_block.get_weights(), seed=9))
    assert not np.allclose(ops.convert_to_numpy(_block(_x)), _x), (
        "with convolutions that are not zero the block gives back its input too: "
        "nothing is added to it"
    )

# %% [markdown]
# The order inside, and a projection where it is needed (2 points).

# %% nbgrader={"grade_id": "test_preact_order", "points": 2}
# channels, filters, strides
_cases = [(4, 6, 2), (4, 4, 1)]
### BEGIN HIDDEN TESTS
_cases += [(3, 3, 2)]


def _ordered_block(
    x, seed, c, f, strides, order="bn relu conv", side="x", projects=True
):
    """The block in training mode, where each normalisation has gamma = beta = 1."""
    y, shortcut = x, x
    for index, channels in enumerate((c, f)):
        for part in order.split():
            if part == "bn":
                mean, variance = ops.moments(y, (0, 1, 2), keepdims=True)
                y = (y - mean) / ops.sqrt(variance + 1e-3) + 1
            elif part == "relu":
                y = ops.relu(y)
            else:
                step = strides if index == 0 else 1
                y = ops.conv(y, drawn((3, 3, channels, f), seed), step, "same")
            if part == "relu" and index == 0 and side == "relu":
                shortcut = y
    if projects:
        shortcut = ops.conv(shortcut, drawn((1, 1, c, f), seed), strides, "same")
    return ops.convert_to_numpy(y + shortcut)


### END HIDDEN TESTS
for _c, _f, _strides in _cases:
    _block = checks.as_model(preact_block, (9, 9, _c), filters=_f, strides=_strides)
    _side = -(-9 // _strides)
    _call = f"preact_block(filters={_f}, strides={_strides}) on {_c} channels"
    assert tuple(_block.output_shape) == (None, _side, _side, _f), (
        f"{_call}: an image of 9x9 gives the shape {tuple(_block.output_shape)}; "
        f"expected {(None, _side, _side, _f)}"
    )
    _sizes = [(_w.ndim > 1, _w.size) for _w in _block.get_weights()]
    _count = sum(_size for _is_kernel, _size in _sizes if _is_kernel)
    _vectors = sum(_size for _is_kernel, _size in _sizes if not _is_kernel)
    _projects = _c != _f or _strides != 1
    _wanted = 9 * (_c + _f) * _f + (_c * _f if _projects else 0)
    # A projection that should not be there is judged by the test above.
    assert _count == _wanted or (not _projects and _count == _wanted + _c * _f), (
        f"{_call}: the kernels hold {_count} numbers; expected {_wanted}"
    )
    assert _vectors == 4 * (_c + _f), (
        f"{_call}: there are {_vectors} numbers beside the kernels; expected "
        f"{4 * (_c + _f)}: one normalisation of {_c} channels, one of {_f}, no bias"
    )
    ### BEGIN HIDDEN TESTS
    _block.set_weights(redraw(_block.get_weights(), seed=10))
    _kernels = by_shape(_block.get_weights())
    assert {(3, 3, _c, _f), (3, 3, _f, _f)} <= set(_kernels), (
        f"{_call} has kernels of shapes {sorted(_kernels)}"
    )
    _x = np.random.default_rng(11).normal(size=(2, 9, 9, _c)).astype("float32")
    _received = ops.convert_to_numpy(_block(_x, training=True))
    _inputs = (_x, 10, _c, _f, _strides)
    # The projection may read x or what the first ReLU makes of it. Whether the
    # shortcut is free of ReLU, and of a projection where it needs none, is judged by
    # the test above.
    _ways = [True] if _projects else [False, True]
    _right = [
        _ordered_block(*_inputs, side=_source, projects=_way)
        for _way in _ways
        for _source in ("x", "relu")
    ]
    _right += [np.maximum(_output, 0) for _output in _right]
    if any(np.allclose(_received, _one, rtol=1e-2, atol=1e-2) for _one in _right):
        continue
    for _order in ("relu bn conv", "conv bn relu", "conv relu bn", "bn conv relu"):
        # Where the normalisation follows, its size is another unless c equals f.
        if _order.startswith("conv") and _c != _f:
            continue
        for _way in _ways:
            _wrong = _ordered_block(*_inputs, order=_order, projects=_way)
            assert not np.allclose(_received, _wrong, rtol=1e-2, atol=1e-2), (
                f"the order inside is {_order.replace(' ', ', ')}; expected bn, relu, "
                "conv"
            )
    checks.close(
        _received, _right[0], f"{_call}, in training mode,", rtol=1e-2, atol=1e-2
    )
    ### END HIDDEN TESTS

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
# such as `given_block`. `widths` must be as it was after the call.
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
        widths: List of integers, the filters of each block.
        strides: Integer, of the first block.

    Returns:
        Tensor of shape (batch, height / strides, width / strides, widths[-1]).
    """
    ### BEGIN SOLUTION
    for index, filters in enumerate(widths):
        x = block(x, filters, strides if index == 0 else 1)
    return x
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_stage", "points": 2}
# channels, widths, strides
_cases = [(3, [4, 6, 5], 2), (4, [4], 1)]
### BEGIN HIDDEN TESTS
_cases += [(2, [3, 3, 3, 4], 3)]
### END HIDDEN TESTS
for _channels, _widths, _strides in _cases:
    _asked = list(_widths)
    _model = checks.as_model(
        stage, (9, 9, _channels), block=given_block, widths=_asked, strides=_strides
    )
    _call = f"stage(widths={_widths}, strides={_strides})"
    _side = -(-9 // _strides)
    assert tuple(_model.output_shape) == (None, _side, _side, _widths[-1]), (
        f"{_call}: an image of 9x9 gives the shape {tuple(_model.output_shape)}; "
        f"expected {(None, _side, _side, _widths[-1])}. Only the first block strides, "
        "and the last width is the output's"
    )
    # given_block has a 3×3 and a 1×1 kernel: ten numbers for each pair of channels.
    _pairs = zip([_channels, *_widths], _widths, strict=False)
    _wanted = sum(10 * _before * _after for _before, _after in _pairs)
    _count = sum(_w.size for _w in _model.get_weights())
    assert _count == _wanted, (
        f"{_call}: the {len(_widths)} blocks hold {_count} weights; expected {_wanted}"
    )
    assert _asked == _widths, f"{_call} changed its argument: widths is now {_asked}"
    ### BEGIN HIDDEN TESTS
    _model.set_weights(redraw(_model.get_weights(), seed=12))
    _x = np.random.default_rng(13).normal(size=(2, 9, 9, _channels)).astype("float32")
    _y, _before = ops.convert_to_tensor(_x), _channels
    for _index, _after in enumerate(_widths):
        _step = _strides if _index == 0 else 1
        _path, _past = ((_k, _k, _before, _after) for _k in (3, 1))
        _y = ops.conv(ops.relu(_y), drawn(_path, 12), _step, "same") + ops.conv(
            _y, drawn(_past, 12), _step, "same"
        )
        _before = _after
    checks.close(_model(_x), _y, f"{_call}: the output", rtol=1e-2, atol=1e-2)
    ### END HIDDEN TESTS

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
# `config` must be as it was after the call: somebody may want to build a second network
# from it.


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


# %% [markdown]
# Both ends of the network (1 point).

# %% nbgrader={"grade_id": "test_network_ends", "points": 1}
_config = [([4], 1), ([6], 2)]
_model = network(_config, given_block, input_shape=(9, 9, 3), num_classes=5)
checks.model(_model, what="network(...)")
_dims = getattr(_model, "input_shape", None)
assert _dims is None or tuple(_dims) == (None, 9, 9, 3), (
    f"network(input_shape=(9, 9, 3)): the model's input shape is {tuple(_dims)}; "
    "expected (None, 9, 9, 3)"
)
_x = np.random.default_rng(14).normal(size=(4, 9, 9, 3)).astype("float32")
_logits = ops.convert_to_numpy(_model(_x))
checks.shape(_logits, (4, 5), "network(num_classes=5) of 4 images")
assert not np.allclose(_logits.sum(axis=-1), 1, atol=1e-4), (
    "the outputs of each image sum to 1: expected logits, received probabilities"
)
assert _config == [([4], 1), ([6], 2)], (
    f"network changed its argument: config is now {_config}"
)
_sizes = [(_w.ndim > 1, _w.size) for _w in _model.get_weights()]
_kernels = sum(_size for _is_kernel, _size in _sizes if _is_kernel)
_vectors = sum(_size for _is_kernel, _size in _sizes if not _is_kernel)
assert _kernels == 9 * 3 * 4 + 10 * 4 * 4 + 10 * 4 * 6 + 6 * 5, (
    f"network({_config}): the kernels hold {_kernels} numbers; expected "
    f"{9 * 3 * 4 + 10 * 4 * 4 + 10 * 4 * 6 + 6 * 5}"
)
assert _vectors == 4 * 6 + 5, (
    f"network({_config}): there are {_vectors} numbers beside the kernels; expected "
    f"{4 * 6 + 5}: one normalisation of 6 channels at the end, and the dense bias"
)
### BEGIN HIDDEN TESTS
_model.set_weights(redraw(_model.get_weights(), seed=15))
_y = ops.conv(_x, drawn((3, 3, 3, 4), 15), 1, "same")
for _before, _after, _step in ((4, 4, 1), (4, 6, 2)):
    _past = ops.conv(_y, drawn((1, 1, _before, _after), 15), _step, "same")
    _y = ops.relu(_y)
    _y = ops.conv(_y, drawn((3, 3, _before, _after), 15), _step, "same") + _past
_mean, _variance = ops.moments(_y, (0, 1, 2), keepdims=True)
_y = ops.relu((_y - _mean) / ops.sqrt(_variance + 1e-3) + 1)
_y = ops.matmul(ops.mean(_y, axis=(1, 2)), drawn((1, 1, 6, 5), 15)[0, 0]) + 1
checks.close(
    _model(_x, training=True),
    _y,
    "network(...), in training mode: the output",
    rtol=1e-2,
    atol=1e-2,
)
### END HIDDEN TESTS

# %% [markdown]
# Several blocks in a stage (1 point).

# %% nbgrader={"grade_id": "test_network_stages", "points": 1}
_config = [([4, 5], 1), ([6, 6, 7], 2)]
### BEGIN HIDDEN TESTS
_config += [([3], 1)]
### END HIDDEN TESTS
_plan = [(list(_stage), _strides) for _stage, _strides in _config]
_model = network(_config, given_block, input_shape=(8, 8, 1), num_classes=3)
checks.model(_model, what="network(...)")
checks.shape(_model(np.zeros((2, 8, 8, 1), "float32")), (2, 3), "network(...)")
_widths = [_width for _stage, _ in _plan for _width in _stage]
_wanted = 9 * _widths[0] + 4 * _widths[-1] + (_widths[-1] + 1) * 3
for _before, _after in zip([_widths[0], *_widths], _widths, strict=False):
    _wanted += 10 * _before * _after
_count = sum(_w.size for _w in _model.get_weights())
assert _count == _wanted, (
    f"network({_plan}): the {len(_widths)} blocks, the first convolution and the "
    f"end hold {_count} weights; expected {_wanted}"
)

# %% [markdown]
# ## Exercise 5: the gradient at every depth (2 points)
#
# How much of the signal comes back to each layer? Write `gradient_norms(blocks, x)`.
# `blocks` is a list of Keras models, each of which takes what the one before puts out;
# the first takes `x`. Let L be the **sum** of all numbers that the last one puts out.
# Return a list with one number for each block: the norm of ∂L/∂(input of that block),
# over the whole batch, that is the square root of the sum of the squares of all its
# elements. The first number belongs to the first block.
#
# Example: three blocks that each halve their input, and `x` of shape (1, 4). Every
# element of the gradient at the last block's input is ½, so the norm is √(4 · ¼) = 1.
# The result is `[0.25, 0.5, 1.0]`.
#
# `checks.gradient(fn, x)` differentiates the sum of `fn(x)` at `x`, on every backend;
# you may also use your backend's own tools. A common mistake: a list that is a default
# argument. It lives on from call to call.


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


# %% [markdown]
# Linear blocks, whose gradient is known (1 point).

# %% nbgrader={"grade_id": "test_gradient_norms", "points": 1}
# Each block multiplies by a number: below 1 the signal fades, above 1 it grows.
_factors = [[0.5, 0.5, 0.5], [1.0, 1.5]]
### BEGIN HIDDEN TESTS
_factors += [[3.0], [-0.5, 2.0]]
### END HIDDEN TESTS
_x = np.random.default_rng(16).normal(size=(5, 4)).astype("float32")
for _chain in _factors:
    _blocks = []
    for _factor in _chain:
        _block = keras.Sequential([keras.Input((4,)), layers.Dense(4, use_bias=False)])
        _block.set_weights([_factor * np.eye(4, dtype="float32")])
        _blocks.append(_block)
    _received = gradient_norms(_blocks, _x)
    assert hasattr(_received, "__len__"), (
        f"gradient_norms must return a list of numbers. Received: {_received!r}"
    )
    assert len(_received) == len(_chain), (
        f"gradient_norms returned {len(_received)} numbers for {len(_chain)} blocks. "
        "Does a list live on between two calls?"
    )
    # The gradient at block k's input is the product of the factors from k on, 20 times.
    _wanted = np.sqrt(20) * np.abs(np.cumprod(_chain[::-1])[::-1])
    _received = np.array([float(_norm) for _norm in _received])
    if not np.allclose(_received, _wanted, rtol=1e-3):
        assert not np.allclose(_received, _wanted**2, rtol=1e-3), (
            "the norms are squares: the root is missing. Received: "
            f"{_received.round(3).tolist()}; expected {_wanted.round(3).tolist()}"
        )
        assert not np.allclose(_received, _wanted[::-1], rtol=1e-3), (
            "the norms are in reverse order: the first belongs to the first block. "
            f"Received: {_received.round(3).tolist()}"
        )
    checks.close(
        _received, _wanted, f"gradient_norms of blocks that multiply by {_chain}", 1e-3
    )

# %% [markdown]
# Blocks whose gradient depends on where it is taken (1 point).

# %% nbgrader={"grade_id": "test_gradient_norms_place", "points": 1}
# Where tanh is flat, little comes back: each block must see its own input.
_depths = [3]
### BEGIN HIDDEN TESTS
_depths += [4]
### END HIDDEN TESTS
for _depth in _depths:
    _rng = np.random.default_rng(17 + _depth)
    _x = _rng.normal(size=(6, 4)).astype("float32")
    _blocks, _steps, _h = [], [], _x
    for _ in range(_depth):
        _kernel = _rng.normal(size=(4, 4)).astype("float32")
        _block = keras.Sequential(
            [keras.Input((4,)), layers.Dense(4, activation="tanh", use_bias=False)]
        )
        _block.set_weights([_kernel])
        _blocks.append(_block)
        _h = np.tanh(_h @ _kernel)
        _steps.append((1 - _h**2, _kernel))
    # Back through the stack by hand: the chain rule, block by block.
    _wanted, _back = [], np.ones_like(_h)
    for _slope, _kernel in reversed(_steps):
        _back = (_back * _slope) @ _kernel.T
        _wanted.insert(0, np.linalg.norm(_back))
    _received = np.array([float(_norm) for _norm in gradient_norms(_blocks, _x)])
    checks.close(
        _received, np.array(_wanted), f"gradient_norms of {_depth} tanh blocks", 1e-2
    )

# %% [markdown]
# ## Exercise 6: train, and judge on fresh data (3 points)
#
# Write `train_and_score(model, x_train, y_train, x_test, y_test, epochs=4)`. It trains
# `model` in place on the training images and returns its accuracy on the test images, a
# number from 0 to 1.
#
# `model` puts out **logits**, one for each class, as `tiny_network` does. Labels are
# integers. Use cross-entropy, Adam with a learning rate of 0.01 and batches of 32; a
# loop of your own is as good as `compile` and `fit`. `stripes` draws data to try it on:
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
    model.fit(x_train, y_train, batch_size=32, epochs=epochs, verbose=0)
    logits = model.predict(x_test, verbose=0)
    return float(np.mean(np.argmax(logits, axis=-1) == y_test))
    ### END SOLUTION


# %% [markdown]
# The network has learned (2 points).

# %% nbgrader={"grade_id": "test_train", "points": 2}
with checks.seeded(18):
    _model = tiny_network()
    _before = [_w.copy() for _w in _model.get_weights()]
    train_and_score(_model, *stripes(256, seed=19), *stripes(100, seed=20), epochs=4)
assert any(
    not np.array_equal(_now, _then)
    for _now, _then in zip(_model.get_weights(), _before, strict=True)
), "the model's weights are what they were before: nothing was trained"
_x, _y = stripes(300, seed=21)
_logits = ops.convert_to_numpy(_model(_x))
_accuracy = np.mean(_logits.argmax(axis=-1) == _y)
assert _accuracy >= 0.8, (
    f"on 300 fresh images the trained network's accuracy is {_accuracy:.2f}; expected "
    "0.8 or more. Is the learning rate 0.01, and does the loss know that it gets "
    "logits?"
)
### BEGIN HIDDEN TESTS
_loss = float(ops.mean(keras.losses.sparse_categorical_crossentropy(_y, _logits, True)))
assert _loss < 0.4, (
    f"on fresh images the cross-entropy of the logits is {_loss:.2f}, though "
    f"{_accuracy:.2f} of the answers are right; expected less than 0.4. Is it trained "
    "long enough, and does the loss know that it gets logits?"
)
### END HIDDEN TESTS

# %% [markdown]
# The number that is returned is the accuracy on the test images (1 point).

# %% nbgrader={"grade_id": "test_score", "points": 1}
# One bright row in each image says its class. Many test labels are wrong on purpose, so
# that the accuracy on test and on training images cannot be mistaken.
_rng = np.random.default_rng(22)
_labels = _rng.integers(0, 3, 224)
_images = _rng.normal(0, 0.3, (224, 8, 8, 1)).astype("float32")
_images[np.arange(224), 2 * _labels] += 1
_x, _y, _x_test, _y_test = _images[:128], _labels[:128], _images[128:], _labels[128:]
_y_test = np.where(np.arange(96) % 3 == 0, (_y_test + 1) % 3, _y_test)
with checks.seeded(23):
    _model = keras.Sequential(
        [keras.Input((8, 8, 1)), layers.Flatten(), layers.Dense(3)]
    )
    _given = [_array.copy() for _array in (_x, _y, _x_test, _y_test)]
    _score = train_and_score(_model, *_given, epochs=3)
checks.shape(_score, (), "what train_and_score returns")
_right = ops.convert_to_numpy(_model(_x_test)).argmax(axis=-1) == _y_test
_train = ops.convert_to_numpy(_model(_x)).argmax(axis=-1) == _y
# Both sides are the student's: what they trained, and what they say of it.
assert abs(float(_score) - _right.mean()) < 0.006, (
    f"train_and_score returned {float(_score):.3f}; the model's accuracy is "
    f"{_right.mean():.3f} on the test images and {_train.mean():.3f} on the training "
    "images"
)
