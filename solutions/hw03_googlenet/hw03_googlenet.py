# %% [markdown]
# # Assignment 03: GoogLeNet
#
# Chapter 03 built the inception block of 2014 and counted what it costs. Here you look
# under it: the 1×1 convolution as a matrix product, blocks that are written down as a
# list, their cost in closed form, the loss with auxiliary heads, and what the mean over
# each channel does that a dense layer does not.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | The 1×1 convolution is a matrix product | 4 |
# | 2 | An inception block from a specification | 5 |
# | 3 | What a block costs | 4 |
# | 4 | The loss with auxiliary heads | 3 |
# | 5 | Global average pooling against flatten and dense | 4 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one. Images and feature maps are channels-last: (batch,
# height, width, channels). Where a result is an array, NumPy's and Keras's are equally
# good.

# %% nbgrader={"grade_id": "setup"}
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks

# %% [markdown]
# The next cell is given: `redraw` gives the tests' models their weights.


# %% nbgrader={"grade_id": "given"}
def drawn(dims, seed):
    """Random numbers that depend on their shape and the seed alone.

    Args:
        dims: Tuple of integers.
        seed: Integer.

    Returns:
        `float32` array of shape `dims`.
    """
    rng = np.random.default_rng([seed, *dims])
    scale = np.sqrt(np.prod(dims[:-1])) if len(dims) > 1 else 2
    return (rng.normal(size=dims) / scale).astype("float32")


def redraw(weights, seed):
    """New weights for a model; those of one shape get the same numbers.

    Args:
        weights: List of arrays, from `model.get_weights()`.
        seed: Integer.

    Returns:
        List of arrays, for `model.set_weights()`.
    """
    fresh = []
    for weight in weights:
        # A dense kernel is a 1×1 kernel: both get the same numbers.
        extra = (1,) * (4 - weight.ndim) if weight.ndim > 1 else ()
        fresh.append(drawn(extra + weight.shape, seed).reshape(weight.shape))
    return fresh


# %% [markdown]
# ## Exercise 1: the 1×1 convolution is a matrix product (4 points)
#
# A 1×1 convolution never looks at a neighbour. At each pixel it turns the vector of
# channels into another vector, and at each pixel with the same matrix.
#
# **a)** Write `pointwise(x, kernel, bias, strides=1)` for NumPy arrays: what
# `layers.Conv2D` with kernel size 1 computes, as a matrix product of all the pixels in
# one go. With stride 2 the convolution keeps the pixels of rows and columns 0, 2,
# 4, ... and drops the others.
#
#     x = np.ones((2, 5, 7, 3))
#     kernel, bias = np.ones((1, 1, 3, 8)), np.zeros(8)
#     pointwise(x, kernel, bias).shape             # (2, 5, 7, 8), every number is 3
#     pointwise(x, kernel, bias, strides=2).shape  # (2, 3, 4, 8)
#
# **b)** Two matrix products without anything between them are one. In the same way a
# 1×1 convolution and a k×k convolution after it, without bias and ReLU, are *one* k×k
# convolution. Write `merge_kernels(reduce, kernel)`, which returns its kernel.
#
#     reduce = np.ones((1, 1, 64, 8))   # 64 channels -> 8
#     kernel = np.ones((3, 3, 8, 32))   # 8 channels -> 32
#     merge_kernels(reduce, kernel).shape  # (3, 3, 64, 32), every number is 8
#
# (So the reduction is a bargain with a price: of all 3×3 kernels from 64 channels to 32
# it reaches only those whose nine 64×32 matrices can share one middle of 8 channels.)


# %% nbgrader={"grade_id": "pointwise"}
def pointwise(x, kernel, bias, strides=1):
    """1×1 convolution as a matrix product.

    Args:
        x: Array of shape (batch, height, width, channels).
        kernel: Array of shape (1, 1, channels, filters), as Keras keeps it.
        bias: Array of shape (filters,).
        strides: Integer, at least 1.

    Returns:
        Array of shape (batch, ceil(height / strides), ceil(width / strides), filters).
    """
    ### BEGIN SOLUTION
    x = x[:, ::strides, ::strides]
    pixels = x.reshape(-1, x.shape[-1])  # (all pixels, channels)
    y = pixels @ kernel[0, 0] + bias
    return y.reshape(*x.shape[:-1], -1)
    ### END SOLUTION


# %% [markdown]
# Against Keras's own layer, with and without stride (2 points).

# %% nbgrader={"grade_id": "test_pointwise", "points": 2}
# shape of x, filters, strides
_cases = [((2, 5, 7, 4), 4, 1), ((3, 4, 5, 3), 6, 1), ((2, 5, 6, 3), 4, 2)]
### BEGIN HIDDEN TESTS
_cases += [((1, 3, 3, 5), 5, 1), ((4, 1, 9, 2), 7, 1), ((2, 8, 7, 3), 3, 3)]
### END HIDDEN TESTS
_inputs, _wanted = [], []
for _dims, _filters, _strides in _cases:
    _rng = np.random.default_rng([31, *_dims])
    _x = _rng.normal(size=_dims).astype("float32")
    _kernel = _rng.normal(size=(1, 1, _dims[-1], _filters)).astype("float32")
    _bias = _rng.normal(size=_filters).astype("float32")
    _inputs.append((_x, _kernel, _bias, _strides))
    _y = ops.conv(_x, _kernel, _strides, "same")
    _wanted.append(ops.convert_to_numpy(_y) + _bias)
for (_x, _kernel, _bias, _strides), _y in zip(_inputs, _wanted, strict=True):
    _result = pointwise(_x, _kernel, _bias, _strides)
    _call = f"pointwise of {_x.shape} with kernel {_kernel.shape}, strides={_strides},"
    checks.shape(_result, _y.shape, _call)
    _result = ops.convert_to_numpy(_result)
    _turned = (
        _x[:, ::_strides, ::_strides] @ _kernel[0, 0].T + _bias
        if _x.shape[-1] == len(_bias)
        else None
    )
    for _fault, _other in {
        "the bias is missing": _y - _bias,
        "there is a ReLU, which is not part of the convolution": np.maximum(_y, 0),
        "the kernel's matrix is transposed: its rows belong to the input's "
        "channels": _turned,
    }.items():
        if _other is not None and np.allclose(_result, _other, 1e-3, 1e-4):
            raise AssertionError(f"{_call} is not the convolution: {_fault}")
    checks.close(_result, _y, _call, 1e-3, 1e-4)


# %% nbgrader={"grade_id": "merge_kernels"}
def merge_kernels(reduce, kernel):
    """The one kernel that does what a 1×1 and a k×k convolution do in turn.

    Args:
        reduce: Array of shape (1, 1, channels, reduced).
        kernel: Array of shape (k, k, reduced, filters).

    Returns:
        Array of shape (k, k, channels, filters).
    """
    ### BEGIN SOLUTION
    return np.einsum("cr,hwrf->hwcf", reduce[0, 0], kernel)
    ### END SOLUTION


# %% [markdown]
# One convolution with your kernel gives what two give (2 points).

# %% nbgrader={"grade_id": "test_merge_kernels", "points": 2}
# channels, reduced, filters, k
_cases = [(6, 2, 5, 3), (4, 4, 4, 3)]
### BEGIN HIDDEN TESTS
_cases += [(7, 3, 2, 5), (3, 1, 4, 1), (5, 8, 5, 3)]
### END HIDDEN TESTS
for _c, _r, _f, _k in _cases:
    _rng = np.random.default_rng([32, _c, _r, _f, _k])
    _x = _rng.normal(size=(2, 8, 9, _c)).astype("float32")
    _reduce = _rng.normal(size=(1, 1, _c, _r)).astype("float32")
    _kernel = _rng.normal(size=(_k, _k, _r, _f)).astype("float32")
    _y = ops.conv(ops.conv(_x, _reduce, 1, "same"), _kernel, 1, "same")
    _call = f"merge_kernels of {_reduce.shape} and {_kernel.shape}"
    _merged = merge_kernels(_reduce, _kernel)
    checks.shape(_merged, (_k, _k, _c, _f), _call)
    _merged = ops.convert_to_numpy(_merged).astype("float32")
    _mirrored = ops.convert_to_numpy(ops.conv(_x, _merged[::-1, ::-1], 1, "same"))
    _received = ops.convert_to_numpy(ops.conv(_x, _merged, 1, "same"))
    assert _k == 1 or not np.allclose(_mirrored, _y, 1e-3, 1e-3), (
        f"{_call} is turned by 180 degrees: what Keras calls a convolution does not "
        "flip its kernel"
    )
    checks.close(
        _received, _y, f"one convolution with the result of {_call}", 1e-3, 1e-3
    )

# %% [markdown]
# ## Exercise 2: an inception block from a specification (5 points)
#
# Later versions of the network changed the branches: two 3×3 convolutions in place of
# the 5×5, 1×7 and 7×1 in place of the 7×7, means in place of maxima. What stayed is the
# idea: branches side by side, each a few layers in a row, and their outputs
# concatenated. So write the block *once*, for any list of branches.
#
# `inception(x, branches)` takes a Keras tensor and a list of branches. A branch is a
# list of steps. Each starts at `x`, and a step is a tuple:
#
# | step | layer |
# |---|---|
# | `("conv", filters, kernel_size)` | convolution with bias, and ReLU |
# | `("max", size)` | max pooling over size×size |
# | `("mean", size)` | average pooling over size×size |
#
# `kernel_size` is an integer or a pair (height, width). Every step has stride 1 and is
# padded as Keras's `padding="same"` does, so that height and width stay as they are. A
# branch without steps, `[]`, hands `x` itself on. The outputs are concatenated along
# the channels **in the order of the list**.
#
#     paper_3a = [
#         [("conv", 64, 1)],
#         [("conv", 96, 1), ("conv", 128, 3)],
#         [("conv", 16, 1), ("conv", 32, 5)],
#         [("max", 3), ("conv", 32, 1)],
#     ]
#     inception(keras.Input((28, 28, 192)), paper_3a).shape  # (None, 28, 28, 256)
#
# Common mistakes: a pooling layer's default stride is its size, not 1; and a branch
# that starts where the one before it ended.


# %% nbgrader={"grade_id": "inception"}
def inception(x, branches):
    """Inception block from a specification.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        branches: List of branches, at least one; each is a list of steps as in the
            table above.

    Returns:
        Tensor of shape (batch, height, width, the sum of the branches' channels).
    """
    ### BEGIN SOLUTION
    outputs = []
    for branch in branches:
        y = x
        for kind, *sizes in branch:
            if kind == "conv":
                filters, kernel_size = sizes
                y = layers.Conv2D(filters, kernel_size, padding="same")(y)
                y = layers.ReLU()(y)
            elif kind == "max":
                y = layers.MaxPooling2D(sizes[0], 1, padding="same")(y)
            else:
                y = layers.AveragePooling2D(sizes[0], 1, padding="same")(y)
        outputs.append(y)
    return layers.Concatenate()(outputs) if len(outputs) > 1 else outputs[0]
    ### END SOLUTION


# %% [markdown]
# Shapes and weights (2 points).

# %% nbgrader={"grade_id": "test_inception_shape", "points": 2}
# shape of x, branches, channels of the output, numbers in kernels and in biases
_cases = [
    ((6, 5, 3), [[("max", 3)]], (3, 0, 0)),
    ((5, 6, 2), [[("conv", 3, 5)]], (3, 25 * 2 * 3, 3)),
    ((4, 5, 3), [[("conv", 4, 1)], [("conv", 4, 1)]], (4 + 4, 2 * 3 * 4, 4 + 4)),
    (
        (6, 5, 8),
        [[("conv", 4, 1)], [("conv", 3, 1), ("conv", 5, 3)], [("max", 3)]],
        (4 + 5 + 8, 8 * 4 + 8 * 3 + 9 * 3 * 5, 4 + 3 + 5),
    ),
]
### BEGIN HIDDEN TESTS
_cases += [
    ((7, 7, 3), [[("max", 3)], [("mean", 2)]], (6, 0, 0)),
    (
        (4, 9, 3),
        [[("conv", 2, 1), ("conv", 4, (1, 7)), ("conv", 5, (7, 1))], []],
        (5 + 3, 3 * 2 + 7 * 2 * 4 + 7 * 4 * 5, 2 + 4 + 5),
    ),
]
### END HIDDEN TESTS
for _dims, _branches, (_channels, _numbers, _biases) in _cases:
    _block = checks.as_model(inception, _dims, branches=_branches)
    _out = tuple(_block.output_shape)
    _call = f"inception of {_dims} with the branches {_branches}"
    assert _out[1:3] == _dims[:2], (
        f"{_call} has the output shape {_out}; expected the height and width of its "
        f"input, {_dims[:2]}: every step has stride 1 and padding, and channels are "
        "what is concatenated"
    )
    assert _out[-1] == _channels, (
        f"{_call} puts out {_out[-1]} channels; expected {_channels}, the sum of the "
        "branches, each of which starts at x"
    )
    _sizes = [(_w.ndim > 1, _w.size) for _w in _block.get_weights()]
    _found = sum(_size for _is_kernel, _size in _sizes if _is_kernel)
    assert _found == _numbers, (
        f"{_call}: the kernels hold {_found} numbers; expected {_numbers}"
    )
    _found = sum(_size for _is_kernel, _size in _sizes if not _is_kernel)
    assert _found == _biases, (
        f"{_call}: there are {_found} numbers beside the kernels; expected {_biases}, "
        "one bias for each filter"
    )
    _block.set_weights(redraw(_block.get_weights(), 35))
    _one, _other = ops.convert_to_numpy(_block(drawn((2, *_dims), 35)))
    assert not np.allclose(_one, _other), f"{_call} puts out the same for two images"

# %% [markdown]
# What it computes: layers, ReLU, order (3 points).

# %% nbgrader={"grade_id": "test_inception_values", "points": 3}
_cases = [
    (
        (6, 6, 4),
        [[("conv", 3, 1)], [("conv", 5, 1), ("conv", 6, 3)], [("max", 3)]],
    )
]
### BEGIN HIDDEN TESTS
_cases += [
    ((5, 7, 3), [[("mean", 3)], [("max", 2), ("conv", 4, 1)], []]),
    (
        (7, 6, 2),
        [
            [("conv", 3, (3, 1)), ("mean", 3)],
            [("conv", 4, 5), ("conv", 5, (1, 3)), ("conv", 6, 1)],
        ],
    ),
    ((4, 4, 3), [[("conv", 2, 3)]]),
]
### END HIDDEN TESTS


def _expected_block(x, branches, relu="each", swap=False):
    """The block with drawn weights; the switches make it wrong in known ways."""
    outputs = []
    for branch in branches:
        y, pools = x, (ops.max_pool, ops.average_pool)
        for index, (kind, *sizes) in enumerate(branch):
            if kind == "conv":
                filters, size = sizes
                size = tuple(size) if isinstance(size, list | tuple) else (size, size)
                y = ops.conv(y, drawn((*size, y.shape[-1], filters), 33), 1, "same")
                y = y + drawn((filters,), 33)
                if relu in ("each", "twice") or (
                    relu == "last" and index == len(branch) - 1
                ):
                    y = ops.relu(y)
            else:
                y = pools[(kind == "mean") != swap](y, sizes[0], 1, "same")
        outputs.append(ops.convert_to_numpy(y))
    y = np.concatenate(outputs, axis=-1)
    return np.maximum(y, 0) if relu == "twice" else y


for _dims, _branches in _cases:
    _x = np.random.default_rng([34, *_dims]).normal(size=(2, *_dims)).astype("float32")
    _y = _expected_block(_x, _branches)
    _call = f"inception of {_dims} with the branches {_branches}"
    _block = checks.as_model(inception, _dims, branches=_branches)
    _block.set_weights(redraw(_block.get_weights(), 33))
    _received = ops.convert_to_numpy(_block(_x))
    checks.shape(_received, _y.shape, _call)
    if not np.allclose(_received, _y, 1e-3, 1e-4):
        for _fault, _other in {
            "the branches are concatenated in another order than that of the list": (
                _expected_block(_x, _branches[::-1])
            ),
            "ReLU is missing after the convolutions": (
                _expected_block(_x, _branches, "none")
            ),
            "ReLU is missing after the convolutions that are not the last of their "
            "branch": _expected_block(_x, _branches, "last"),
            "there is a ReLU after the concatenation, or after a pooling": (
                _expected_block(_x, _branches, "twice")
            ),
            "maxima and means are mixed up": _expected_block(_x, _branches, swap=True),
        }.items():
            assert not np.allclose(_received, _other, 1e-3, 1e-4), f"{_call}: {_fault}"
    checks.close(_received, _y, _call, 1e-3, 1e-4)

# %% [markdown]
# ## Exercise 3: what a block costs (4 points)
#
# The chapter read the costs off built layers. You can know them before a layer exists.
# A convolution of `channels` to `filters` with a k×k kernel, stride 1 and a bias has
#
# - k · k · channels · filters + filters parameters,
# - height · width · k · k · channels · filters multiply-adds for one image (biases and
#   pooling count as none).
#
# **a)** `naive_cost(height, width, channels, filters)` for the block without reductions
# with `filters = (f1, f3, f5)`: 1×1, 3×3 and 5×5 convolutions and a max pooling, side
# by side. It returns the pair (parameters, multiply-adds).
#
# **b)** `reduced_cost(height, width, channels, filters)` for the block with reductions
# with `filters = (f1, (r3, f3), (r5, f5), fp)`: r3 and r5 are the 1×1 convolutions
# before the 3×3 and the 5×5, and fp is the one behind the pooling. The same pair.
#
#     naive_cost(28, 28, 192, (64, 128, 32))                      # 387,296 parameters
#     reduced_cost(28, 28, 192, (64, (96, 128), (16, 32), 32))    # 163,696 parameters
#
# **c)** A reduction to too many channels saves nothing. `largest_saving(channels,
# filters, kernel_size)` returns the largest r, a whole number, for which a 1×1
# convolution to r channels and a k×k convolution to `filters` together need **fewer**
# multiply-adds than the k×k convolution alone; 0 if there is none.
#
#     largest_saving(192, 32, 5)   # 154: with 155 channels between them it costs more
#
# A common mistake: an r at which the two cost the same saves nothing.


# %% nbgrader={"grade_id": "naive_cost"}
def naive_cost(height, width, channels, filters):
    """Cost of the block without reductions.

    Args:
        height: Integer, of the feature maps.
        width: Integer.
        channels: Integer, of the block's input.
        filters: `(f1, f3, f5)`, three integers.

    Returns:
        Pair of integers, parameters and multiply-adds for one image.
    """
    ### BEGIN SOLUTION
    f1, f3, f5 = filters
    kernels = channels * (f1 + 9 * f3 + 25 * f5)
    return kernels + f1 + f3 + f5, height * width * kernels
    ### END SOLUTION


# %% [markdown]
# The naive block (1 point).

# %% nbgrader={"grade_id": "test_naive_cost", "points": 1}
_cases = [(28, 28, 192, (64, 128, 32)), (7, 5, 3, (2, 4, 6))]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(35)
for _ in range(8):
    _size = _rng.integers(1, 60, 3).tolist()
    _cases.append((*_size, tuple(_rng.integers(1, 99, 3).tolist())))
### END HIDDEN TESTS
for _case, _result in zip(_cases, checks.each(naive_cost, _cases), strict=True):
    _h, _w, _c, _filters = _case
    _kernels = sum(k * k * _c * f for k, f in zip((1, 3, 5), _filters, strict=True))
    _call = "naive_cost({}, {}, {}, {})".format(*_case)
    checks.shape(_result, (2,), f"{_call}, parameters and multiply-adds,")
    _parameters, _multiply_adds = map(int, _result)
    assert _parameters != _kernels, (
        f"{_call}: {_parameters:,} parameters are those of the kernels; the biases, "
        "one for each filter, are missing"
    )
    assert _parameters == _kernels + sum(_filters), (
        f"{_call} counts {_parameters:,} parameters; expected "
        f"{_kernels + sum(_filters):,}"
    )
    assert _multiply_adds == _h * _w * _kernels, (
        f"{_call} counts {_multiply_adds:,} multiply-adds; expected "
        f"{_h * _w * _kernels:,}"
    )


# %% nbgrader={"grade_id": "reduced_cost"}
def reduced_cost(height, width, channels, filters):
    """Cost of the block with reductions.

    Args:
        height: Integer, of the feature maps.
        width: Integer.
        channels: Integer, of the block's input.
        filters: `(f1, (r3, f3), (r5, f5), fp)`.

    Returns:
        Pair of integers, parameters and multiply-adds for one image.
    """
    ### BEGIN SOLUTION
    f1, (r3, f3), (r5, f5), fp = filters
    kernels = channels * (f1 + r3 + r5 + fp) + 9 * r3 * f3 + 25 * r5 * f5
    biases = f1 + r3 + f3 + r5 + f5 + fp
    return kernels + biases, height * width * kernels
    ### END SOLUTION


# %% [markdown]
# The block with reductions (2 points).

# %% nbgrader={"grade_id": "test_reduced_cost", "points": 2}
_cases = [
    (28, 28, 192, (64, (96, 128), (16, 32), 32)),
    (7, 5, 3, (2, (3, 4), (5, 6), 7)),
]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(36)
for _ in range(8):
    _size = _rng.integers(1, 60, 3).tolist()
    _a, _b, _c, _d, _e, _f = _rng.integers(1, 99, 6).tolist()
    _cases.append((*_size, (_a, (_b, _c), (_d, _e), _f)))
### END HIDDEN TESTS
for _case, _result in zip(_cases, checks.each(reduced_cost, _cases), strict=True):
    _h, _w, _c, (_f1, (_r3, _f3), (_r5, _f5), _fp) = _case
    _convolutions = [(1, _c, _f1), (1, _c, _r3), (3, _r3, _f3)]
    _convolutions += [(1, _c, _r5), (5, _r5, _f5), (1, _c, _fp)]
    _kernels = sum(k * k * before * after for k, before, after in _convolutions)
    _biases = sum(after for _, _, after in _convolutions)
    _call = "reduced_cost({}, {}, {}, {})".format(*_case)
    checks.shape(_result, (2,), f"{_call}, parameters and multiply-adds,")
    _parameters, _multiply_adds = map(int, _result)
    for _fault, _less in {
        "the biases are missing": _biases,
        "the biases of the reductions are missing": _r3 + _r5,
        "the 1x1 behind the pooling is missing": _c * _fp + _fp,
        "the reductions themselves are missing": (_c + 1) * (_r3 + _r5),
    }.items():
        assert _parameters != _kernels + _biases - _less, (
            f"{_call} counts {_parameters:,} parameters: {_fault}"
        )
    assert _parameters == _kernels + _biases, (
        f"{_call} counts {_parameters:,} parameters; expected {_kernels + _biases:,}"
    )
    assert _multiply_adds != _h * _w * (_kernels + _biases), (
        f"{_call} counts {_multiply_adds:,} multiply-adds, biases included; they are "
        "additions only"
    )
    assert _multiply_adds == _h * _w * _kernels, (
        f"{_call} counts {_multiply_adds:,} multiply-adds; expected "
        f"{_h * _w * _kernels:,}"
    )


# %% nbgrader={"grade_id": "largest_saving"}
def largest_saving(channels, filters, kernel_size):
    """Widest reduction that still saves multiply-adds.

    Args:
        channels: Integer, of the input.
        filters: Integer, of the k×k convolution.
        kernel_size: Integer, k.

    Returns:
        Integer: the largest number of channels between the two; 0 if none saves.
    """
    ### BEGIN SOLUTION
    area = kernel_size**2
    direct = area * channels * filters
    # r * (channels + area * filters) < direct, in whole numbers.
    return (direct - 1) // (channels + area * filters)
    ### END SOLUTION


# %% [markdown]
# Where a reduction stops to pay (1 point).

# %% nbgrader={"grade_id": "test_largest_saving", "points": 1}
_cases = [(192, 32, 5), (18, 1, 3), (1, 1, 3)]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(37)
for _k in (1, 2, 3, 5, 7):
    _cases += [(_c, _f, _k) for _c, _f in _rng.integers(1, 300, (6, 2)).tolist()]
    _cases += [(_k * _k * _f, _f, _k) for _f in (2, 8, 5)]  # ties
_cases.append((1, 300, 1))
### END HIDDEN TESTS
for _case, _result in zip(_cases, checks.each(largest_saving, _cases), strict=True):
    _c, _f, _k = _case
    _direct = _k * _k * _c * _f
    _costs = [_r * _c + _k * _k * _r * _f for _r in range(_c + 1)]
    _r = max(_r for _r, _cost in enumerate(_costs) if _cost < _direct)
    _call = "largest_saving(channels={}, filters={}, kernel_size={})".format(*_case)
    checks.shape(_result, (), _call)
    _result = float(_result)
    _words = f"{_call} is {_result:g}; expected {_r}"
    assert not (_result == _r + 1 and _costs[_r + 1] == _direct), (
        f"{_words}: with {_r + 1} channels in between the multiply-adds are exactly "
        f"those of the direct convolution, {_direct:,}, and nothing is saved"
    )
    assert _result == _r, (
        f"{_words}: {_costs[_r]:,} multiply-adds against {_direct:,} without the "
        "reduction"
    )

# %% [markdown]
# ## Exercise 4: the loss with auxiliary heads (3 points)
#
# GoogLeNet has 22 layers and was trained without batch normalisation. Two small
# classifiers sit halfway and learn the same labels, so that the early layers hear of
# the error from nearby. In training their losses are **added to the main one with
# weight 0.3 each**; afterwards the heads are thrown away (section 5 of the paper,
# arXiv:1409.4842).
#
# Write `combined_loss(labels, outputs, training)`. `outputs` is a list of arrays of
# **logits**: the main output first, then any number of heads, perhaps none. The loss of
# one output is the cross-entropy, averaged over the batch:
#
# $$-\frac{1}{n} \sum_i \log \mathrm{softmax}(\mathrm{logits}_i)_{\mathrm{label}_i}$$
#
# Return a float. When `training` is false it is the main output's loss alone.
#
# Logits can be large: `np.exp(1000)` is infinite. Taking the largest logit of each row
# away from the whole row changes no softmax and keeps the numbers small.


# %% nbgrader={"grade_id": "combined_loss"}
def combined_loss(labels, outputs, training):
    """Loss of a classifier with auxiliary heads.

    Args:
        labels: Integer array of shape (batch,).
        outputs: List of arrays of logits, each (batch, num_classes); the main one
            first.
        training: Whether the heads count.

    Returns:
        Float.
    """

    ### BEGIN SOLUTION
    def cross_entropy(logits):
        logits = logits - logits.max(axis=1, keepdims=True)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        return -logs[np.arange(len(labels)), labels].mean()

    main, *heads = (cross_entropy(logits) for logits in outputs)
    return float(main + 0.3 * sum(heads) if training else main)
    ### END SOLUTION


# %% [markdown]
# While training (2 points).

# %% nbgrader={"grade_id": "test_combined_loss", "points": 2}
# batch, classes, heads, scale of the logits
_cases = [(4, 3, 2, 1.0), (6, 5, 1, 3.0)]
### BEGIN HIDDEN TESTS
_cases += [(5, 4, 3, 2.0), (3, 10, 0, 1.0), (4, 3, 2, 2000.0)]
### END HIDDEN TESTS
for _n, _k, _heads, _scale in _cases:
    _rng = np.random.default_rng([38, _n, _k, _heads])
    _labels = _rng.integers(0, _k, _n)
    _outputs = [_scale * _rng.normal(size=(_n, _k)) for _ in range(_heads + 1)]
    _losses = []
    for _logits in _outputs:
        # log(sum(exp)) by NumPy's own pairwise form, which does not overflow.
        _logs = _logits - np.logaddexp.reduce(_logits, axis=1, keepdims=True)
        _losses.append(-_logs[np.arange(_n), _labels].mean())
    _wanted = _losses[0] + 0.3 * sum(_losses[1:])
    _call = (
        f"combined_loss of {_n} examples, {_k} classes, {_heads} heads, in training,"
    )
    _result = combined_loss(_labels, _outputs, training=True)
    checks.shape(_result, (), _call)
    _result = float(_result)
    assert np.isfinite(_result), (
        f"{_call} is {_result} for logits around {_scale:g}: the exponential overflows"
    )
    if not np.isclose(_result, _wanted, 1e-4, 1e-5):
        for _fault, _other in {
            "the heads do not count": _losses[0],
            "the heads' losses have weight 1, not 0.3": sum(_losses),
            "the heads' losses are averaged, not added": (
                _losses[0] + 0.3 * np.mean(_losses[1:]) if _heads else None
            ),
            "the main loss is weighted too": 0.3 * sum(_losses),
            "the sum of the weights is 1; the main loss has weight 1 and each head "
            "0.3 on top": ((1 - 0.3 * _heads) * _losses[0] + 0.3 * sum(_losses[1:])),
            "losses are summed over the batch, not averaged": _n * _wanted,
            "only the first head counts": (
                _losses[0] + 0.3 * _losses[1] if _heads else None
            ),
        }.items():
            if _other is not None and np.isclose(_result, _other, 1e-4, 1e-5):
                raise AssertionError(f"{_call} is {_result:.4f}: {_fault}")
    checks.close(_result, _wanted, _call, 1e-4, 1e-5)

# %% [markdown]
# After training the heads are gone (1 point).

# %% nbgrader={"grade_id": "test_combined_loss_after", "points": 1}
_heads_of = [2]
### BEGIN HIDDEN TESTS
_heads_of += [0, 1]
### END HIDDEN TESTS
for _heads in _heads_of:
    _rng = np.random.default_rng([39, _heads])
    _labels = _rng.integers(0, 4, 5)
    _outputs = [_rng.normal(size=(5, 4)) for _ in range(_heads + 1)]
    _logs = _outputs[0] - np.logaddexp.reduce(_outputs[0], axis=1, keepdims=True)
    _alone = -_logs[np.arange(5), _labels].mean()
    _result = combined_loss(_labels, _outputs, training=False)
    checks.shape(_result, (), "combined_loss after training")
    # How the main loss itself is computed is the business of the test above.
    _again = combined_loss(_labels, _outputs[:1], training=True)
    checks.shape(_again, (), "combined_loss in training without heads")
    assert np.isclose(float(_result), [_alone, float(_again)], 1e-4).any(), (
        f"after training, with {_heads} heads, combined_loss is {float(_result):.4f}; "
        f"expected the main output's loss alone, {_alone:.4f}"
    )

# %% [markdown]
# ## Exercise 5: global average pooling against flatten and dense (4 points)
#
# VGG flattens its last feature maps and connects every number to every class. GoogLeNet
# takes the mean over each channel first.
#
# **a)** `ending_parameters(height, width, channels, classes)` returns a pair: the
# parameters of `Flatten` and `Dense(classes)` on feature maps of that shape, and those
# of `GlobalAveragePooling2D` and `Dense(classes)`. Dense layers have a bias.
#
#     ending_parameters(7, 7, 1024, 1000)   # (50177000, 1025000)
#
# **b)** The mean is a sum with equal weights, so the second ending is a special case of
# the first. Write `flatten_kernel(kernel, height, width)`: given the dense layer's
# kernel behind the *mean*, return the kernel behind *flatten* with which the result is
# the same. `Flatten` of (height, width, channels) lets the channels run fastest.
#
# **c)** Move the object in the image: what changes? Write `shift_change(model, x,
# shift)`. It moves `x` by `shift = (down, right)` pixels, and what leaves on one side
# comes in on the other (`np.roll` does that). It returns the **largest absolute
# change** of any number that `model` puts out.
#
#     maps = np.random.default_rng(0).normal(size=(8, 7, 7, 16)).astype("float32")
#     for first in (layers.GlobalAveragePooling2D(), layers.Flatten()):
#         ending = keras.Sequential([first, layers.Dense(10)])
#         shift_change(ending, maps, (1, 2))   # nearly 0 for one of them


# %% nbgrader={"grade_id": "ending_parameters"}
def ending_parameters(height, width, channels, classes):
    """Parameters of the two endings.

    Args:
        height: Integer, of the last feature maps.
        width: Integer.
        channels: Integer.
        classes: Integer.

    Returns:
        Pair of integers: flatten and dense; global average pooling and dense.
    """
    ### BEGIN SOLUTION
    return (height * width * channels + 1) * classes, (channels + 1) * classes
    ### END SOLUTION


# %% [markdown]
# Parameters of the two endings (1 point).

# %% nbgrader={"grade_id": "test_ending_parameters", "points": 1}
_cases = [(7, 7, 1024, 1000), (3, 4, 5, 6)]
### BEGIN HIDDEN TESTS
_cases += np.random.default_rng(40).integers(1, 50, (10, 4)).tolist()
### END HIDDEN TESTS
_results = checks.each(ending_parameters, [tuple(_case) for _case in _cases])
for _case, _result in zip(_cases, _results, strict=True):
    _h, _w, _c, _classes = _case
    _call = "ending_parameters({}, {}, {}, {})".format(*_case)
    checks.shape(_result, (2,), f"{_call}, two counts,")
    _first, _second = map(int, _result)
    _wanted = ((_h * _w * _c + 1) * _classes, (_c + 1) * _classes)
    assert (_first, _second) != (_wanted[0] - _classes, _wanted[1] - _classes), (
        f"{_call} is {_first:,} and {_second:,}: the biases of the dense layers are "
        "missing"
    )
    assert _first == _wanted[0], (
        f"{_call}: flatten and dense have {_first:,} parameters; expected "
        f"{_wanted[0]:,}"
    )
    assert _second == _wanted[1], (
        f"{_call}: global average pooling and dense have {_second:,} parameters; "
        f"expected {_wanted[1]:,}"
    )


# %% nbgrader={"grade_id": "flatten_kernel"}
def flatten_kernel(kernel, height, width):
    """The dense kernel behind flatten that does what the mean and a dense layer do.

    Args:
        kernel: Array of shape (channels, classes), behind the mean.
        height: Integer, of the feature maps.
        width: Integer.

    Returns:
        Array of shape (height * width * channels, classes).
    """
    ### BEGIN SOLUTION
    return np.tile(kernel, (height * width, 1)) / (height * width)
    ### END SOLUTION


# %% [markdown]
# The mean as a dense layer (1 point).

# %% nbgrader={"grade_id": "test_flatten_kernel", "points": 1}
# height, width, channels, classes
_cases = [(2, 3, 4, 5), (3, 3, 2, 6)]
### BEGIN HIDDEN TESTS
_cases += [(1, 5, 3, 2), (4, 2, 1, 3), (1, 1, 3, 3)]
### END HIDDEN TESTS
for _h, _w, _c, _classes in _cases:
    _rng = np.random.default_rng([41, _h, _w, _c])
    _kernel = _rng.normal(size=(_c, _classes))
    _maps = _rng.normal(size=(6, _h, _w, _c))
    _wanted = _maps.mean((1, 2)) @ _kernel
    _call = f"flatten_kernel of {_kernel.shape} for maps of {_h}x{_w}"
    _result = flatten_kernel(_kernel, _h, _w)
    checks.shape(_result, (_h * _w * _c, _classes), _call)
    _received = _maps.reshape(6, -1) @ ops.convert_to_numpy(_result).astype("float64")
    if not np.allclose(_received, _wanted, 1e-3, 1e-4):
        assert not np.allclose(_received, _h * _w * _wanted, 1e-3, 1e-4), (
            f"{_call} gives the sum over each channel, not the mean: it is "
            f"{_h * _w} times too large"
        )
        _repeated = np.repeat(_kernel, _h * _w, axis=0) / (_h * _w)
        assert not np.allclose(_received, _maps.reshape(6, -1) @ _repeated, 1e-3), (
            f"{_call} has its rows in the wrong order: flatten lets the channels run "
            "fastest, so the rows of a pixel's channels lie side by side"
        )
    checks.close(
        _received, _wanted, f"flattened maps times the result of {_call}", 1e-3, 1e-4
    )


# %% nbgrader={"grade_id": "shift_change"}
def shift_change(model, x, shift):
    """How much a model's output changes when its input moves.

    Args:
        model: A `keras.Model` from (batch, height, width, channels) to (batch, n).
        x: Array of shape (batch, height, width, channels).
        shift: `(down, right)`, two integers, negative ones too.

    Returns:
        Float, the largest absolute change in the output.
    """
    ### BEGIN SOLUTION
    moved = np.roll(x, shift, axis=(1, 2))
    before, after = (ops.convert_to_numpy(model(images)) for images in (x, moved))
    return float(np.abs(after - before).max())
    ### END SOLUTION


# %% [markdown]
# What a shift changes (2 points).

# %% nbgrader={"grade_id": "test_shift_change", "points": 2}
# Maps of one image each: what is moved from image to image stands out.
_shifts = [(1, 0), (0, 2)]
### BEGIN HIDDEN TESTS
_shifts += [(-1, 2), (3, 1), (0, 0)]
### END HIDDEN TESTS
_rng = np.random.default_rng(42)
_x = _rng.normal(size=(3, 4, 5, 2)).astype("float32")
_kernel = _rng.normal(size=(4 * 5 * 2, 3)).astype("float32")
_kernel[:, 0] -= 1  # the class that changes most is not always the one that grows
_flat = keras.Sequential([keras.Input((4, 5, 2)), layers.Flatten(), layers.Dense(3)])
_flat.set_weights([_kernel, np.ones(3, "float32")])
_pooled = keras.Sequential(
    [keras.Input((4, 5, 2)), layers.GlobalAveragePooling2D(), layers.Dense(3)]
)
_pooled.set_weights([_kernel[:2], np.ones(3, "float32")])
_result = shift_change(_pooled, _x.copy(), (1, 2))
checks.shape(_result, (), "what shift_change returns")
_cut = _x[:, :-1, :-2].sum((1, 2)) / 20 - _x.mean((1, 2))
assert not np.isclose(float(_result), np.abs(_cut @ _kernel[:2]).max(), 1e-3), (
    f"behind global average pooling a shift changes {float(_result):.3g}: what leaves "
    "the image on one side is lost; expected it to come in on the other"
)
assert abs(float(_result)) < 1e-4, (
    f"behind global average pooling a shift changes {float(_result):.3g}; expected 0 "
    "up to rounding: the mean does not ask where. Does each image stay one image, and "
    "do its channels stay in place?"
)
for _shift in _shifts:
    _before = _x.reshape(3, -1) @ _kernel
    _after = np.roll(_x, _shift, (1, 2)).reshape(3, -1) @ _kernel
    _change = _after - _before
    _result = float(shift_change(_flat, _x.copy(), _shift))
    _call = f"shift_change behind flatten and dense, shift {_shift},"
    if not np.isclose(_result, np.abs(_change).max(), 1e-3, 1e-4):
        for _fault, _other in {
            "the largest change is signed; expected the largest absolute value": (
                _change.max()
            ),
            "the changes are averaged; expected the largest": np.abs(_change).mean(),
            "down and right are swapped": np.abs(
                np.roll(_x, _shift[::-1], (1, 2)).reshape(3, -1) @ _kernel - _before
            ).max(),
        }.items():
            assert not np.isclose(_result, _other, 1e-3, 1e-4), (
                f"{_call} is {_result:.4f}: {_fault}"
            )
    checks.close(_result, np.abs(_change).max(), _call, 1e-3, 1e-4)
