# %% [markdown]
# # Assignment 02: VGG
#
# Chapter 02 took VGG apart: stacks of 3×3 convolutions, blocks that halve the image, a
# configuration list that is the whole network. Here you do the arithmetic behind it,
# build networks from the paper's own table, find out what a batch costs in memory, and
# train.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | Receptive field and stride of a stack | 4 |
# | 2 | A large kernel as a stack of 3×3 | 5 |
# | 3 | A network from a column of the table | 4 |
# | 4 | The memory of the activations | 4 |
# | 5 | Train, and lower the learning rate | 3 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one. What a test expects stands in `expected.json`, beside this notebook.
# Tensors are channels-last: (batch, height, width, channels).

# %% nbgrader={"grade_id": "setup"}
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks

checks.short_errors()

# %% [markdown]
# The next cell is given. `read_column` reads the paper's notation for you: exercises 3
# and 4 use it. The rest is for the tests. They count the numbers in a model's weights,
# give it new ones, and look at what it puts out.


# %% nbgrader={"grade_id": "given"}
def read_column(column):
    """Reads a column of Table 1 of the VGG paper.

    Args:
        column: List of strings: `"conv3-64"` is a 3×3 convolution with 64 filters,
            `"conv1-256"` a 1×1 one with 256, `"maxpool"` a pooling, `"FC-10"` a dense
            layer with 10 outputs, `"soft-max"` what it says.

    Returns:
        List of tuples `(kind, size, width)`: `("conv", 3, 64)`, `("conv", 1, 256)`,
        `("maxpool", 2, 0)`, `("FC", 0, 10)`, `("soft-max", 0, 0)`.
    """
    found = []
    for entry in column:
        name, _, width = entry.partition("-")
        if name.startswith("conv"):
            found.append(("conv", int(name.removeprefix("conv")), int(width)))
        elif name == "FC":
            found.append(("FC", 0, int(width)))
        else:
            found.append((entry, 2 if entry == "maxpool" else 0, 0))
    return found


def drawn(dims, seed):
    """Draws weights that depend on their size and the seed alone."""
    # A dense kernel, and a convolution that does its work, get the same numbers.
    inputs = int(np.prod(dims[:-1]))
    numbers = np.random.default_rng([seed, inputs, dims[-1]]).normal(size=dims)
    return (np.sqrt(2 / inputs) * numbers).astype("float32")


def noise(seed, *dims):
    """Draws an array of numbers around 0."""
    return np.random.default_rng(seed).normal(size=dims).astype("float32")


def redraw(model, x, seed, biases=0.0, positive=False):
    """Gives a model new weights, and returns it.

    Args:
        model: `keras.Model`; it is called once, so that it has weights.
        x: Array that the model takes.
        seed: Integer. Arrays of one size get the same numbers.
        biases: Float, the scale of the biases.
        positive: Boolean, whether no weight is below 0.
    """
    model(x)
    numbers = [
        drawn(w.shape, seed) * (1 if w.ndim > 1 else biases)
        for w in model.get_weights()
    ]
    model.set_weights([np.abs(w) if positive else w for w in numbers])
    return model


def counts(model):
    """Counts the numbers in a model's kernels, and those in its biases."""
    weights = model.get_weights()
    return [sum(w.size for w in weights if (w.ndim > 1) == kind) for kind in (1, 0)]


def middle(model, x):
    """Returns what a model puts out in the middle of the map."""
    y = ops.convert_to_numpy(model(x))
    return y[:, y.shape[1] // 2, y.shape[2] // 2]


def seen(model, size=13):
    """Finds out which pixels the middle of the output depends on.

    Args:
        model: `keras.Model` from images of `size` times `size` pixels, of one channel.
        size: Integer.

    Returns:
        List of three integers: rows and columns from the first such pixel to the last,
        and how many pixels there are.
    """
    model.set_weights([np.ones_like(w) * (w.ndim > 1) for w in model.get_weights()])
    # Each image has one bright pixel. Weights of 1 close no path.
    pixels = np.eye(size * size, dtype="float32").reshape(-1, size, size, 1)
    lit = middle(model, pixels).sum(axis=-1).reshape(size, size)
    spans = [np.flatnonzero(lit.any(axis=axis)) for axis in (1, 0)]
    return [*(int(np.ptp(s)) + 1 if s.size else 0 for s in spans), int((lit > 0).sum())]


# %% [markdown]
# ## Exercise 1: receptive field and stride of a stack (4 points)
#
# A *stack* is a list of pairs `(kernel_size, strides)`, the layer at the input first. A
# pooling is such a pair too: `(2, 2)`. Write `field_and_stride(stack)`, which returns
# two whole numbers. Think of one row of pixels, away from the border:
#
# - the **receptive field**: how many input pixels there are from the first to the last
#   that can change one output pixel. Pixels in between count, even those that change
#   nothing;
# - the **stride** of the whole stack: by how many input pixels the field moves from one
#   output pixel to the next.
#
# | stack | result | why |
# |---|---|---|
# | `[]` | `(1, 1)` | the output is the input |
# | `[(3, 1)]` | `(3, 1)` | one 3×3 |
# | `[(3, 1), (3, 1)]` | `(5, 1)` | the second adds one pixel on each side |
# | `[(3, 1), (2, 2), (3, 1)]` | `(8, 2)` | after the pooling, neighbours are 2 apart |
# | `[(1, 3), (3, 1)]` | `(7, 3)` | pixels 0, 3 and 6 are seen: from 0 to 6 |
#
# Draw the fourth example on paper before you write a formula.


# %% nbgrader={"grade_id": "field_and_stride"}
def field_and_stride(stack):
    """Computes the receptive field and the stride of layers in a row.

    Args:
        stack: List of pairs `(kernel_size, strides)`, the layer at the input first.

    Returns:
        Pair of integers, the receptive field and the stride, in input pixels.
    """
    ### BEGIN SOLUTION
    field, stride = 1, 1
    for kernel_size, strides in stack:
        field += (kernel_size - 1) * stride
        stride *= strides
    return field, stride
    ### END SOLUTION


# %% tags=["expected"]
def seen_from(stack, pixel):
    """Returns the first and the last input pixel behind an output pixel."""
    pixels = {pixel}
    for size, step in reversed(stack):
        pixels = {pixel * step + k for pixel in pixels for k in range(size)}
    return min(pixels), max(pixels)


def field_expected(stack):
    """Returns the field of a stack in which all strides are 1, and common mistakes."""
    sizes = [size for size, _ in stack]
    first, last = seen_from(stack, 0)
    return last - first + 1, {
        "it is the sum of the kernel sizes, but neighbouring windows overlap": sum(
            sizes
        ),
        "it is the product of the kernel sizes": int(np.prod(sizes)),
        "it is that of the largest kernel alone": max(sizes, default=0),
        "it is that of the last layer alone": sizes[-1] if sizes else 0,
    }


def strides_expected(stack):
    """Returns field and stride of a stack, and what mistakes make of them."""
    first, last = seen_from(stack, 0)
    field, stride = last - first + 1, seen_from(stack, 1)[0] - first
    own, whole, jump, gaps = 1, 0, 1, {0}
    for size, step in stack:
        whole += size * jump
        jump *= step
        own += (size - 1) * jump
    for size, step in reversed(stack):
        gaps = {pixel * step + k for pixel in gaps for k in range(size)}
    back = seen_from(stack[::-1], 0)
    steps = [step for _, step in stack]
    return [field, stride], {
        "the strides do not enter the field": [
            sum(size - 1 for size, _ in stack) + 1,
            stride,
        ],
        "in the field, a layer's own stride widens its own window": [own, stride],
        "the field is the product of the kernel sizes": [
            int(np.prod([size for size, _ in stack])),
            stride,
        ],
        "the field adds whole windows, which overlap": [whole, stride],
        "for the field, the layers are taken in reverse order": [
            back[1] - back[0] + 1,
            stride,
        ],
        "the field leaves out the pixels that change nothing": [len(gaps), stride],
        "the stride is that of the last layer": [field, steps[-1] if steps else 1],
        "the stride is that of the first layer": [field, steps[0] if steps else 1],
        "the stride is the sum of the strides": [field, sum(steps)],
        "the stride is always 1": [field, 1],
        "the two numbers are swapped: the field comes first": [stride, field],
    }


def drawn_stack(seed, depth, largest, strides):
    """Draws a stack."""
    rng = np.random.default_rng(seed)
    sizes, steps = rng.integers(1, largest + 1, depth), rng.choice(strides, depth)
    return list(zip(sizes.tolist(), steps.tolist(), strict=True))


for stack in [[(3, 1), (5, 1), (2, 1)], [(3, 1)], [(3, 1), (3, 1)], [(7, 1)]]:
    expect(f"the field of {stack}", *field_expected(stack))
for stack in [
    [(3, 2), (2, 3), (2, 3)],
    [(3, 1), (2, 2), (3, 1)],
    [(2, 2), (2, 2), (2, 2)],
    [(1, 3), (3, 1)],
    [],
]:
    expect(f"field_and_stride({stack})", *strides_expected(stack))

# %% [markdown]
# The field where every stride is 1 (2 points).

# %% nbgrader={"grade_id": "test_field", "points": 2}
for _stack in [[(3, 1), (5, 1), (2, 1)], [(3, 1)], [(3, 1), (3, 1)], [(7, 1)]]:
    _call = f"the field of {_stack}"
    # The first number of what is returned; the stride is asked below.
    checks.answer(np.ravel(field_and_stride(_stack))[0], _call)
### BEGIN HIDDEN TESTS
_stacks = [[], [(1, 1)], [(3, 1)] * 20, [(4, 1), (4, 1)]]
_stacks += [drawn_stack(21 + _depth, _depth, 8, [1]) for _depth in (2, 4, 9)]
for _stack in _stacks:
    _right, _call = field_expected(_stack), f"the field of {_stack}"
    checks.judge(np.ravel(field_and_stride(list(_stack)))[0], *_right, _call)
### END HIDDEN TESTS
checks.passed("fields")

# %% [markdown]
# Field and stride, with strides and poolings (2 points).

# %% nbgrader={"grade_id": "test_strides", "points": 2}
for _stack in [
    [(3, 2), (2, 3), (2, 3)],
    [(3, 1), (2, 2), (3, 1)],
    [(2, 2), (2, 2), (2, 2)],
    [(1, 3), (3, 1)],
    [],
]:
    _call = f"field_and_stride({_stack})"
    checks.answer(field_and_stride(_stack), _call)
### BEGIN HIDDEN TESTS
for _seed in range(15):
    _stack = drawn_stack(40 + _seed, 2 + _seed % 5, 5, [1, 2, 3])
    _right, _call = strides_expected(_stack), f"field_and_stride({_stack})"
    checks.judge(field_and_stride(list(_stack)), *_right, _call)
### END HIDDEN TESTS
checks.passed("fields", "strides")

# %% [markdown]
# ## Exercise 2: a large kernel as a stack of 3×3 (5 points)
#
# Two 3×3 convolutions see what one 5×5 sees, three see what one 7×7 sees: for an odd
# `kernel_size` it takes (`kernel_size` − 1) / 2 of them. In the paper's example all
# layers have the same number of channels, and the stack is cheaper. Is it always?
#
# **First**, `saving(kernel_size, channels, filters)` returns how many **parameters**
# the stack saves, a whole number: those of one large convolution minus those of the
# stack, weights and biases. Both take `channels` in and put `filters` out. In the stack
# only the first convolution takes `channels`; each of the others takes what the one
# before it puts out, `filters`. Where the stack is dearer, the result is negative.
#
#     saving(5, 64, 64)  # 28608
#     saving(7, 3, 64)   # -66176, on a photograph's three channels
#
# > **Predict.** Two 3×3 in place of one 5×5, and 64 filters: from how many channels on
# > does the stack save parameters? Say a number, then ask `saving`.


# %% nbgrader={"grade_id": "saving"}
def saving(kernel_size, channels, filters):
    """Counts the parameters that a stack of 3×3 convolutions saves.

    Args:
        kernel_size: Integer, odd, at least 3: side of the large kernel.
        channels: Integer, channels that come in.
        filters: Integer, channels that every convolution puts out.

    Returns:
        Integer, parameters of the large convolution minus those of the stack; negative
        where the stack has more.
    """
    ### BEGIN SOLUTION
    large = kernel_size**2 * channels * filters + filters
    first = 9 * channels * filters + filters
    other = 9 * filters * filters + filters
    return large - first - ((kernel_size - 1) // 2 - 1) * other
    ### END SOLUTION


# %% tags=["expected"]
def saving_expected(kernel_size, channels, filters):
    """Returns what the stack saves, and what mistakes make of it."""
    convs = (kernel_size - 1) // 2
    large = kernel_size * kernel_size * channels * filters + filters
    befores = [channels] + [filters] * (convs - 1)
    stack = sum(9 * before * filters + filters for before in befores)
    saved = large - stack
    sign = "the stack is dearer here" if saved < 0 else "the stack is cheaper here"
    return saved, {
        f"it has the wrong sign: {sign}": -saved,
        "the biases are missing": saved - filters + convs * filters,
        "every convolution of the stack takes `channels`": large
        - convs * (9 * channels * filters + filters),
        "the stack takes `filters` channels from its start": large
        - convs * (9 * filters * filters + filters),
        "these are the stack's parameters alone": stack,
        "these are the large convolution's parameters alone": large,
        "the stack has one convolution too few": saved + 9 * filters * filters + filters
        if convs > 1
        else saved,
        "the stack has one convolution too many": saved
        - 9 * filters * filters
        - filters,
    }


for case in [(7, 10, 20), (5, 64, 64), (7, 3, 64), (3, 8, 5)]:
    expect(f"saving{case}", *saving_expected(*case))

# %% nbgrader={"grade_id": "test_saving", "points": 2}
for _case in [(7, 10, 20), (5, 64, 64), (7, 3, 64), (3, 8, 5)]:
    checks.answer(saving(*_case), f"saving{_case}", rtol=1e-9, atol=0)
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(23)
for _half, _in, _out in _rng.integers(1, [7, 200, 200], (25, 3)).tolist():
    _case = (2 * _half + 1, _in, _out)
    _right = saving_expected(*_case)
    checks.judge(saving(*_case), *_right, f"saving{_case}", rtol=1e-9, atol=0)
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# **Then**, `stack_of_3x3(x, filters, kernel_size)` takes a Keras tensor and returns
# what (`kernel_size` − 1) / 2 convolutions 3×3 make of it: each has `filters` filters,
# a bias and stride 1, keeps height and width, and is followed by ReLU, the last one
# too. That is what stands in for `relu(conv(x))` with the large kernel. Each call makes
# layers of its own: two calls share no weights.
#
#     inputs = keras.Input((28, 28, 16))
#     stack_of_3x3(inputs, 32, kernel_size=7).shape # (None, 28, 28, 32)


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    """Puts 3×3 convolutions with the receptive field of one large kernel on a tensor.

    Args:
        x: Tensor of shape (batch, height, width, channels).
        filters: Integer, of each convolution.
        kernel_size: Integer, odd, at least 3: side of the kernel that is replaced.

    Returns:
        Tensor of shape (batch, height, width, filters).
    """
    ### BEGIN SOLUTION
    for _ in range((kernel_size - 1) // 2):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    return x
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_two_stacks"}
def two_stacks():
    """Makes two stacks, and sets all weights of the first to 7.

    Returns:
        Pair of lists of arrays, the weights of the second before and after that.
    """
    inputs = keras.Input((5, 5, 2))
    one, two = (keras.Model(inputs, stack_of_3x3(inputs, 2, 7)) for _ in range(2))
    before = two.get_weights()
    one.set_weights([np.full_like(w, 7) for w in one.get_weights()])
    return before, two.get_weights()


# %% tags=["expected"]
def stack_counts(channels, filters, kernel_size):
    """Returns how many numbers kernels and biases hold, and common mistakes."""
    convs = (kernel_size - 1) // 2

    def sizes(n, side=3):
        first = side * side * channels * filters
        return [first + (n - 1) * 9 * filters * filters, n * filters]

    kernels = sizes(convs)[0]
    return sizes(convs), {
        "there are no biases": [kernels, 0],
        "it is one large kernel: expected a stack of 3×3": sizes(1, kernel_size),
        f"convolutions: {convs + 1}; expected {convs}": sizes(convs + 1),
        f"convolutions: {convs - 1}; expected {convs}": sizes(convs - 1),
    }


def stack_expected(x, filters, kernel_size, seed, biases=0.0):
    """Returns what a stack puts out in the middle, and what mistakes make of it."""

    def output(between=True, last=True):
        y, before = x, x.shape[-1]
        for number in range((kernel_size - 1) // 2):
            y = ops.relu(y) if between and number else y
            y = ops.conv(y, drawn((3, 3, before, filters), seed), 1, "same")
            y, before = y + biases * drawn((filters,), seed), filters
        y = ops.convert_to_numpy(ops.relu(y) if last else y)
        return y[:, y.shape[1] // 2, y.shape[2] // 2]

    return output(), {
        "no ReLU follows the last convolution": output(last=False),
        "there is no ReLU between the convolutions": output(between=False),
        "no ReLU follows any of the convolutions": output(False, False),
    }


expect(
    "[numbers in kernels, in biases] of a stack in place of 5×5", *stack_counts(2, 4, 5)
)
expect(
    "[numbers in kernels, in biases] of a stack in place of 7×7", *stack_counts(3, 2, 7)
)
for side in (5, 7):
    expect(
        f"[rows, columns, pixels] that a stack in place of {side}×{side} sees",
        [side, side, side * side],
        {
            "there are holes between the pixels that it sees": [side, side, 9],
            "it is the field of a single 3×3": [3, 3, 9],
            "it is larger by one convolution": [side + 2, side + 2, (side + 2) ** 2],
            "it is smaller by one convolution": [side - 2, side - 2, (side - 2) ** 2],
        },
    )
expect(
    "the middle of what a stack in place of 5×5 puts out",
    *stack_expected(noise(25, 6, 9, 9, 2), 3, 5, seed=24),
)

# %% [markdown]
# Shapes and numbers of weights (1 point).

# %% nbgrader={"grade_id": "test_stack_weights", "points": 1}
for _size, _dims, _filters in [(5, (9, 8, 2), 4), (7, (9, 9, 3), 2)]:
    _model = checks.as_model(stack_of_3x3, _dims, filters=_filters, kernel_size=_size)
    _call = f"a stack in place of {_size}×{_size}"
    _shape = (1, *_dims[:2], _filters)
    checks.shape(_model(noise(1, 1, *_dims)), _shape, f"what {_call} puts out")
    checks.answer(counts(_model), f"[numbers in kernels, in biases] of {_call}")
_before, _after = two_stacks()
# Both sides are the student's: the weights of one stack, while another one's change.
checks.unchanged(_after, _before, "weights of a second stack, with those of the first,")
### BEGIN HIDDEN TESTS
for _size, _dims, _filters in [
    (3, (7, 7, 4), 3),
    (11, (10, 12, 1), 3),
    (9, (4, 3, 2), 2),
]:
    _right = stack_counts(_dims[-1], _filters, _size)
    _model = checks.as_model(stack_of_3x3, _dims, filters=_filters, kernel_size=_size)
    _call = f"a stack in place of {_size}×{_size}"
    _shape = (2, *_dims[:2], _filters)
    checks.shape(_model(noise(1, 2, *_dims)), _shape, f"what {_call} puts out")
    checks.judge(counts(_model), *_right, f"[numbers in kernels, in biases] of {_call}")
### END HIDDEN TESTS
checks.passed("shapes", "numbers of weights", "layers of its own")

# %% [markdown]
# The receptive field, without holes (1 point).

# %% nbgrader={"grade_id": "test_stack_field", "points": 1}
_model = checks.as_model(stack_of_3x3, (13, 13, 1), filters=2, kernel_size=5)
_call = "[rows, columns, pixels] that a stack in place of 5×5 sees"
checks.answer(seen(_model), _call)
### BEGIN HIDDEN TESTS
for _size in (3, 7, 9):
    _right = stack_counts(1, 2, _size)[0]
    _model = checks.as_model(stack_of_3x3, (13, 13, 1), filters=2, kernel_size=_size)
    # How many convolutions there are is asked above.
    if counts(_model) == _right:
        _call = f"[rows, columns, pixels] that a stack in place of {_size}×{_size} sees"
        checks.judge(seen(_model), [_size, _size, _size * _size], what=_call)
### END HIDDEN TESTS
checks.passed("field", "no holes")

# %% [markdown]
# A ReLU after each convolution (1 point).

# %% nbgrader={"grade_id": "test_stack_relu", "points": 1}
_x = noise(25, 6, 9, 9, 2)
_model = checks.as_model(stack_of_3x3, (9, 9, 2), filters=3, kernel_size=5)
_call = "the middle of what a stack in place of 5×5 puts out"
checks.answer(middle(redraw(_model, _x, seed=24), _x), _call)
### BEGIN HIDDEN TESTS
for _size, _filters, _channels in [(9, 3, 2), (3, 4, 1), (7, 2, 2)]:
    _x = noise(26, 8, 13, 13, _channels)
    _sizes = stack_counts(_channels, _filters, _size)[0]
    _right = stack_expected(_x, _filters, _size, seed=27, biases=0.5)
    _model = checks.as_model(
        stack_of_3x3, _x.shape[1:], filters=_filters, kernel_size=_size
    )
    # How many convolutions there are is asked above.
    if counts(_model) == _sizes:
        _found = middle(redraw(_model, _x, seed=27, biases=0.5), _x)
        _call = f"the middle of what a stack in place of {_size}×{_size} puts out"
        checks.judge(_found, *_right, _call, rtol=1e-3, atol=1e-3)
### END HIDDEN TESTS
checks.passed("ReLUs")

# %% [markdown]
# ## Exercise 3: a network from a column of the table (4 points)
#
# Table 1 of the VGG paper writes each network as a column of entries. Write
# `network(column, input_shape)`, which makes a `keras.Model` of such a list.
# `read_column(column)` reads the strings.
#
# - `conv3-64`: convolution 3×3, 64 filters, stride 1, with bias; height and width stay
#   as they are, with zeros around the image; then ReLU. `conv1-256` is the same with a
#   1×1 kernel.
# - `maxpool`: maximum pooling, 2×2, stride 2. Of an odd height or width the last row or
#   column is dropped: 7 becomes 3.
# - `FC-4096`: dense layer with bias on the flattened tensor, then ReLU. **The last FC
#   of a column has no ReLU**: what it puts out are the logits.
# - `soft-max`: turns logits into probabilities. It comes last, or not at all.
#
# Each column has at least one FC. After the first FC there are only FCs, and perhaps
# the soft-max. `column` must be as it was after the call. Each entry is a layer of its
# own, even if two are alike, and so is each network: no two share weights.
#
#     column = ["conv3-8", "conv1-8", "maxpool", "FC-32", "FC-10"]
#     network(column, (28, 28, 1)).output_shape # (None, 10)


# %% nbgrader={"grade_id": "network"}
def network(column, input_shape):
    """Makes a network of the VGG kind of a column of the paper's Table 1.

    Args:
        column: List of strings, as `read_column` takes it.
        input_shape: Tuple `(height, width, channels)`.

    Returns:
        A `keras.Model` from images (batch, height, width, channels) to logits, or to
        probabilities where the column ends in `"soft-max"`: (batch, classes).
    """
    ### BEGIN SOLUTION
    entries = read_column(column)
    last = max(i for i, (kind, _, _) in enumerate(entries) if kind == "FC")
    inputs = x = keras.Input(input_shape)
    for index, (kind, size, width) in enumerate(entries):
        if kind == "conv":
            x = layers.Conv2D(width, size, padding="same", activation="relu")(x)
        elif kind == "maxpool":
            x = layers.MaxPooling2D(2)(x)
        elif kind == "FC":
            activation = "relu" if index < last else None
            x = layers.Dense(width, activation)(layers.Flatten()(x))
        else:
            x = layers.Softmax()(x)
    return keras.Model(inputs, x)
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_two_networks"}
def two_networks():
    """Makes two networks of one column, and sets all weights of the first to 7.

    Returns:
        Pair of lists of arrays, the weights of the second before and after that.
    """
    one, two = (network(["conv3-2", "conv3-2", "FC-3"], (4, 4, 2)) for _ in range(2))
    x = noise(1, 1, 4, 4, 2)
    before = redraw(two, x, seed=2).get_weights()
    one(x)
    one.set_weights([np.full_like(w, 7) for w in one.get_weights()])
    return before, two.get_weights()


# %% tags=["expected"]
def network_counts(column, dims):
    """Returns how many numbers kernels and biases hold, and common mistakes."""

    def sizes(up=False, conv1=1, pooled=True, keep=False):
        (height, width, before), found, met = dims, [0, 0], set()
        for entry, (kind, size, filters) in zip(
            column, read_column(column), strict=True
        ):
            if kind == "maxpool":
                height, width = (height + up) // 2, (width + up) // 2
            elif kind == "FC":
                inputs = height * width * before if pooled else before
                height = width = 1
            else:
                inputs = (conv1 if size == 1 else size) ** 2 * before
            if filters and not (keep and (entry, before) in met):
                found = [found[0] + inputs * filters, found[1] + filters]
            met.add((entry, before))
            before = filters or before
        return found

    kernels, biases = sizes()
    return [kernels, biases], {
        "there are no biases": [kernels, 0],
        "a pooling rounds up: expected 3 of 7": sizes(up=True),
        "conv1 has a 3×3 kernel: expected 1×1": sizes(conv1=3),
        "the image is averaged or pooled before the first FC: expected it flattened": (
            sizes(pooled=False)
        ),
        "entries that are alike share a layer": sizes(keep=True),
    }


def network_by_hand(
    column, x, seed, biases=0.0, skip=None, pool=np.maximum, positive=False
):
    """Computes logits in NumPy. `skip` names ReLUs that are left out, or put in."""
    entries = read_column(column)
    last = max(i for i, entry in enumerate(entries) if entry[0] == "FC")
    for index, (kind, size, width) in enumerate(entries):
        if kind == "maxpool":
            x = x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2]
            x = pool(x[:, ::2], x[:, 1::2])
            x = pool(x[:, :, ::2], x[:, :, 1::2])
            continue
        if kind == "soft-max":
            continue
        if kind == "conv":
            edge, height, columns = size // 2, x.shape[1], x.shape[2]
            padded = np.pad(x, [(0, 0), (edge, edge), (edge, edge), (0, 0)])
            windows = [
                padded[:, top : top + height, left : left + columns]
                for top in range(size)
                for left in range(size)
            ]
            x = np.concatenate(windows, axis=-1)
        else:
            x = x.reshape(len(x), -1)
        kernel, bias = drawn((x.shape[-1], width), seed), drawn((width,), seed)
        if positive:
            kernel, bias = np.abs(kernel), np.abs(bias)
        x = x @ kernel + biases * bias
        if skip != kind and (index != last or skip == "last"):
            x = np.maximum(x, 0)
    return x


def softmax(logits):
    """Turns logits into probabilities."""
    exp = np.exp(logits - logits.max(-1, keepdims=True))
    return exp / exp.sum(-1, keepdims=True)


def logits_expected(column, x, seed, biases=0.0):
    """Returns the logits of a network, and what mistakes make of them."""
    case = (column, x, seed, biases)
    logits = network_by_hand(*case)
    return logits, {
        "no ReLU follows the convolutions": network_by_hand(*case, "conv"),
        "no ReLU follows the hidden FC layers": network_by_hand(*case, "FC"),
        "there is no ReLU at all": network_by_hand(*case, "all"),
        "the last FC has a ReLU: expected logits": network_by_hand(*case, "last"),
        "these are probabilities, though the column does not end in soft-max": softmax(
            logits
        ),
        "the pooling takes means: expected the maximum": network_by_hand(
            *case, pool=lambda a, b: (a + b) / 2
        ),
    }


def probabilities_expected(column, x, seed, biases=0.0, positive=False):
    """Returns the probabilities of a network, and what mistakes make of them."""
    case = (column, x, seed, biases)
    logits = network_by_hand(*case, positive=positive)
    relu = network_by_hand(*case, "last", positive=positive)
    whole = np.exp(logits - logits.max())
    return softmax(logits), {
        "these are logits: the soft-max is missing": logits,
        "there is a ReLU before the soft-max": softmax(relu),
        "each output is squashed by itself, as by a sigmoid": 1 / (1 + np.exp(-logits)),
        "the soft-max is over the batch: expected it over the classes": whole
        / np.exp(logits - logits.max()).sum(0),
        "the soft-max is applied twice": softmax(softmax(logits)),
        "these are logarithms of probabilities": np.log(softmax(logits)),
    }


expect(
    "[numbers in kernels, in biases] of the network",
    *network_counts(["conv3-4", "conv1-6", "maxpool", "conv3-8", "FC-5"], (9, 7, 3)),
)
expect(
    "the logits of three images",
    *logits_expected(
        ["conv3-4", "conv3-3", "maxpool", "FC-6", "FC-5"], noise(27, 3, 6, 6, 2), 26
    ),
)
expect(
    "the probabilities of five images",
    *probabilities_expected(
        ["conv3-3", "FC-4", "soft-max"],
        np.abs(noise(29, 5, 1, 1, 2)) / 2,
        seed=28,
        positive=True,
    ),
)

# %% [markdown]
# Shapes, numbers of weights, and a list that is left alone (1 point).

# %% nbgrader={"grade_id": "test_network_weights", "points": 1}
_column = ["conv3-4", "conv1-6", "maxpool", "conv3-8", "FC-5"]
_model = network(_column, (9, 7, 3))
checks.model(_model, what="what network returns")
assert _column == ["conv3-4", "conv1-6", "maxpool", "conv3-8", "FC-5"], (
    f"network changed its argument: column is now {_column}"
)
checks.shape(_model(noise(1, 2, 9, 7, 3)), (2, 5), "what it puts out for 2 images")
checks.answer(counts(_model), "[numbers in kernels, in biases] of the network")
_before, _after = two_networks()
# Both sides are the student's: the weights of one network, while another one's change.
checks.unchanged(
    _after, _before, "a second network's weights, with those of the first,"
)
### BEGIN HIDDEN TESTS
for _column, _dims in [
    (["conv3-3", "maxpool", "conv3-5", "maxpool", "FC-7", "FC-6", "FC-4"], (14, 7, 2)),
    (["conv1-5", "conv1-5", "conv1-5", "FC-3", "FC-3", "FC-3", "soft-max"], (3, 5, 1)),
    (["conv3-4", "conv3-4", "conv3-4", "FC-2"], (4, 3, 4)),
    (["maxpool", "maxpool", "conv1-2", "FC-1"], (15, 6, 3)),
    (["FC-4"], (2, 3, 1)),
]:
    _call, _asked = f"network({_column}, {_dims})", list(_column)
    _right = network_counts(_column, _dims)
    _classes = [_width for _kind, _, _width in read_column(_column) if _width][-1]
    _model = network(_asked, _dims)
    checks.model(_model, what=_call)
    assert _asked == _column, f"network changed its argument: column is now {_asked}"
    _shape = (2, _classes)
    checks.shape(_model(noise(1, 2, *_dims)), _shape, f"{_call} of 2 images")
    checks.judge(counts(_model), *_right, f"[numbers in kernels, in biases] of {_call}")
### END HIDDEN TESTS
checks.passed("shapes", "numbers of weights", "column", "layers of its own")

# %% [markdown]
# What comes out (2 points).

# %% nbgrader={"grade_id": "test_network_values", "points": 2}
_x = noise(27, 3, 6, 6, 2)
_model = network(["conv3-4", "conv3-3", "maxpool", "FC-6", "FC-5"], (6, 6, 2))
checks.answer(redraw(_model, _x, seed=26)(_x), "the logits of three images")
### BEGIN HIDDEN TESTS
for _column, _dims in [
    (["conv3-4", "maxpool", "conv3-6", "maxpool", "FC-8", "FC-7", "FC-3"], (9, 13, 1)),
    (["conv1-6", "conv3-7", "FC-4"], (4, 5, 3)),
    (["conv3-3", "conv3-3", "conv1-3", "maxpool", "FC-4", "FC-4", "FC-4"], (5, 4, 2)),
]:
    _x = noise(30, 3, *_dims)
    _sizes = network_counts(_column, _dims)[0]
    _right = logits_expected(_column, _x, seed=31, biases=0.5)
    _model = redraw(network(list(_column), _dims), _x, seed=31, biases=0.5)
    # How many weights there are is asked above.
    if counts(_model) == _sizes:
        _call = f"the logits of network({_column}, {_dims})"
        checks.judge(_model(_x), *_right, _call, rtol=1e-3, atol=1e-3)
### END HIDDEN TESTS
checks.passed("logits")

# %% [markdown]
# A column that ends in `soft-max` (1 point).

# %% nbgrader={"grade_id": "test_network_softmax", "points": 1}
_x = np.abs(noise(29, 5, 1, 1, 2)) / 2
_model = network(["conv3-3", "FC-4", "soft-max"], (1, 1, 2))
# No weight is below 0, so no ReLU changes anything.
_model = redraw(_model, _x, seed=28, positive=True)
checks.answer(_model(_x), "the probabilities of five images")
### BEGIN HIDDEN TESTS
_column, _x = ["conv3-3", "maxpool", "FC-6", "FC-4", "soft-max"], noise(32, 5, 6, 4, 2)
_logits = network_by_hand(_column, _x, 33)
_right = probabilities_expected(_column, _x, 33)
_plain = redraw(network(_column[:-1], (6, 4, 2)), _x, seed=33)
_found = redraw(network(list(_column), (6, 4, 2)), _x, seed=33)(_x)
# Whether the logits are right is asked above.
if np.allclose(_plain(_x), _logits, rtol=1e-3, atol=1e-3):
    checks.judge(_found, *_right, f"the probabilities of network({_column}, (6, 4, 2))")
### END HIDDEN TESTS
checks.passed("probabilities")

# %% [markdown]
# ## Exercise 4: the memory of the activations (4 points)
#
# What fills the memory when a network trains is often not its weights: it is what its
# layers put out. Write `activation_bytes(column, input_shape, batch_size,
# dtype="float32")`, which returns **two whole numbers, in bytes**:
#
# - `training`: everything is kept for the way back, so this is the **sum** of all
#   tensors;
# - `inference`: while a layer works, its input and its output exist, and nothing else
#   has to: the **largest** such pair.
#
# What counts, for a batch of `batch_size` images:
#
# - the images themselves, and what each `conv`, `maxpool`, `FC` and `soft-max` puts
#   out;
# - ReLU works in place, in the memory of its input, and flattening moves nothing: both
#   cost nothing;
# - weights and gradients do not count here.
#
# Sizes are those of exercise 3: convolutions keep height and width, a pooling halves
# them and drops what is odd. A number takes 8 bytes as `float64`, 4 as `float32`, 2 as
# `float16` and 2 as `bfloat16`.
#
# Example: `activation_bytes(["conv3-8", "maxpool", "FC-10"], (28, 28, 1), 1)`. The
# tensors have 784, 6272, 1568 and 10 numbers, 8634 in all; the largest pair of
# neighbours is 6272 + 1568 = 7840. At 4 bytes each the result is `(34536, 31360)`.


# %% nbgrader={"grade_id": "activation_bytes"}
def activation_bytes(column, input_shape, batch_size, dtype="float32"):
    """Computes the memory that activations take.

    Args:
        column: List of strings, as `read_column` takes it.
        input_shape: Tuple `(height, width, channels)`.
        batch_size: Integer.
        dtype: String, `"float64"`, `"float32"`, `"float16"` or `"bfloat16"`.

    Returns:
        Pair of integers, in bytes: of all tensors together, and of the largest pair of
        a layer's input and output.
    """
    ### BEGIN SOLUTION
    height, width, channels = input_shape
    sizes = [height * width * channels]
    for kind, _, filters in read_column(column):
        if kind == "maxpool":
            height, width = height // 2, width // 2
        elif kind == "conv":
            channels = filters
        elif kind == "FC":
            height, width, channels = 1, 1, filters
        sizes.append(height * width * channels)
    number = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}[dtype]
    pairs = [sizes[i] + sizes[i + 1] for i in range(len(sizes) - 1)]
    return sum(sizes) * batch_size * number, max(pairs) * batch_size * number
    ### END SOLUTION


# %% tags=["expected"]
from itertools import pairwise

BYTES = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}


def tensor_sizes(column, dims, up=0, relu=False):
    """Lists the numbers in the images, and in what each entry puts out."""
    (height, width, channels), sizes = dims, [int(np.prod(dims))]
    for kind, _, filters in read_column(column):
        if kind == "maxpool":
            height, width = (height + up) // 2, (width + up) // 2
        elif kind == "FC":
            height = width = 1
        channels = filters or channels
        sizes += [height * width * channels] * (2 if relu and kind == "conv" else 1)
    return sizes


def wrong_units(total, batch_size, dtype):
    """Returns bytes in other units."""
    number = BYTES[dtype]
    return {
        "it is that of a single image": total // batch_size,
        "these are bits": 8 * total,
        "these are numbers, not bytes": total // number,
        "these are kilobytes": total / 1024,
        "these are megabytes": total / 1024**2,
        "each number takes 4 bytes whatever the dtype": total // number * 4,
    }


def training_expected(column, dims, batch_size, dtype="float32"):
    """Returns the memory of training, and what mistakes make of it."""
    unit, sizes = batch_size * BYTES[dtype], tensor_sizes(column, dims)
    total = sum(sizes) * unit
    return total, {
        **wrong_units(total, batch_size, dtype),
        "the images are missing": total - sizes[0] * unit,
        "the last entry's output is missing": total - sizes[-1] * unit,
        "the ReLUs are counted; they work in place": unit
        * sum(tensor_sizes(column, dims, relu=True)),
        "a pooling rounds up": unit * sum(tensor_sizes(column, dims, up=1)),
        "it is the memory for inference: expected the sum": unit
        * max(map(sum, pairwise(sizes))),
    }


def inference_expected(column, dims, batch_size, dtype="float32"):
    """Returns the memory of inference, and what mistakes make of it."""
    unit, sizes = batch_size * BYTES[dtype], tensor_sizes(column, dims)

    def largest_pair(sizes):
        return unit * max(map(sum, pairwise(sizes)))

    total = largest_pair(sizes)
    return total, {
        **wrong_units(total, batch_size, dtype),
        "it is the largest tensor alone": max(sizes) * unit,
        "the two largest are added, but they are no neighbours": unit
        * sum(sorted(sizes)[-2:]),
        "everything is kept": sum(sizes) * unit,
        "the images are left out": largest_pair(sizes[1:]),
        "three neighbours are added": unit
        * max(map(sum, zip(sizes, sizes[1:], sizes[2:], strict=False))),
        "the ReLUs are counted; they work in place": largest_pair(
            tensor_sizes(column, dims, relu=True)
        ),
        "a pooling rounds up": largest_pair(tensor_sizes(column, dims, up=1)),
    }


FIRST = (["conv3-8", "maxpool", "FC-10"], (28, 28, 1), 1)
SECOND = (["conv3-4", "conv1-6", "maxpool", "FC-9", "FC-5"], (8, 7, 3), 16, "float16")
for case, name in [(FIRST, "the example"), (SECOND, "16 images of float16")]:
    expect(f"training, {name}", *training_expected(*case))
    expect(f"inference, {name}", *inference_expected(*case))

# %% [markdown]
# Training: the sum of all (2 points).

# %% nbgrader={"grade_id": "test_training_bytes", "points": 2}
_column = ["conv3-8", "maxpool", "FC-10"]
_pair = checks.unpack(activation_bytes(_column, (28, 28, 1), 1), 2, "the example")
checks.answer(_pair[0], "training, the example", rtol=1e-5)
_column = ["conv3-4", "conv1-6", "maxpool", "FC-9", "FC-5"]
_found = activation_bytes(_column, (8, 7, 3), 16, "float16")
checks.answer(checks.unpack(_found, 2)[0], "training, 16 images of float16", rtol=1e-5)
### BEGIN HIDDEN TESTS
_vgg11 = "conv3-64 maxpool conv3-128 maxpool conv3-256 conv3-256 maxpool conv3-512"
_vgg11 += " conv3-512 maxpool conv3-512 conv3-512 maxpool FC-4096 FC-4096 FC-1000"
for _column, *_rest in [
    (_vgg11.split(), (224, 224, 3), 256),
    (["conv1-5", "maxpool", "conv3-7", "maxpool", "FC-3"], (15, 7, 2), 3, "float64"),
    (["conv3-5", "conv3-5", "FC-4", "soft-max"], (9, 5, 4), 32, "bfloat16"),
    (["maxpool", "FC-3", "FC-3", "soft-max"], (4, 11, 3), 7, "float32"),
]:
    _right = training_expected(_column, *_rest)
    _call = f"training, {', '.join(_column)}; {', '.join(map(str, _rest))}"
    _found = checks.unpack(activation_bytes(list(_column), *_rest), 2, _call)
    checks.judge(_found[0], *_right, _call, rtol=1e-9)
### END HIDDEN TESTS
checks.passed("training")

# %% [markdown]
# Inference: the largest pair (2 points).

# %% nbgrader={"grade_id": "test_inference_bytes", "points": 2}
_column = ["conv3-8", "maxpool", "FC-10"]
_pair = checks.unpack(activation_bytes(_column, (28, 28, 1), 1), 2, "the example")
checks.answer(_pair[1], "inference, the example", rtol=1e-5)
_column = ["conv3-4", "conv1-6", "maxpool", "FC-9", "FC-5"]
_found = activation_bytes(_column, (8, 7, 3), 16, "float16")
checks.answer(checks.unpack(_found, 2)[1], "inference, 16 images of float16", rtol=1e-5)
### BEGIN HIDDEN TESTS
for _column, *_rest in [
    # The largest tensors are no neighbours.
    (["conv3-9", "maxpool", "conv3-40", "FC-3"], (12, 10, 2), 8, "float32"),
    # The largest pair is the last one.
    (["conv1-2", "maxpool", "FC-60", "FC-70"], (4, 4, 1), 2, "float64"),
    (["conv3-2", "FC-90", "soft-max"], (3, 3, 1), 5, "bfloat16"),
    # The largest pair is the first one.
    (["conv3-5", "maxpool", "maxpool", "FC-3"], (9, 7, 30), 7, "float16"),
    (["conv3-6", "conv3-6", "maxpool", "FC-2"], (5, 9, 2), 3),
]:
    _right = inference_expected(_column, *_rest)
    _call = f"inference, {', '.join(_column)}; {', '.join(map(str, _rest))}"
    _found = checks.unpack(activation_bytes(list(_column), *_rest), 2, _call)
    checks.judge(_found[1], *_right, _call, rtol=1e-9)
### END HIDDEN TESTS
checks.passed("inference")

# %% [markdown]
# ## Exercise 5: train, and lower the learning rate (3 points)
#
# VGG was trained by gradient descent with momentum 0.9. The learning rate was divided
# by 10 whenever the accuracy on the validation images stopped rising (section 3.1 of
# the paper). Make that a rule: after each epoch, if its accuracy is **not higher than
# the best one before it**, the epochs that follow have a tenth of the learning rate.
#
# Write `learning_rates(accuracies, start=0.01)`. `accuracies` holds the validation
# accuracy after each epoch. Return a list with the learning rate of each of these
# epochs, **and of the one that would come next**: one number more than `accuracies`
# has. The first epoch always counts as better, even with an accuracy of 0.
#
#     learning_rates([0.5, 0.7, 0.7, 0.8, 0.75])
#     # [0.01, 0.01, 0.01, 0.001, 0.001, 0.0001]


# %% nbgrader={"grade_id": "learning_rates"}
def learning_rates(accuracies, start=0.01):
    """Lists the learning rate of each epoch, by VGG's rule.

    Args:
        accuracies: List of floats, the validation accuracy after each epoch.
        start: Float, the learning rate of the first epoch.

    Returns:
        List of floats, one more than `accuracies` has.
    """
    ### BEGIN SOLUTION
    rates, best = [start], -np.inf
    for accuracy in accuracies:
        rates.append(rates[-1] if accuracy > best else rates[-1] / 10)
        best = max(best, accuracy)
    return rates
    ### END SOLUTION


# %% tags=["expected"]
def rates_expected(accuracies, start=0.01):
    """Returns the learning rates, and what mistakes make of them."""

    def rates(ties=False, previous=False, least=-np.inf, first=start):
        found, best = [first], least
        for accuracy in accuracies:
            better = accuracy > best or (ties and accuracy == best)
            found.append(found[-1] * (1.0 if better else 0.1))
            best = accuracy if previous else max(best, accuracy)
        return found

    right = rates()
    halves = [start * (rate / start) ** np.log10(2) for rate in right]
    return right, {
        "an accuracy that equals the best one is not higher": rates(ties=True),
        "an accuracy is compared with the one before it, not with the best": rates(
            previous=True
        ),
        "the first epoch must count as better, even with an accuracy of 0": rates(
            least=0.0
        ),
        "the epoch that would come next is missing": right[:-1],
        "the first epoch is missing": right[1:],
        "a rate is lowered one epoch too early": right[1:] + right[-1:],
        "a rate is lowered one epoch too late": right[:1] + right[:-1],
        "rates are halved: expected a tenth": halves,
        "`start` is not used": rates(first=0.01),
        "the rate never falls": [start] * len(right),
    }


LISTS = [([0.5, 0.8, 0.6, 0.7, 0.7], 0.2), ([0.5, 0.7, 0.7, 0.8, 0.75], 0.01)]
LISTS += [([0.2, 0.4, 0.6], 0.1), ([], 0.5)]
for accuracies, start in LISTS:
    name = f"learning_rates({accuracies}, {start})"
    expect(name, *rates_expected(accuracies, start))

# %% nbgrader={"grade_id": "test_learning_rates", "points": 1}
_cases = [([0.5, 0.8, 0.6, 0.7, 0.7], 0.2), ([0.5, 0.7, 0.7, 0.8, 0.75], 0.01)]
_cases += [([0.2, 0.4, 0.6], 0.1), ([], 0.5)]
for _accuracies, _start in _cases:
    _call = f"learning_rates({_accuracies}, {_start})"
    checks.answer(learning_rates(_accuracies, _start), _call, atol=0)
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(30)
_cases = [((_rng.integers(3, 10, _n) / 10).tolist(), 0.3) for _n in (1, 6, 9)]
_cases += [([0.0, 0.1], 0.2), ([0.5, 0.8, 0.6, 0.7, 0.9], 1.0), ([0.0, 0.0], 0.05)]
for _accuracies, _start in _cases:
    _right = rates_expected(_accuracies, _start)
    _call = f"learning_rates({_accuracies}, start={_start})"
    _found = learning_rates(list(_accuracies), start=_start)
    checks.judge(_found, *_right, _call, atol=0)
_right = rates_expected([0.4, 0.3, 0.6])
checks.judge(learning_rates([0.4, 0.3, 0.6]), *_right, "rates by default", atol=0)
### END HIDDEN TESTS
checks.passed("rates")

# %% [markdown]
# **Now train.** Write `train(model, x, y, epochs, learning_rate)`. It trains `model`,
# all its weights, in place and returns a list with the mean loss of each epoch, the
# first epoch first.
#
# - `model` puts out **probabilities**, as `tiny_vgg` below does: it ends in a soft-max.
#   It is not compiled.
# - `y` holds integer labels. The loss is the cross-entropy, as a mean over the batch.
# - Gradient descent with momentum 0.9, not Nesterov's; batches of 32. A last batch of
#   fewer images is trained on too.
# - The loss of an epoch is the mean over its batches, or over its images, each with the
#   weights *before* the step that its batch takes. That is what `fit` reports.
# - The images come **sorted by class**. A batch of one class only teaches little, so
#   shuffle them. (Anew in each epoch is best; once will do.)
#
# A loop of your own is as good as `compile` and `fit`.
#
# > **Predict.** `tiny_vgg` trains on three classes for 12 epochs, and the images are
# > *not* shuffled. Is its accuracy on new images about 1/3, 2/3 or 9/10?


# %% nbgrader={"grade_id": "train"}
def train(model, x, y, epochs, learning_rate):
    """Trains a classifier that puts out probabilities.

    Args:
        model: A `keras.Model` from images to probabilities; its weights change.
        x: Array of shape (n, height, width, channels), sorted by class.
        y: Array of shape (n,), integer labels.
        epochs: Integer.
        learning_rate: Float.

    Returns:
        List of floats, the mean loss of each epoch.
    """
    ### BEGIN SOLUTION
    model.compile(
        keras.optimizers.SGD(learning_rate, momentum=0.9),
        keras.losses.SparseCategoricalCrossentropy(),
    )
    history = model.fit(x, y, batch_size=32, epochs=epochs, shuffle=True, verbose=0)
    return history.history["loss"]
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_glyphs"}
def glyphs(n, seed):
    """Draws noisy images of a plus, a cross or a box at any place, sorted by class.

    Args:
        n: Integer, number of images.
        seed: Integer.

    Returns:
        Images, `float32` of shape (n, 12, 12, 1), and labels 0, 1 or 2 of shape (n,).
    """
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[-2:3, -2:3]
    shapes = (
        (rows == 0) | (columns == 0),
        abs(rows) == abs(columns),
        np.maximum(abs(rows), abs(columns)) == 2,
    )
    labels = np.sort(np.arange(n) % 3)
    images = rng.normal(0, 0.3, (n, 12, 12, 1)).astype("float32")
    for image, label in zip(images, labels, strict=True):
        top, left = rng.integers(0, 8, 2)
        image[top : top + 5, left : left + 5, 0] += shapes[label]
    return images, labels


def tiny_vgg():
    """An untrained VGG of two blocks, from 12×12 images to 3 probabilities."""
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.Conv2D(8, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def classifier(seed, classes=3, dims=(12, 12, 1), hidden=0):
    """Builds a small classifier that is always the same for one seed."""
    x = inputs = keras.Input(dims)
    x = layers.Flatten()(x)
    x = layers.Dense(hidden, activation="relu")(x) if hidden else x
    model = keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))
    return redraw(model, noise(1, 1, *dims), seed)


# %% [markdown]
# Look: `tiny_vgg` learns to tell a plus from a cross and a box. To see what the
# prediction asks for, take the shuffling out of `train` once and look again.


# %% nbgrader={"grade_id": "look_train"}
def look():
    """Trains `tiny_vgg`, and shows the losses and what it says of new images."""
    from matplotlib import pyplot as plt

    from layerwise import plots

    model = tiny_vgg()
    losses = train(model, *glyphs(384, seed=1), epochs=12, learning_rate=0.03)
    x, y = glyphs(300, seed=2)
    found = ops.convert_to_numpy(model(x)).argmax(axis=-1)
    print(f"accuracy on 300 new images: {np.mean(found == y):.2f}")
    plots.lines(range(1, 13), {"loss": losses}, None, "", "epoch", "mean loss")
    names = ["plus", "cross", "box"]
    plots.image_grid(x[::30], [names[label] for label in found[::30]])
    plt.show()


# %%
# look()

# %% tags=["expected"]
from layerwise import training


def descend(model, epochs, learning_rate, momentum=0.9, nesterov=False, adam=False):
    """Trains on the batches of each epoch: a list of their losses for each epoch."""
    weights, losses = model.trainable_variables, []
    speeds = [np.zeros(w.shape, "float32") for w in weights]
    optimizer = keras.optimizers.Adam(learning_rate)
    for batches in epochs:
        losses.append([])
        for x, y in batches:

            def loss_of_batch(x=x, y=y):
                return ops.mean(ops.sparse_categorical_crossentropy(y, model(x)))

            loss, slopes = training.gradients(loss_of_batch, weights)
            losses[-1].append(float(loss))
            if adam:
                optimizer.apply(slopes, weights)
                continue
            for index, (weight, slope) in enumerate(zip(weights, slopes, strict=True)):
                step = learning_rate * ops.convert_to_numpy(slope)
                speeds[index] = momentum * speeds[index] - step
                ahead = momentum * speeds[index] - step
                weight.assign_add(ahead if nesterov else speeds[index])
    return losses


def trained(make, batches, epochs, learning_rate, look, **options):
    """Trains on the same batches in each epoch.

    Returns:
        Losses of each batch of each epoch, and probabilities of the images `look`.
    """
    model = make()
    losses = descend(model, [batches] * epochs, learning_rate, **options)
    return np.array(losses), ops.convert_to_numpy(model(look))


def train_expected(make, batches, epochs, rate, look):
    """Returns losses and probabilities after training, each with common mistakes."""
    case = (make, batches, epochs, rate, look)
    losses, after = trained(*case)
    one = batches[0]
    few = [(one[0][: len(one[0]) // 2], one[1][: len(one[1]) // 2])] * 2
    found = {
        "without momentum": trained(*case, momentum=0.0),
        "with Nesterov's momentum": trained(*case, nesterov=True),
        "of Adam": trained(*case, adam=True),
        "with a learning rate of 0.01, whatever is asked": trained(
            make, batches, epochs, 0.01, look
        ),
        "of batches twice as large": trained(make, batches[::2], epochs, rate, look),
        "of batches half as large": trained(
            make, few * len(batches), epochs, rate, look
        ),
    }
    means, size = losses.mean(1), len(one[0])
    less, more = (trained(make, batches, epochs + n, rate, look) for n in (-1, 1))
    return (
        (
            means.tolist(),
            {
                **{
                    f"they are those {k}": v[0].mean(1).tolist()
                    for k, v in found.items()
                },
                "they are sums over images: expected means": (
                    size * losses.sum(1)
                ).tolist(),
                "they are sums over batches: expected means": losses.sum(1).tolist(),
                "they are those of each epoch's last batch": losses[:, -1].tolist(),
                "they are those after each epoch": more[0][1:, 0].tolist(),
                "they are those before the training: nothing was trained": means[
                    :1
                ].tolist()
                * epochs,
                "the last epoch is first": means[::-1].tolist(),
                "it is the last epoch's alone": means[-1:].tolist(),
                "there is one epoch more": more[0].mean(1).tolist(),
                "there is one epoch less": less[0].mean(1).tolist(),
            },
        ),
        (
            after,
            {
                **{f"they are those {k}": v[1] for k, v in found.items()},
                "they are those before the training": ops.convert_to_numpy(
                    make()(look)
                ),
                "they are those after one epoch less": less[1],
                "they are those after one epoch more": more[1],
            },
        ),
    )


def repeated(seed, count, dims=(12, 12, 1)):
    """Draws one image, and repeats it."""
    return np.repeat(noise(seed, 1, *dims), count, axis=0)


few = train_expected(lambda: classifier(31), [glyphs(24, 32)], 3, 0.2, glyphs(9, 33)[0])
expect("the losses of 3 epochs on 24 images", *few[0])
expect("probabilities after 3 epochs on 24 images", *few[1])
halves = [(repeated(35, 32), np.full(32, 2))] * 2
equal = train_expected(lambda: classifier(34), halves, 2, 0.002, repeated(35, 1))
expect("the losses of 2 epochs on 64 equal images", *equal[0])

# %% nbgrader={"grade_id": "test_train", "points": 2}
_model = classifier(31)
_losses = train(_model, *glyphs(24, 32), epochs=3, learning_rate=0.2)
checks.answer(_losses, "the losses of 3 epochs on 24 images")
_call = "probabilities after 3 epochs on 24 images"
checks.answer(_model(glyphs(9, 33)[0]), _call, atol=1e-4)
_x, _y = np.repeat(noise(35, 1, 12, 12, 1), 64, axis=0), np.full(64, 2)
_losses = train(classifier(34), _x, _y, epochs=2, learning_rate=0.002)
checks.answer(_losses, "the losses of 2 epochs on 64 equal images")
### BEGIN HIDDEN TESTS
# Other networks and images; the last batch is half as large.
_dims, _rate = (5, 7, 2), 0.03
_batches = [(repeated(36, _n, _dims), np.full(_n, 3)) for _n in (32, 16)]
_right, _after = trained(
    lambda: classifier(37, 4, _dims, hidden=5), _batches, 4, _rate, noise(38, 6, *_dims)
)
_model = classifier(37, 4, _dims, hidden=5)
_losses = train(_model, repeated(36, 48, _dims), np.full(48, 3), 4, _rate)
checks.judge(
    _model(noise(38, 6, *_dims)),
    _after,
    what="probabilities after 4 epochs on 48 equal images",
    atol=1e-4,
)
_losses = [float(_loss) for _loss in checks.unpack(_losses, 4, "losses of 4 epochs")]
assert any(
    np.allclose(_losses, _right @ _share, rtol=1e-3)
    for _share in ([1 / 2, 1 / 2], [2 / 3, 1 / 3])
), (
    f"the losses of 4 epochs on 48 equal images are {np.round(_losses, 4).tolist()}; "
    f"expected {np.round(_right.mean(1), 4).tolist()}"
)
# Two classes of 32 images: without shuffling each batch is a class.
_dims = (3, 3, 1)
_x, _y = noise(41, 64, *_dims), np.repeat([0, 1], 32)
_halves = [(_x[:32], _y[:32]), (_x[32:], _y[32:])]
_sorted, _back = (
    trained(lambda: classifier(40, 2, _dims), _order, 3, 0.1, _x)[0].mean(1)
    for _order in (_halves, _halves[::-1])
)
_losses = train(classifier(40, 2, _dims), _x, _y, epochs=3, learning_rate=0.1)
_losses = [float(_loss) for _loss in checks.unpack(_losses, 3, "losses of 3 epochs")]
for _wrong in (_sorted, _back):
    assert not np.allclose(_losses, _wrong, rtol=1e-3), (
        "the batches hold one class each: the images are not shuffled"
    )
### END HIDDEN TESTS
checks.passed("losses", "probabilities", "batches")
