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
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one. What a test expects stands in `expected.json`, beside this notebook.
#
# Images and feature maps are channels-last: (batch, height, width, channels). Results
# may be arrays of NumPy or of Keras, or lists, and of any type of float; a pair may be
# a list. What a function is given, arrays and lists, must not change.

# %% nbgrader={"grade_id": "setup"}
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks

checks.short_errors()

# %% [markdown]
# The next cell is given: the tests draw arrays and the weights of networks with it.


# %% nbgrader={"grade_id": "given"}
def drawn(dims, seed):
    """Draws `float32` numbers that depend on their shape and the seed alone."""
    return np.random.default_rng([seed, *dims]).normal(size=dims).astype("float32")


def redraw(weights, seed):
    """Draws new weights for `model.set_weights()`, in the shapes of the old ones."""
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
# `layers.Conv2D` with kernel size 1 and without an activation computes. Look for the
# *one* matrix product that serves all pixels of all images. (The tests judge the
# numbers, not the way.) With stride 2 the convolution keeps the pixels of rows and
# columns 0, 2, 4, ... and drops the others.
#
# One pixel to check by hand: channels (1, 2), a kernel with the rows (1, 0, 2) and
# (0, 1, 1), and the bias (0, 0, 1) give (1, 2, 5).
#
# **b)** Two matrix products without anything between them are one. In the same way a
# 1×1 convolution and a k×k convolution after it, without bias and ReLU, are *one* k×k
# convolution. Write `merge_kernels(reduce, kernel)`, which returns its kernel.
#
#     reduce = np.ones((1, 1, 64, 8))   # 64 channels -> 8
#     kernel = np.ones((3, 3, 8, 32))   # 8 channels -> 32
#     merge_kernels(reduce, kernel).shape  # (3, 3, 64, 32), every number is 8
#
# (This is the reduction's price. A 3×3 kernel from 64 channels to 32 holds nine
# matrices of 64×32. After a reduction to 8 channels each of the nine is a product with
# the same matrix of 64×8: most kernels are out of reach.)


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


# %% nbgrader={"grade_id": "given_pointwise"}
def pixels(dims, filters, seed=31):
    """Draws images of shape `dims`, a 1×1 kernel and a bias."""
    kernel = drawn((1, 1, dims[-1], filters), seed)
    return [drawn(dims, seed), kernel, drawn((filters,), seed)]


# %% tags=["expected"]
def pointwise_expected(x, kernel, bias, strides=1):
    """Returns a 1×1 convolution, and what mistakes make of it."""
    x, matrix, bias = (np.array(a, "float64") for a in (x, kernel[0, 0], bias))
    kept = x[:, ::strides, ::strides]
    answer = kept @ matrix + bias
    height, width = x.shape[1] // strides, x.shape[2] // strides
    flat = np.moveaxis(matrix.T @ kept.reshape(kept.shape[-1], -1), 0, 1)
    mistakes = {
        "the bias is missing": answer - bias,
        "there is a ReLU, which is not part of the convolution": np.maximum(answer, 0),
        "the stride is ignored": x @ matrix + bias,
        "the stride drops rows, and no columns": x[:, ::strides] @ matrix + bias,
        "the stride drops columns, and no rows": x[:, :, ::strides] @ matrix + bias,
        "the size is rounded down; the last row and column belong to it": answer[
            :, :height, :width
        ],
        "`reshape` alone does not bring the channels to the front: pixels are mixed": (
            flat.reshape(answer.shape) + bias
        ),
    }
    if x.shape[-1] == len(bias):
        mistakes["the kernel's matrix is transposed: its rows are the input's"] = (
            kept @ matrix.T + bias
        )
    return answer, mistakes


for dims, filters, strides in [((2, 3, 4, 3), 3, 1), ((1, 5, 6, 2), 4, 2)]:
    expect(
        f"pointwise of {dims} to {filters} filters with stride {strides}",
        *pointwise_expected(*pixels(dims, filters), strides),
    )

# %% [markdown]
# With and without stride (2 points).

# %% nbgrader={"grade_id": "test_pointwise", "points": 2}
for _dims, _filters, _strides in [((2, 3, 4, 3), 3, 1), ((1, 5, 6, 2), 4, 2)]:
    _case, _kept = pixels(_dims, _filters), pixels(_dims, _filters)
    _found = pointwise(*_case, strides=_strides)
    _call = f"pointwise of {_dims} to {_filters} filters with stride {_strides}"
    checks.answer(_found, _call)
    checks.unchanged(_case, _kept, "the arrays given to pointwise")
### BEGIN HIDDEN TESTS
for _dims, _filters, _strides in [
    ((1, 3, 3, 5), 5, 1),
    ((4, 1, 9, 2), 7, 1),
    ((2, 8, 7, 3), 3, 3),
    ((3, 6, 5, 1), 1, 4),
    ((2, 9, 1, 4), 2, 2),
]:
    _case = pixels(_dims, _filters, 32)
    _right = pointwise_expected(*_case, _strides)
    _call = f"pointwise of {_dims} to {_filters} filters with stride {_strides}"
    checks.judge(pointwise(*_case, _strides), *_right, _call)
_case = [_a.astype("float64") for _a in pixels((2, 3, 5, 4), 6, 33)]
_right = pointwise_expected(*_case)
checks.judge(pointwise(*_case), *_right, "pointwise without strides given")
### END HIDDEN TESTS
checks.passed("values", "stride", "arrays unchanged")


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


# %% nbgrader={"grade_id": "given_merge"}
def kernels(channels, reduced, filters, k, seed=34):
    """Draws a 1×1 kernel and a k×k kernel for `merge_kernels`."""
    dims = (1, 1, channels, reduced), (k, k, reduced, filters)
    return [drawn(shape, seed) for shape in dims]


# %% tags=["expected"]
def merge_expected(reduce, kernel):
    """Returns the kernel of two convolutions in turn, and common mistakes."""
    matrix, kernel = (np.array(a, "float64") for a in (reduce[0, 0], kernel))
    answer = np.einsum("cr,hwrf->hwcf", matrix, kernel)
    turned = "it is turned by 180 degrees: Keras's convolution does not flip its kernel"
    mistakes = {
        turned: answer[::-1, ::-1],
        "the mean over the reduced channels is taken; expected the sum": answer
        / matrix.shape[1],
        "rows and columns of the window are swapped": answer.swapaxes(0, 1),
        "the axes are in another order: expected k, k, channels, filters": np.einsum(
            "cr,hwrf->chwf", matrix, kernel
        ),
        "channels and filters are swapped": answer.swapaxes(2, 3),
    }
    if matrix.shape[0] == matrix.shape[1]:
        mistakes["the 1×1 kernel's matrix is transposed"] = matrix.T @ kernel
    return answer, mistakes


for sizes in [(4, 2, 3, 3), (3, 3, 2, 2)]:
    expect(
        "merge_kernels of {} channels to {} to {}, k = {}".format(*sizes),
        *merge_expected(*kernels(*sizes)),
    )

# %% [markdown]
# One kernel for two (2 points).

# %% nbgrader={"grade_id": "test_merge_kernels", "points": 2}
for _sizes in [(4, 2, 3, 3), (3, 3, 2, 2)]:
    _case, _kept = kernels(*_sizes), kernels(*_sizes)
    _call = "merge_kernels of {} channels to {} to {}, k = {}".format(*_sizes)
    checks.answer(merge_kernels(*_case), _call)
    checks.unchanged(_case, _kept, "the arrays given to merge_kernels")
### BEGIN HIDDEN TESTS
for _sizes in [(7, 3, 2, 5), (3, 1, 4, 1), (5, 8, 5, 3), (1, 2, 1, 4), (6, 6, 6, 3)]:
    _case = kernels(*_sizes, seed=35)
    _right = merge_expected(*_case)
    _call = "merge_kernels of {} channels to {} to {}, k = {}".format(*_sizes)
    checks.judge(merge_kernels(*_case), *_right, _call)
### END HIDDEN TESTS
checks.passed("values", "arrays unchanged")

# %% [markdown]
# ## Exercise 2: an inception block from a specification (5 points)
#
# Later versions of the network changed the branches: two 3×3 convolutions in place of
# the 5×5, a 1×7 and a 7×1 in a row, means in place of maxima. What stayed is the idea:
# branches side by side, each a few layers in a row, and their outputs concatenated. So
# write the block *once*, for any list of branches.
#
# `inception(x, branches)` takes a Keras tensor and a list of branches. A branch is a
# list of steps. Each branch starts at `x`, and a step is a tuple:
#
# | step | layer |
# |---|---|
# | `("conv", filters, kernel_size)` | convolution with bias, and ReLU |
# | `("max", size)` | max pooling over size×size |
# | `("mean", size)` | average pooling over size×size |
#
# `kernel_size` is an integer or a pair (height, width). Every step has stride 1 and is
# padded as Keras's `padding="same"` does, so that height and width stay as they are.
# Each convolution has weights of its own. A branch without steps, `[]`, hands `x`
# itself on. The outputs are concatenated along the channels **in the order of the
# list**.
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
        x: Keras tensor of shape (batch, height, width, channels).
        branches: List of branches, at least one; each is a list of steps as in the
            table above.

    Returns:
        Keras tensor of shape (batch, height, width, the sum of the branches' channels).
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


# %% nbgrader={"grade_id": "given_inception"}
def output_of(branches, dims, seed=36):
    """Returns what a block with drawn weights makes of two drawn images."""
    block = checks.as_model(inception, dims, branches=branches)
    block.set_weights(redraw(block.get_weights(), seed))
    return ops.convert_to_numpy(block(drawn((2, *dims), seed)))


def stepwise(x, branch):
    """Puts each step of a branch into a block of its own, one after the other."""
    for step in branch:
        x = inception(x, [[step]])
    return x


def output_stepwise(branch, dims, seed=36):
    """Returns what a branch makes of two drawn images, one step at a time."""
    model = checks.as_model(stepwise, dims, branch=branch)
    model.set_weights(redraw(model.get_weights(), seed))
    return ops.convert_to_numpy(model(drawn((2, *dims), seed)))


def count_weights(branch, dims):
    """Counts the weights of a branch, in one block and with a block for each step."""
    one = checks.as_model(inception, dims, branches=[list(branch)])
    many = checks.as_model(stepwise, dims, branch=branch)
    return [one.count_params(), many.count_params()]


# %% tags=["expected"]
def block_of(branches, dims, seed=36, relu="each", bias=1, swap=0, turn=0, chain=0):
    """Computes a block with drawn weights; the switches make it wrong."""

    def exact(*shape):
        return drawn(shape, seed).astype("float64")

    outputs, x = [], exact(2, *dims)
    pools = (ops.max_pool, ops.average_pool)
    y = x
    for branch in branches:
        y = y if chain else x
        for index, (kind, *sizes) in enumerate(branch):
            if kind == "conv":
                filters, size = sizes
                size = tuple(size) if isinstance(size, list | tuple) else (size, size)
                size = size[::-1] if turn else size
                y = ops.conv(y, exact(*size, y.shape[-1], filters), 1, "same")
                y = y + bias * exact(filters)
                if relu == "each" or (relu == "last" and index == len(branch) - 1):
                    y = ops.relu(y)
            else:
                pool = pools[(kind == "mean") != bool(swap)]
                y = ops.cast(pool(y, sizes[0], 1, "same"), "float64")
        outputs.append(ops.convert_to_numpy(y))
    return np.concatenate(outputs, axis=-1)


def block_expected(branches, dims, seed=36):
    """Returns a block's output, and what mistakes make of it."""
    answer = block_of(branches, dims, seed)
    start = "a branch starts where the one before it ended; expected each at x"
    last = "ReLU is missing after convolutions that are not the last of their branch"
    return answer, {
        "the branches are not in the order of the list": block_of(
            branches[::-1], dims, seed
        ),
        "maxima and means are mixed up": block_of(branches, dims, seed, swap=True),
        "there is a ReLU after a pooling, or after the concatenation": np.maximum(
            answer, 0
        ),
        start: block_of(branches, dims, seed, chain=True),
        "ReLU is missing after convolutions": block_of(branches, dims, seed, "none"),
        last: block_of(branches, dims, seed, "last"),
        "the biases of convolutions are missing": block_of(
            branches, dims, seed, bias=0
        ),
        "height and width of a kernel are swapped": block_of(
            branches, dims, seed, turn=True
        ),
    }


POOLS = [[[("max", 3)], []], [[("mean", 2)], [("max", 2), ("mean", 3)]]]
for branches in POOLS:
    expect(f"the block of {branches}", *block_expected(branches, (4, 5, 3)))
for branch in [[("conv", 3, (1, 3))], [("conv", 5, 3), ("conv", 4, 2)]]:
    expect(f"the block of one branch, {branch}", *block_expected([branch], (4, 5, 3)))
expect(
    "the number of weights of two equal convolutions",
    [24, 24],
    {
        "the two share their weights": [12, 24],
        "all equal convolutions share their weights": [12, 12],
        "two blocks share their weights": [24, 12],
        "the biases are missing": [18, 18],
    },
)

# %% [markdown]
# Branches side by side, with poolings (2 points).

# %% nbgrader={"grade_id": "test_inception_branches", "points": 2}
for _branches in [[[("max", 3)], []], [[("mean", 2)], [("max", 2), ("mean", 3)]]]:
    _call = f"the block of {_branches}"
    checks.answer(output_of(_branches, (4, 5, 3)), _call)
### BEGIN HIDDEN TESTS
for _dims, _branches in [
    ((7, 4, 2), [[("mean", 3)], [("max", 5)], []]),
    ((3, 8, 1), [[], [("max", 2), ("max", 3)], [("mean", 4), ("max", 1)], []]),
    ((1, 6, 4), [[("mean", 5), ("mean", 2)]]),
    ((5, 5, 2), [[]]),
]:
    _right = block_expected(_branches, _dims, 37)
    _kept = [list(_branch) for _branch in _branches]
    _call = f"the block of {_branches}"
    checks.judge(output_of(_branches, _dims, 37), *_right, _call)
    assert _branches == _kept, f"`branches` has changed; it was {_kept}"
for _dims, _branches in [
    ((6, 5, 3), [[("conv", 4, 1)], [("max", 3), ("conv", 5, 1)], []]),
    ((4, 7, 2), [[("mean", 2), ("conv", 3, 1)], [], [("conv", 3, 1)]]),
]:
    _alone = [output_stepwise(_branch, _dims) for _branch in _branches if _branch]
    _empty = [_place for _place, _branch in enumerate(_branches) if not _branch]
    for _place in _empty:
        _alone.insert(_place, drawn((2, *_dims), 36))
    _call = f"the block of {_branches}, against each branch by itself,"
    _found = output_of(_branches, _dims)
    # Both sides are the student's: branches side by side, and each by itself.
    checks.close(_found, np.concatenate(_alone, axis=-1), _call)
### END HIDDEN TESTS
checks.passed("poolings", "order", "each branch starts at x")

# %% [markdown]
# One branch with convolutions (3 points).

# %% nbgrader={"grade_id": "test_inception_convolutions", "points": 3}
for _branch in [[("conv", 3, (1, 3))], [("conv", 5, 3), ("conv", 4, 2)]]:
    _call = f"the block of one branch, {_branch}"
    checks.answer(output_of([_branch], (4, 5, 3)), _call)
_found = count_weights([("conv", 3, 1), ("conv", 3, 1)], (4, 5, 3))
checks.answer(_found, "the number of weights of two equal convolutions")
### BEGIN HIDDEN TESTS
for _dims, _branch in [
    ((7, 6, 2), [("conv", 4, 5), ("conv", 5, (3, 1)), ("conv", 6, 1)]),
    ((3, 4, 1), [("conv", 1, (2, 4)), ("conv", 7, 2)]),
    ((5, 9, 4), [("conv", 2, 1), ("conv", 4, (1, 7)), ("conv", 5, (7, 1))]),
    ((4, 4, 3), [("conv", 2, 3)]),
]:
    _right = block_expected([_branch], _dims, 38)
    _call = f"the block of one branch, {_branch}"
    checks.judge(output_of([_branch], _dims, 38), *_right, _call)
for _branch in [
    [("conv", 3, 3), ("mean", 2), ("conv", 2, 1)],
    [("conv", 4, (3, 2)), ("max", 2), ("mean", 3)],
]:
    _call = f"the block of one branch, {_branch}, against its steps one by one,"
    _single = output_stepwise(list(_branch), (6, 5, 2), 39)
    _found = output_of([list(_branch)], (6, 5, 2), 39)
    # Both sides are the student's: a branch in one block, and step by step.
    checks.close(_found, _single, _call)
### END HIDDEN TESTS
checks.passed("kernels and biases", "ReLU", "weights of its own")

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
#     largest_saving(18, 1, 3)     # 5: with 6 both ways need 162 for each pixel
#
# All of these are whole numbers, and the tests want them exactly.


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


# %% tags=["expected"]
def costs(positions, *convolutions):
    """Adds up (k, channels, filters) of convolutions, and what mistakes make of it."""
    numbers = sum(k * k * before * after for k, before, after in convolutions)
    sides = sum(k * before * after for k, before, after in convolutions)
    biases = sum(after for *_, after in convolutions)
    return (numbers + biases, positions * numbers), {
        "the biases, one for each filter, are missing": (numbers, positions * numbers),
        "biases count as multiply-adds; they are additions only": (
            numbers + biases,
            positions * (numbers + biases),
        ),
        "a kernel's side counts, not its area": (sides + biases, positions * sides),
        "the multiply-adds are those of one pixel": (numbers + biases, numbers),
        "the pair is in the wrong order": (positions * numbers, numbers + biases),
    }


def naive_expected(height, width, channels, filters):
    """Returns the cost of the block without reductions, and common mistakes."""
    sides = (1, 3, 5)
    pairs = zip(sides, filters, strict=True)
    answer, mistakes = costs(height * width, *((k, channels, f) for k, f in pairs))
    pooled = answer[1] + 9 * height * width * channels
    return answer, mistakes | {
        "the pooling counts as multiply-adds": (answer[0], pooled)
    }


for case in [(28, 28, 192, (64, 128, 32)), (7, 5, 3, (2, 4, 6))]:
    expect("naive_cost({}, {}, {}, {})".format(*case), *naive_expected(*case))

# %% [markdown]
# The naive block (1 point).

# %% nbgrader={"grade_id": "test_naive_cost", "points": 1}
for _case in [(28, 28, 192, (64, 128, 32)), (7, 5, 3, (2, 4, 6))]:
    checks.answer(naive_cost(*_case), "naive_cost({}, {}, {}, {})".format(*_case))
### BEGIN HIDDEN TESTS
_rng, _cases = np.random.default_rng(40), [(1, 90, 1, (1, 1, 1))]
for _ in range(8):
    _drawn = _rng.integers(1, 99, 6).tolist()
    _cases.append((*_drawn[:3], tuple(_drawn[3:])))
_right = [naive_expected(*_case) for _case in _cases]
_found = checks.each(naive_cost, _cases)
for _case, _pair, _result in zip(_cases, _right, _found, strict=True):
    checks.judge(_result, *_pair, "naive_cost({}, {}, {}, {})".format(*_case))
### END HIDDEN TESTS
checks.passed("parameters", "multiply-adds")


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


# %% tags=["expected"]
def reduced_expected(height, width, channels, filters):
    """Returns the cost of the block with reductions, and common mistakes."""
    f1, (r3, f3), (r5, f5), fp = filters
    first, behind = (1, channels, f1), (1, channels, fp)
    small = [(1, channels, r3), (1, channels, r5)]
    large = [(3, r3, f3), (5, r5, f5)]
    beside = [(3, channels, f3), (5, channels, f5)]
    positions = height * width
    answer, mistakes = costs(positions, first, behind, *small, *large)
    return answer, mistakes | {
        "the biases of the reductions are missing": (answer[0] - r3 - r5, answer[1]),
        "the 1×1 behind the pooling is missing": costs(
            positions, first, *small, *large
        )[0],
        "the reductions themselves are missing": costs(
            positions, first, behind, *large
        )[0],
        "3×3 and 5×5 read the block's input; expected what the reductions give": costs(
            positions, first, behind, *small, *beside
        )[0],
    }


for case in [
    (28, 28, 192, (64, (96, 128), (16, 32), 32)),
    (7, 5, 3, (2, (3, 4), (5, 6), 7)),
]:
    expect("reduced_cost({}, {}, {}, {})".format(*case), *reduced_expected(*case))

# %% [markdown]
# The block with reductions (2 points).

# %% nbgrader={"grade_id": "test_reduced_cost", "points": 2}
for _case in [
    (28, 28, 192, (64, (96, 128), (16, 32), 32)),
    (7, 5, 3, (2, (3, 4), (5, 6), 7)),
]:
    checks.answer(reduced_cost(*_case), "reduced_cost({}, {}, {}, {})".format(*_case))
### BEGIN HIDDEN TESTS
_rng, _cases = np.random.default_rng(41), [(80, 1, 1, (1, (1, 1), (1, 1), 1))]
for _ in range(8):
    *_size, _a, _b, _c, _d, _e, _f = _rng.integers(1, 99, 9).tolist()
    _cases.append((*_size, (_a, (_b, _c), (_d, _e), _f)))
_right = [reduced_expected(*_case) for _case in _cases]
_found = checks.each(reduced_cost, _cases)
for _case, _pair, _result in zip(_cases, _right, _found, strict=True):
    checks.judge(_result, *_pair, "reduced_cost({}, {}, {}, {})".format(*_case))
### END HIDDEN TESTS
checks.passed("parameters", "multiply-adds")


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


# %% tags=["expected"]
def saving_expected(channels, filters, kernel_size):
    """Returns the widest reduction that saves, and common mistakes."""
    area = kernel_size**2
    direct, each = area * channels * filters, channels + area * filters
    answer = max(r for r in range(channels + 1) if r * each < direct)
    mistakes = {
        "a reduction to all but one of the channels need not save": channels - 1,
        "the k×k convolution behind the reduction is not counted": (direct - 1)
        // channels,
    }
    if direct % each:
        return answer, mistakes | {
            "it is no whole number": direct / each,
            "it is the first r that saves nothing": answer + 1,
        }
    same = "with one channel less: here both ways need the same, which saves nothing"
    return answer, mistakes | {f"expected {answer}, {same}": answer + 1}


for case in [(8, 2, 3), (192, 32, 5), (18, 1, 3), (512, 512, 3)]:
    expect("largest_saving({}, {}, {})".format(*case), *saving_expected(*case))

# %% [markdown]
# Where a reduction stops to pay (1 point).

# %% nbgrader={"grade_id": "test_largest_saving", "points": 1}
for _case in [(8, 2, 3), (192, 32, 5), (18, 1, 3), (512, 512, 3)]:
    _call = "largest_saving({}, {}, {})".format(*_case)
    checks.answer(largest_saving(*_case), _call, rtol=0)
### BEGIN HIDDEN TESTS
_rng, _cases = np.random.default_rng(42), [(1, 300, 1), (1, 1, 3), (2048, 1024, 3)]
_cases += [(2, 3, 1), (5, 2, 2)]  # the last r saves a single one
for _k in (1, 2, 3, 5, 7):
    _cases += [(_c, _f, _k) for _c, _f in _rng.integers(1, 300, (6, 2)).tolist()]
    _cases += [(_k * _k * _f, _f, _k) for _f in (2, 8, 5)]  # ties
_right = [saving_expected(*_case) for _case in _cases]
_found = checks.each(largest_saving, _cases)
for _case, _pair, _result in zip(_cases, _right, _found, strict=True):
    _call = "largest_saving({}, {}, {})".format(*_case)
    checks.judge(_result, *_pair, _call, rtol=0)
### END HIDDEN TESTS
checks.passed("values", "ties")

# %% [markdown]
# ## Exercise 4: the loss with auxiliary heads (3 points)
#
# GoogLeNet has 22 layers and was trained without batch normalisation. Two small
# classifiers sit halfway and learn the same labels. They were *meant* to bring the
# early layers a stronger gradient. Chapter 03 looked at the gradient before training:
# with He's initialisation the main loss alone brings one of the same order. And the
# authors found later that heads do not speed up the beginning of training (Szegedy et
# al. 2015, arXiv:1512.00567, section 4).
#
# How they take part is simple: in training their losses are **added to the main one
# with weight 0.3 each**; afterwards the heads are thrown away (section 5 of the paper
# of 2014, arXiv:1409.4842).
#
# Write `combined_loss(labels, outputs, training)`. `outputs` is a list of arrays of
# **logits**: the main output first, then any number of heads, perhaps none. The loss of
# one output is the cross-entropy, averaged over the batch:
#
# $$-\frac{1}{n} \sum_i \log \mathrm{softmax}(\mathrm{logits}_i)_{\mathrm{label}_i}$$
#
# When `training` is false the result is the main output's loss alone.
#
# To check by hand: one example of label 0 and two outputs, both with the logits (0, 0).
# Each loss is log 2 = 0.6931, and the result is 0.9011 in training, 0.6931 after it.
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


# %% nbgrader={"grade_id": "given_loss"}
def predictions(examples, classes, heads, scale, seed=43):
    """Draws labels, and the logits of the main output and of some heads."""
    labels = np.random.default_rng([seed, examples]).integers(0, classes, examples)
    logits = scale * drawn((heads + 1, examples, classes), seed)
    return labels, list(logits)


# %% tags=["expected"]
def loss_expected(labels, outputs):
    """Returns the loss in training, and what mistakes make of it."""
    losses, chances = [], []
    for logits in np.array(outputs, "float64"):
        logs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        own = logs[np.arange(len(labels)), labels]
        losses.append(-own.mean())
        chances.append(-np.exp(own).mean())
    main, heads = losses[0], losses[1:]
    answer = main + 0.3 * sum(heads)
    mistakes = {
        "losses are summed over the batch; expected the mean": len(labels) * answer,
        "the sign is wrong": -answer,
        "the logarithm is missing": chances[0] + 0.3 * sum(chances[1:]),
    }
    if heads:
        rest = 1 - 0.3 * len(heads)
        mistakes |= {
            "the heads do not count": main,
            "the heads have weight 1, not 0.3": sum(losses),
            "the main loss is weighted too": 0.3 * sum(losses),
            "the main loss has weight 1; the heads do not take from it": rest * main
            + 0.3 * sum(heads),
        }
    if len(heads) > 1:
        mistakes |= {
            "the heads' losses are averaged; expected 0.3 times each": main
            + 0.3 * np.mean(heads),
            "only the first head counts": main + 0.3 * heads[0],
            "only the last head counts": main + 0.3 * heads[-1],
            "the last output is taken for the main one": heads[-1]
            + 0.3 * sum(losses[:-1]),
        }
    return answer, mistakes


LOSS = "combined_loss of {} examples, {} classes, {} heads, logits around {}"
for sizes in [(4, 3, 2, 1), (6, 5, 1, 3), (3, 4, 0, 1), (5, 3, 2, 2000)]:
    expect(LOSS.format(*sizes), *loss_expected(*predictions(*sizes)))

# %% [markdown]
# While training (2 points).

# %% nbgrader={"grade_id": "test_combined_loss", "points": 2}
for _sizes in [(4, 3, 2, 1), (6, 5, 1, 3), (3, 4, 0, 1), (5, 3, 2, 2000)]:
    _labels, _outputs = predictions(*_sizes)
    _call = "combined_loss of {} examples, {} classes, {} heads, logits around {}"
    _found = combined_loss(_labels, _outputs, training=True)
    checks.answer(_found, _call.format(*_sizes))
    _kept = predictions(*_sizes)
    checks.unchanged([_labels, *_outputs], [_kept[0], *_kept[1]], "labels or outputs")
### BEGIN HIDDEN TESTS
for _sizes in [(5, 4, 3, 2), (1, 10, 1, 1), (8, 2, 2, 900), (7, 6, 0, 4000)]:
    _labels, _outputs = predictions(*_sizes, seed=44)
    _outputs = [_a.astype("float64") for _a in _outputs]
    _right = loss_expected(_labels, _outputs)
    _call = "combined_loss of {} examples, {} classes, {} heads, logits around {}"
    _found = combined_loss(_labels.astype("int32"), _outputs, True)
    checks.judge(_found, *_right, _call.format(*_sizes))
### END HIDDEN TESTS
checks.passed("values", "large logits", "arguments unchanged")

# %% [markdown]
# After training the heads are gone (1 point).

# %% nbgrader={"grade_id": "test_combined_loss_after", "points": 1}
_labels, _outputs = predictions(5, 4, 2, 1, seed=45)
_alone = combined_loss(_labels, _outputs[:1], training=False)
_found = combined_loss(_labels, _outputs, training=False)
# Both sides are the student's: the loss after training, and that without any heads.
checks.close(_found, _alone, "combined_loss with 2 heads after training", rtol=1e-3)
### BEGIN HIDDEN TESTS
for _heads in (1, 3, 0):
    _labels, _outputs = predictions(6, 3, _heads, 2, seed=46)
    _main = [_outputs[0].copy()]
    _right = loss_expected(_labels, _main)[0]
    # How the main loss itself is computed is the business of the test above.
    _again = combined_loss(_labels.copy(), [_main[0].copy()], True)
    _found = float(combined_loss(_labels.copy(), list(_outputs), False))
    _other = float(combined_loss(_labels.copy(), [-_main[0]], False))
    _call = f"combined_loss with {_heads} heads after training"
    assert np.isclose(_found, [_right, float(_again)], 1e-3).any(), (
        f"{_call} is {_found:.6g}; expected the main output's loss alone, {_right:.6g}"
    )
    # Both sides are the student's: other logits must give another loss.
    assert abs(_found - _other) > 1e-3, f"{_call} is {_found:.4g} for other logits too"
### END HIDDEN TESTS
checks.passed("the main output's loss alone")

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
# comes in on the other (`np.roll` does that). Negative numbers move up and to the left.
# It returns the **largest absolute change** of any number that `model` puts out.
#
# To check by hand: behind an image of 1×3 pixels, (1, 2, 4), stands flatten and a dense
# layer with the kernel (1, 0, 0), which puts out the first pixel. A shift of (0, 1)
# brings the 4 there: the change is 3.


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


# %% tags=["expected"]
def ending_expected(height, width, channels, classes):
    """Returns the parameters of the two endings, and common mistakes."""
    flat, mean = height * width * channels * classes, channels * classes
    pixels_too = (height * width + 1) * classes
    return (flat + classes, mean + classes), {
        "the biases of the dense layers are missing": (flat, mean),
        "each dense layer has one bias for each class, not one in all": (
            flat + 1,
            mean + 1,
        ),
        "the mean goes over the pixels of each channel, not over channels": (
            flat + classes,
            pixels_too,
        ),
        "the pair is in the wrong order": (mean + classes, flat + classes),
    }


for case in [(7, 7, 1024, 1000), (3, 4, 5, 6)]:
    expect("ending_parameters({}, {}, {}, {})".format(*case), *ending_expected(*case))

# %% [markdown]
# Parameters of the two endings (1 point).

# %% nbgrader={"grade_id": "test_ending_parameters", "points": 1}
for _case in [(7, 7, 1024, 1000), (3, 4, 5, 6)]:
    _call = "ending_parameters({}, {}, {}, {})".format(*_case)
    checks.answer(ending_parameters(*_case), _call)
### BEGIN HIDDEN TESTS
_cases = np.random.default_rng(47).integers(1, 50, (8, 4)).tolist()
_cases = [tuple(_case) for _case in [*_cases, [1, 1, 7, 3], [9, 2, 1, 1]]]
_right = [ending_expected(*_case) for _case in _cases]
_found = checks.each(ending_parameters, _cases)
for _case, _pair, _result in zip(_cases, _right, _found, strict=True):
    _call = "ending_parameters({}, {}, {}, {})".format(*_case)
    checks.judge(_result, *_pair, _call)
### END HIDDEN TESTS
checks.passed("flatten", "mean")


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


# %% tags=["expected"]
def flatten_expected(kernel, height, width):
    """Returns the kernel behind flatten, and what mistakes make of it."""
    matrix, positions = np.array(kernel, "float64"), height * width
    rows = [matrix[index % len(matrix)] for index in range(positions * len(matrix))]
    summed = np.array(rows)
    return summed / positions, {
        "it gives the sum over each channel; expected the mean": summed,
        "the rows are in the wrong order: flatten lets the channels run fastest": (
            np.repeat(matrix, positions, axis=0) / positions
        ),
        "it is divided by the channels too": summed / summed.shape[0],
        "it is divided by the height alone": summed / height,
        "it is divided by the width alone": summed / width,
    }


for height, width, channels, classes in [(2, 3, 4, 2), (3, 2, 2, 5)]:
    expect(
        f"flatten_kernel of ({channels}, {classes}) for {height}×{width}",
        *flatten_expected(drawn((channels, classes), 48), height, width),
    )

# %% [markdown]
# The mean as a dense layer (1 point).

# %% nbgrader={"grade_id": "test_flatten_kernel", "points": 1}
for _h, _w, _channels, _classes in [(2, 3, 4, 2), (3, 2, 2, 5)]:
    _kernel, _kept = (drawn((_channels, _classes), 48) for _ in range(2))
    _call = f"flatten_kernel of ({_channels}, {_classes}) for {_h}×{_w}"
    checks.answer(flatten_kernel(_kernel, _h, _w), _call)
    checks.unchanged([_kernel], [_kept], "the kernel given to flatten_kernel")
### BEGIN HIDDEN TESTS
for _h, _w, _channels, _classes in [
    (1, 5, 3, 2),
    (4, 2, 1, 3),
    (1, 1, 3, 3),
    (5, 3, 6, 1),
    (7, 7, 2, 4),
]:
    _kernel = drawn((_channels, _classes), 49).astype("float64")
    _right = flatten_expected(_kernel, _h, _w)
    _call = f"flatten_kernel of ({_channels}, {_classes}) for {_h}×{_w}"
    checks.judge(flatten_kernel(_kernel, _h, _w), *_right, _call)
### END HIDDEN TESTS
checks.passed("values", "kernel unchanged")


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


# %% nbgrader={"grade_id": "given_shift"}
def ending(kind, dims, seed=50, strides=None):
    """Makes a network with one of the two endings, "mean" or "flatten"."""
    first = [layers.GlobalAveragePooling2D() if kind == "mean" else layers.Flatten()]
    if strides is not None:
        conv = layers.Conv2D(4, 3, strides, padding="same", activation="relu")
        first = [conv, *first]
    model = keras.Sequential([keras.Input(dims), *first, layers.Dense(3)])
    model.set_weights(redraw(model.get_weights(), seed))
    return model


# %% tags=["expected"]
def shift_expected(model, x, shift):
    """Returns how much a shift changes, and what mistakes make of it."""

    def change(moved):
        before, after = (ops.convert_to_numpy(model(a)) for a in (x, moved))
        # Behind the mean all is 0 up to rounding, and rounding differs by machine.
        return np.round(after.astype("float64") - before, 5)

    right = change(np.roll(x, shift, (1, 2)))
    lost = np.zeros_like(x)
    sizes = x.shape[1:3]
    for row in range(sizes[0]):
        for column in range(sizes[1]):
            down, across = row + shift[0], column + shift[1]
            if 0 <= down < sizes[0] and 0 <= across < sizes[1]:
                lost[:, down, across] = x[:, row, column]
    others = {
        "what leaves on one side is lost; expected it on the other": lost,
        "down and right are swapped": np.roll(x, shift[::-1], (1, 2)),
        "it moves up and to the left": np.roll(x, (-shift[0], -shift[1]), (1, 2)),
        "it moves down only": np.roll(x, shift[0], 1),
        "it moves to the right only": np.roll(x, shift[1], 2),
        "the images of the batch are moved among each other": np.roll(x, shift, (0, 1)),
    }
    return np.abs(right).max(), {
        "the largest change is signed; expected the largest absolute one": right.max(),
        "the changes are averaged; expected the largest": np.abs(right).mean(),
        "the changes are added up; expected the largest": np.abs(right).sum(),
        "only the first image counts": np.abs(right[0]).max(),
        **{name: np.abs(change(moved)).max() for name, moved in others.items()},
    }


for kind, shift in [("flatten", (1, 0)), ("flatten", (-1, 2)), ("mean", (1, 2))]:
    expect(
        f"shift_change behind {kind}, shift {shift}",
        *shift_expected(ending(kind, (4, 5, 2)), drawn((3, 4, 5, 2), 51), shift),
    )

# %% [markdown]
# What a shift changes (2 points).

# %% nbgrader={"grade_id": "test_shift_change", "points": 2}
for _kind, _shift in [("flatten", (1, 0)), ("flatten", (-1, 2)), ("mean", (1, 2))]:
    _x, _kept = drawn((3, 4, 5, 2), 51), drawn((3, 4, 5, 2), 51)
    _found = shift_change(ending(_kind, (4, 5, 2)), _x, _shift)
    checks.answer(_found, f"shift_change behind {_kind}, shift {_shift}", atol=1e-4)
    checks.unchanged([_x], [_kept], "the images given to shift_change")
### BEGIN HIDDEN TESTS
for _kind, _dims, _strides, _shift in [
    ("flatten", (5, 3, 1), None, (0, -1)),
    ("flatten", (3, 6, 3), None, (4, 2)),
    ("flatten", (4, 4, 2), None, (0, 0)),
    ("flatten", (6, 5, 2), 1, (-2, 1)),
    ("mean", (5, 6, 1), 2, (1, 0)),
    ("mean", (6, 4, 2), 1, (0, 3)),
    ("mean", (3, 3, 4), None, (-1, -7)),
]:
    _x = drawn((2, *_dims), 52)
    _model = ending(_kind, _dims, 53, _strides)
    _right = shift_expected(_model, _x, _shift)
    _call = f"shift_change behind {_kind}, shift {_shift}, of images {_dims}"
    checks.judge(shift_change(_model, _x, _shift), *_right, _call, atol=1e-4)
### END HIDDEN TESTS
checks.passed("flatten", "mean", "images unchanged")

# %% [markdown]
# > **Predict.** A bright square on a dark image moves to the right by 1, 2, 3, ...
# > pixels and stays clear of the edges. Behind the mean nothing changes. Now put a 3×3
# > convolution with *stride 2* and a ReLU before the mean. At which shifts does nothing
# > change?
#
# Look, with your `shift_change`:


# %% nbgrader={"grade_id": "look_shift"}
def look():
    """Moves a square to the right, and shows how much three networks' outputs move."""
    from matplotlib import pyplot as plt

    from layerwise import plots

    image = np.zeros((1, 16, 16, 1), "float32")
    image[:, 6:9, 2:5] = 1
    networks = {
        "flatten": ending("flatten", (16, 16, 1)),
        "mean": ending("mean", (16, 16, 1)),
        "convolution of stride 2, mean": ending("mean", (16, 16, 1), strides=2),
    }
    _, axes = plots.panels(3, width=3.2, height=2.6)
    for ax, (name, network) in zip(axes, networks.items(), strict=True):
        changes = [shift_change(network, image, (0, right)) for right in range(10)]
        ax.plot(range(10), changes, "o-", color=plots.BLUE)
        ax.set(title=name, xlabel="pixels to the right")
    axes[0].set_ylabel("largest change")
    plt.show()


# %%
# look()
