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
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one. Tensors are channels-last: (batch, height, width,
# channels).

# %% nbgrader={"grade_id": "setup"}
import keras
import numpy as np
from keras import layers, ops

from layerwise import checks, receptive

# %% [markdown]
# The next cell is given. `read_column` reads the paper's notation for you. `drawn`,
# `redraw` and `kernel_sizes` handle the tests' weights. `glyphs` and `tiny_vgg` are
# for the training at the end.


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
    """Random weights that depend on their size and the seed alone.

    Args:
        dims: Tuple of integers; the last one counts the outputs.
        seed: Integer.

    Returns:
        `float32` array of shape `dims`.
    """
    # A dense kernel, and a convolution that does its work, get the same numbers.
    inputs = int(np.prod(dims[:-1]))
    numbers = np.random.default_rng([seed, inputs, dims[-1]]).normal(size=dims)
    scale = np.sqrt(2 / inputs) if len(dims) > 1 else 0.3
    return (scale * numbers).astype("float32")


def redraw(weights, seed):
    """New weights for a model. Arrays of one size get the same numbers.

    Args:
        weights: List of arrays, from `model.get_weights()`.
        seed: Integer.

    Returns:
        List of arrays, for `model.set_weights()`.
    """
    return [drawn(weight.shape, seed) for weight in weights]


def kernel_sizes(weights):
    """The sizes of the kernels among a model's weights.

    Args:
        weights: List of arrays, from `model.get_weights()`.

    Returns:
        List of pairs: numbers that each output is made of, 3 * 3 * channels, say, and
        outputs.
    """
    kernels = [weight for weight in weights if weight.ndim > 1]
    return [(int(np.prod(k.shape[:-1])), k.shape[-1]) for k in kernels]


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


# %% [markdown]
# ## Exercise 1: receptive field and stride of a stack (4 points)
#
# A *stack* is a list of pairs `(kernel_size, strides)`, the layer at the input first. A
# pooling is such a pair too: `(2, 2)`. Write `field_and_stride(stack)`, which returns
# two integers:
#
# - the **receptive field**: how many input pixels in a row can change one output pixel
#   (away from the border);
# - the **stride** of the whole stack: by how many input pixels that window moves from
#   one output pixel to the next.
#
# | stack | result | why |
# |---|---|---|
# | `[]` | `(1, 1)` | the output is the input |
# | `[(3, 1)]` | `(3, 1)` | one 3×3 |
# | `[(3, 1), (3, 1)]` | `(5, 1)` | the second adds one pixel on each side |
# | `[(3, 1), (2, 2), (3, 1)]` | `(8, 2)` | after the pooling, neighbours are 2 apart |
#
# Common mistakes: adding kernel sizes without taking off the pixel that they share, and
# letting a layer's own stride widen its own window. It widens those that come after.


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


# %% [markdown]
# Stacks in which every stride is 1 (2 points).

# %% nbgrader={"grade_id": "test_field", "points": 2}
_stacks = [[], [(3, 1)], [(3, 1), (3, 1)], [(7, 1)], [(3, 1), (3, 1), (3, 1)]]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(21)
for _depth in (2, 4, 9):
    _stacks.append([(int(_size), 1) for _size in _rng.integers(1, 8, _depth)])
_stacks.append([(3, 1)] * 20)
### END HIDDEN TESTS
_asked = [(list(_stack),) for _stack in _stacks]
for _stack, _pair in zip(_stacks, checks.each(field_and_stride, _asked), strict=True):
    assert len(_pair if hasattr(_pair, "__len__") else ()) == 2, (
        f"field_and_stride({_stack}) must return two integers. Received: {_pair!r}"
    )
    _received = int(_pair[0])
    _sizes = [_size for _size, _ in _stack]
    _field = sum(_sizes) - len(_sizes) + 1
    if _received != _field:
        assert _received != sum(_sizes), (
            f"the field of {_stack} came out as {_received}, the sum of the kernel "
            f"sizes; expected {_field}: neighbouring windows overlap"
        )
        assert _received != np.prod(_sizes), (
            f"the field of {_stack} came out as {_received}, the product of the kernel "
            f"sizes; expected {_field}: each layer adds kernel_size - 1"
        )
        assert _received != max(_sizes, default=0), (
            f"the field of {_stack} came out as {_received}, that of the largest "
            f"kernel alone; expected {_field}"
        )
    assert _received == _field, (
        f"the field of {_stack} is {_received}; expected {_field}"
    )
    assert int(_pair[1]) == 1, (
        f"the stride of {_stack} is {_pair[1]}; expected 1: no layer steps further"
    )

# %% [markdown]
# Strides and poolings (2 points). For the first stack the expected field is measured,
# as in the chapter: by backpropagating from one output pixel.

# %% nbgrader={"grade_id": "test_strides", "points": 2}
_stacks = [[(3, 1), (2, 2), (3, 1)], [(3, 2), (5, 2)], [(2, 2), (2, 2), (2, 2)]]
_net = keras.Sequential([keras.Input((32, 32, 1))])
for _size, _step in _stacks[0]:
    _net.add(layers.Conv2D(1, _size, _step, kernel_initializer="ones"))
_measured = receptive.field(receptive.influence(_net, draws=1))[0]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(22)
for _depth in (2, 3, 4, 5, 6):
    for _ in range(3):
        _sizes, _steps = _rng.integers(1, 6, _depth), _rng.integers(1, 4, _depth)
        _stacks.append(list(zip(_sizes.tolist(), _steps.tolist(), strict=True)))
### END HIDDEN TESTS


def _seen(stack, place):
    """The input pixels behind one output pixel, found one by one."""
    pixels = {place}
    for size, step in reversed(stack):
        pixels = {pixel * step + k for pixel in pixels for k in range(size)}
    return min(pixels), max(pixels)


assert _seen(_stacks[0], 0)[1] + 1 == _measured, "the two references disagree"
_asked = [(list(_stack),) for _stack in _stacks]
for _stack, _pair in zip(_stacks, checks.each(field_and_stride, _asked), strict=True):
    _first, _last = _seen(_stack, 0)
    _field, _stride = _last - _first + 1, _seen(_stack, 1)[0] - _first
    _received = tuple(int(_number) for _number in _pair)
    if _received[0] != _field:
        _after, _jump = 1, 1
        for _size, _step in _stack:
            _jump *= _step
            _after += (_size - 1) * _jump
        _back = _seen(_stack[::-1], 0)
        for _fault, _wrong in {
            "the strides do not enter it": sum(_s - 1 for _s, _ in _stack) + 1,
            "a layer's own stride widens its own window": _after,
            "the layers are taken in reverse order": _back[1] - _back[0] + 1,
        }.items():
            assert _received[0] != _wrong, (
                f"the field of {_stack} came out as {_received[0]}; expected {_field}: "
                f"it looks as if {_fault}"
            )
    assert _received[0] == _field, (
        f"the field of {_stack} with its strides is {_received[0]}; expected {_field}"
    )
    if _received[1] != _stride:
        assert _received[1] != _stack[-1][1], (
            f"the stride of {_stack} came out as {_received[1]}, that of the last "
            f"layer; expected {_stride}"
        )
        assert _received[1] != sum(_step for _, _step in _stack), (
            f"the stride of {_stack} came out as {_received[1]}, the sum of the "
            f"strides; expected {_stride}"
        )
    assert _received[1] == _stride, (
        f"the stride of {_stack} is {_received[1]}; expected {_stride}"
    )

# %% [markdown]
# ## Exercise 2: a large kernel as a stack of 3×3 (5 points)
#
# Two 3×3 convolutions see what one 5×5 sees, three see what one 7×7 sees: for an odd
# `kernel_size` it takes (`kernel_size` − 1) / 2 of them. In the paper's example all
# layers have the same number of channels, and the stack is cheaper. Is it always?
#
# **First**, `saving(kernel_size, channels, filters)` returns how many **parameters**
# the stack saves, an integer: those of one large convolution minus those of the stack,
# weights and biases. Both take `channels` in and put `filters` out. In the stack only
# the first convolution takes `channels`; each of the others takes what the one before
# it puts out, `filters`. Where the stack is dearer, the result is negative.
#
#     saving(5, 64, 64)  # 28608
#     saving(7, 3, 64)   # -66176, on a photograph's three channels
#
# A common mistake: 18 / 25 everywhere.


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


# %% nbgrader={"grade_id": "test_saving", "points": 2}
_cases = [(5, 64, 64), (7, 3, 64), (3, 8, 5), (5, 10, 20)]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(23)
_cases += [
    (2 * int(_half) + 1, int(_in), int(_out))
    for _half, _in, _out in _rng.integers(1, [7, 200, 200], (25, 3))
]
### END HIDDEN TESTS
for _case, _received in zip(_cases, checks.each(saving, _cases), strict=True):
    _size, _in, _out = _case
    _convs = (_size - 1) // 2
    _large = _size * _size * _in * _out + _out
    _stack = sum(9 * _before * _out + _out for _before in [_in] + [_out] * (_convs - 1))
    _call = f"saving(kernel_size={_size}, channels={_in}, filters={_out})"
    checks.shape(_received, (), _call)
    if _received != _large - _stack:
        assert _received != _stack - _large, (
            f"{_call} is {_received}; expected {_large - _stack}: "
            + ("it has the wrong sign" if _received < 0 else "the stack is dearer here")
        )
        for _fault, _wrong in {
            "the biases are missing": _large - _out - _stack + _convs * _out,
            "every convolution of the stack takes `channels`": _large
            - _convs * (9 * _in * _out + _out),
            "the stack takes `filters` channels from its start": _large
            - _convs * (9 * _out * _out + _out),
            "the stack's parameters are returned alone": _stack,
        }.items():
            assert _received != _wrong, (
                f"{_call} is {_received}; expected {_large - _stack}: {_fault}"
            )
    assert _received == _large - _stack, (
        f"{_call} is {_received}; expected {_large} - {_stack} = {_large - _stack}, "
        f"with {_convs} convolutions in the stack"
    )

# %% [markdown]
# **Then**, `stack_of_3x3(x, filters, kernel_size)` takes a Keras tensor and returns
# what (`kernel_size` − 1) / 2 convolutions 3×3 make of it: each has `filters` filters,
# a bias and stride 1, keeps height and width, and is followed by ReLU, the last one
# too. That is what stands in for `relu(conv(x))` with the large kernel.
#
#     inputs = keras.Input((28, 28, 16))
#     stack_of_3x3(inputs, 32, kernel_size=7).shape # (None, 28, 28, 32)


# %% nbgrader={"grade_id": "stack_of_3x3"}
def stack_of_3x3(x, filters, kernel_size):
    """3×3 convolutions with the receptive field of one large kernel.

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


# %% [markdown]
# Shapes and numbers of weights (1 point).

# %% nbgrader={"grade_id": "test_stack_weights", "points": 1}
# input shape, filters, kernel size
_cases = [((9, 8, 2), 4, 5), ((9, 9, 3), 2, 7)]
### BEGIN HIDDEN TESTS
_cases += [((7, 7, 4), 3, 3), ((10, 12, 1), 3, 11)]
### END HIDDEN TESTS
for _dims, _f, _size in _cases:
    _model = checks.as_model(stack_of_3x3, _dims, filters=_f, kernel_size=_size)
    _call = f"stack_of_3x3(filters={_f}, kernel_size={_size}) on {_dims}"
    assert tuple(_model.output_shape) == (None, *_dims[:2], _f), (
        f"{_call} has the output shape {tuple(_model.output_shape)}; expected "
        f"{(None, *_dims[:2], _f)}"
    )
    _convs = (_size - 1) // 2
    _wanted = 9 * _dims[-1] * _f + 9 * _f * _f * (_convs - 1)
    _sizes = [(_w.ndim > 1, _w.size) for _w in _model.get_weights()]
    _kernels = sum(_count for _is_kernel, _count in _sizes if _is_kernel)
    _vectors = sum(_count for _is_kernel, _count in _sizes if not _is_kernel)
    assert _kernels == _wanted, (
        f"{_call}: the kernels hold {_kernels} numbers; expected {_wanted} in {_convs} "
        "convolutions"
    )
    assert _vectors == _convs * _f, (
        f"{_call}: there are {_vectors} numbers beside the kernels; expected "
        f"{_convs * _f}, a bias of {_f} for each of {_convs} convolutions"
    )
    _model.set_weights(redraw(_model.get_weights(), seed=23))
    _one, _other = ops.convert_to_numpy(_model(drawn((2, *_dims), 23)))
    assert not np.allclose(_one, _other), f"{_call} puts out the same for two images"

# %% [markdown]
# The receptive field, without holes (1 point). Each image of the batch has one bright
# pixel; those that light up the output's middle are the field.

# %% nbgrader={"grade_id": "test_stack_field", "points": 1}
_sizes = [5, 7]
### BEGIN HIDDEN TESTS
_sizes += [3, 9]
### END HIDDEN TESTS
for _size in _sizes:
    _model = checks.as_model(stack_of_3x3, (11, 11, 1), filters=2, kernel_size=_size)
    # Positive weights close no path, whatever the input.
    _model.set_weights(
        [np.ones_like(_w) * (_w.ndim > 1) for _w in _model.get_weights()]
    )
    _pixels = np.eye(121, dtype="float32").reshape(121, 11, 11, 1)
    _lit = ops.convert_to_numpy(_model(_pixels))
    _call = f"stack_of_3x3(kernel_size={_size})"
    checks.shape(_lit, (121, 11, 11, 2), f"{_call} of 121 images of 11x11")
    _lit = _lit[:, 5, 5].sum(axis=-1).reshape(11, 11)
    _field = receptive.field(_lit) if _lit.any() else (0, 0)
    assert _field == (_size, _size), (
        f"{_call} has a receptive field of {_field[0]}x{_field[1]}; expected "
        f"{_size}x{_size}"
    )
    assert np.count_nonzero(_lit) == _size * _size, (
        f"{_call} sees {np.count_nonzero(_lit)} of the {_size * _size} pixels of its "
        "field: there are holes in it"
    )

# %% [markdown]
# A ReLU after each convolution (1 point).

# %% nbgrader={"grade_id": "test_stack_relu", "points": 1}
_sizes = [5]
### BEGIN HIDDEN TESTS
_sizes += [9, 3]
### END HIDDEN TESTS
for _size in _sizes:
    _model = checks.as_model(stack_of_3x3, (6, 6, 2), filters=3, kernel_size=_size)
    _model.set_weights(redraw(_model.get_weights(), seed=24))
    _x = np.random.default_rng(25).normal(size=(2, 6, 6, 2)).astype("float32")
    _received = ops.convert_to_numpy(_model(_x))
    _call = f"stack_of_3x3(filters=3, kernel_size={_size})"
    checks.shape(_received, (2, 6, 6, 3), f"{_call} of images of (6, 6, 2)")
    _sizes_found = kernel_sizes(_model.get_weights())
    for _before in (2, 3) if _size > 3 else (2,):
        assert (9 * _before, 3) in _sizes_found, (
            f"{_call} has no 3x3 convolution of {_before}"
        )
    _outputs, _bare = {}, {}
    for _between in (True, False):
        # Whether there are biases is counted above.
        for _found, _share in ((_outputs, 1), (_bare, 0)):
            _y, _before = _x, 2
            for _ in range((_size - 1) // 2):
                # Between two convolutions, ReLU or nothing.
                _y = ops.relu(_y) if _between and _before == 3 else _y
                _y = ops.conv(_y, drawn((3, 3, _before, 3), 24), 1, "same")
                _y, _before = _y + _share * drawn((3,), 24), 3
            _found[_between, False] = ops.convert_to_numpy(_y)
            _found[_between, True] = np.maximum(_found[_between, False], 0)
    if np.allclose(_received, _bare[True, True], rtol=1e-3, atol=1e-3):
        continue
    if not np.allclose(_received, _outputs[True, True], rtol=1e-3, atol=1e-3):
        for (_between, _last), _fault in {
            (True, False): "no ReLU follows the last convolution",
            (False, True): "there is no ReLU between the convolutions",
            (False, False): "no ReLU follows any of the convolutions",
        }.items():
            _wrong = _outputs[_between, _last]
            assert not np.allclose(_received, _wrong, rtol=1e-3, atol=1e-3), (
                f"{_call}: {_fault}"
            )
    checks.close(_received, _outputs[True, True], _call, rtol=1e-3, atol=1e-3)

# %% [markdown]
# ## Exercise 3: a network from a column of the table (4 points)
#
# Table 1 of the VGG paper writes each network as a column of entries. Write
# `network(column, input_shape)`, which makes a `keras.Model` of such a list.
# `read_column(column)` reads the strings.
#
# - `conv3-64`: convolution 3×3, 64 filters, stride 1, with bias; height and width stay
#   as they are; then ReLU. `conv1-256` is the same with a 1×1 kernel.
# - `maxpool`: maximum pooling, 2×2, stride 2. Of an odd height or width the last row or
#   column is dropped: 7 becomes 3.
# - `FC-4096`: dense layer with bias on the flattened tensor, then ReLU. **The last FC
#   of a column has no ReLU**: what it puts out are the logits.
# - `soft-max`: turns logits into probabilities. It comes last, or not at all.
#
# Each column has at least one FC, and all of them come after the last pooling. `column`
# must be as it was after the call.
#
#     column = ["conv3-8", "conv1-8", "maxpool", "FC-32", "FC-10"]
#     network(column, (28, 28, 1)).output_shape # (None, 10)


# %% nbgrader={"grade_id": "network"}
def network(column, input_shape):
    """A network of the VGG kind from a column of the paper's Table 1.

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


# %% [markdown]
# Shapes, numbers of weights, and a list that is left alone (1 point).

# %% nbgrader={"grade_id": "test_network_weights", "points": 1}
_cases = [(["conv3-4", "conv1-6", "maxpool", "conv3-8", "maxpool", "FC-5"], (8, 8, 3))]
### BEGIN HIDDEN TESTS
_cases += [
    (["conv3-3", "maxpool", "conv3-5", "maxpool", "FC-7", "FC-6", "FC-4"], (14, 7, 2)),
    (["conv1-5", "conv1-5", "FC-3", "soft-max"], (3, 5, 1)),
]
### END HIDDEN TESTS
for _column, _dims in _cases:
    _asked = list(_column)
    _model = network(_asked, _dims)
    _call = f"network({_column}, {_dims})"
    checks.model(_model, what=_call)
    assert _asked == _column, f"network changed its argument: column is now {_asked}"
    (_height, _width, _before), _wanted, _biases = _dims, 0, 0
    for _kind, _size, _filters in read_column(_column):
        if _kind == "maxpool":
            _height, _width = _height // 2, _width // 2
        elif _kind == "FC":
            _wanted += _height * _width * _before * _filters
            _height = _width = 1
        elif _kind == "conv":
            _wanted += _size * _size * _before * _filters
        _biases, _before = _biases + _filters, _filters or _before
    _received = ops.convert_to_numpy(_model(np.zeros((2, *_dims), "float32")))
    checks.shape(_received, (2, _before), f"{_call} of 2 images")
    _sizes = [(_w.ndim > 1, _w.size) for _w in _model.get_weights()]
    _kernels = sum(_count for _is_kernel, _count in _sizes if _is_kernel)
    _vectors = sum(_count for _is_kernel, _count in _sizes if not _is_kernel)
    assert _kernels == _wanted, (
        f"{_call}: the kernels hold {_kernels} numbers; expected {_wanted}"
    )
    assert _vectors == _biases, (
        f"{_call}: there are {_vectors} numbers beside the kernels; expected "
        f"{_biases}, a bias for each convolution and FC"
    )

# %% [markdown]
# What comes out, against the same network step by step in NumPy (2 points).

# %% nbgrader={"grade_id": "test_network_values", "points": 2}


def _by_hand(column, seed, x, skip=None, biases=1):
    """The column in NumPy, and the kernels that it needs.

    `skip` names ReLUs that are left out, or put in.
    """
    entries, needed = read_column(column), []
    last = max(i for i, entry in enumerate(entries) if entry[0] == "FC")
    for index, (kind, size, width) in enumerate(entries):
        if kind == "maxpool":
            x = x[:, : x.shape[1] // 2 * 2, : x.shape[2] // 2 * 2]
            x = np.maximum(x[:, ::2], x[:, 1::2])
            x = np.maximum(x[:, :, ::2], x[:, :, 1::2])
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
        elif kind == "FC":
            x = x.reshape(len(x), -1)
        needed.append((column[index], x.shape[-1], width))
        x = x @ drawn((x.shape[-1], width), seed) + biases * drawn((width,), seed)
        if skip != kind and (index != last or skip == "last"):
            x = np.maximum(x, 0)
    return x, needed


_cases = [(["conv3-4", "conv1-3", "maxpool", "FC-6", "FC-5"], (6, 6, 2))]
### BEGIN HIDDEN TESTS
_cases += [
    (["conv3-4", "maxpool", "conv3-6", "maxpool", "FC-8", "FC-7", "FC-3"], (9, 13, 1)),
    (["conv1-6", "conv3-7", "FC-4"], (4, 5, 3)),
]
### END HIDDEN TESTS
for _column, _dims in _cases:
    _model = network(list(_column), _dims)
    checks.model(_model, what=f"network({_column}, {_dims})")
    _model.set_weights(redraw(_model.get_weights(), seed=26))
    _x = np.random.default_rng(27).normal(size=(3, *_dims)).astype("float32")
    _received = ops.convert_to_numpy(_model(_x))
    _wanted, _needed = _by_hand(_column, 26, _x)
    _sizes = kernel_sizes(_model.get_weights())
    for _entry, _inputs, _width in _needed:
        assert (_inputs, _width) in _sizes, (
            f"no kernel of {_inputs} x {_width} numbers for {_entry} in {_column}"
        )
    checks.shape(_received, _wanted.shape, f"network({_column}, {_dims}) of 3 images")
    # Whether there are biases is counted above.
    _bare, _ = _by_hand(_column, 26, _x, biases=0)
    if np.allclose(_received, _bare, rtol=1e-3, atol=1e-3):
        continue
    if not np.allclose(_received, _wanted, rtol=1e-3, atol=1e-3):
        for _skip, _fault in {
            "conv": "no ReLU follows the convolutions",
            "FC": "no ReLU follows the hidden FC layers",
            "last": "the last FC has a ReLU: expected logits",
        }.items():
            _wrong, _ = _by_hand(_column, 26, _x, _skip)
            assert not np.allclose(_received, _wrong, rtol=1e-3, atol=1e-3), (
                f"network({_column}, {_dims}): {_fault}"
            )
        _sums = _received.sum(axis=-1)
        assert _received.min() < 0 or not np.allclose(_sums, 1, atol=1e-3), (
            f"network({_column}, {_dims}) puts out probabilities, though its column "
            "does not end in soft-max"
        )
    checks.close(
        _received, _wanted, f"network({_column}, {_dims})", rtol=1e-3, atol=1e-3
    )

# %% [markdown]
# A column that ends in `soft-max` (1 point).

# %% nbgrader={"grade_id": "test_network_softmax", "points": 1}
_column, _dims = ["conv3-3", "maxpool", "FC-4", "soft-max"], (4, 4, 1)
### BEGIN HIDDEN TESTS
_column, _dims = ["conv3-3", "maxpool", "FC-6", "FC-4", "soft-max"], (6, 4, 2)
### END HIDDEN TESTS
_plain, _soft = network(_column[:-1], _dims), network(list(_column), _dims)
_logits = np.random.default_rng(28).normal(0, 1.5, 4).astype("float32")
for _model in (_plain, _soft):
    # Where all else is zero, the last FC puts out its bias.
    _model.set_weights(
        [
            _logits if _w.shape == (4,) else np.zeros_like(_w)
            for _w in _model.get_weights()
        ]
    )
_x = np.random.default_rng(29).normal(size=(5, *_dims)).astype("float32")
_before, _received = (ops.convert_to_numpy(_m(_x)) for _m in (_plain, _soft))
checks.shape(_received, (5, 4), f"network({_column}, {_dims}) of 5 images")
checks.close(
    _received.sum(axis=-1),
    np.ones(5),
    f"network({_column}, {_dims}): the sum of each image's probabilities",
)
# Whether the logits are right is judged above.
if np.allclose(_before, np.maximum(_logits, 0), atol=1e-3):
    _logits = np.maximum(_logits, 0)
_exp = np.exp(_logits)
_wanted = np.tile(_exp / _exp.sum(), (5, 1))
assert not np.allclose(_received, np.full((5, 4), 0.25), atol=1e-3), (
    f"network({_column}, {_dims}): all probabilities are equal"
)
checks.close(
    _received,
    _wanted,
    f"network({_column}, {_dims}), against the soft-max of what its last FC puts out,",
    rtol=1e-3,
    atol=1e-4,
)

# %% [markdown]
# ## Exercise 4: the memory of the activations (4 points)
#
# What fills the memory when a network trains is often not its weights: it is what its
# layers put out. Write `activation_bytes(column, input_shape, batch_size,
# dtype="float32")`, which returns **two integers, in bytes**:
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


# %% [markdown]
# Training: the sum of all (2 points).

# %% nbgrader={"grade_id": "test_training_bytes", "points": 2}
_cases = [(["conv3-8", "maxpool", "FC-10"], (28, 28, 1), 1, "float32")]
_cases += [
    (["conv3-4", "conv1-6", "maxpool", "FC-9", "FC-5"], (8, 6, 3), 16, "float16")
]
### BEGIN HIDDEN TESTS
_vgg11 = "conv3-64 maxpool conv3-128 maxpool conv3-256 conv3-256 maxpool conv3-512"
_vgg11 += " conv3-512 maxpool conv3-512 conv3-512 maxpool FC-4096 FC-4096 FC-1000"
_cases += [
    (_vgg11.split(), (224, 224, 3), 256, "float32"),
    (["conv1-5", "maxpool", "conv3-7", "maxpool", "FC-3"], (15, 7, 2), 3, "float64"),
    (["conv3-5", "conv3-5", "FC-4", "soft-max"], (9, 5, 4), 32, "bfloat16"),
]
### END HIDDEN TESTS


def _kept(column, dims, ceil=False, relu=False):
    """Numbers in the images, and in all that the layers put out."""
    (height, width, channels), kept = dims, [int(np.prod(dims))]
    for kind, _, filters in read_column(column):
        if kind == "maxpool":
            height, width = (height + ceil) // 2, (width + ceil) // 2
        elif kind == "FC":
            height = width = 1
        channels = filters or channels
        kept += [height * width * channels] * (2 if relu and kind == "conv" else 1)
    return kept


_asked = [(list(_case[0]), *_case[1:]) for _case in _cases]
for _case, _pair in zip(_cases, checks.each(activation_bytes, _asked), strict=True):
    _column, _dims, _batch, _dtype = _case
    _call = f"activation_bytes({', '.join(_column)}; {_dims}, {_batch}, {_dtype})"
    assert len(_pair if hasattr(_pair, "__len__") else ()) == 2, (
        f"{_call} must return two numbers of bytes. Received: {_pair!r}"
    )
    _kept_numbers = _kept(_column, _dims)
    _bytes = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}[_dtype]
    _unit, _received = _batch * _bytes, _pair[0]
    _wanted = sum(_kept_numbers) * _unit
    if _received != _wanted:
        _images = _kept_numbers[0]
        for _fault, _wrong in {
            "for training, the images are missing": _wanted - _images * _unit,
            "for training, it is that of a single image": _wanted / _batch,
            "for training, these are bits": 8 * _wanted,
            "for training, these are numbers, not bytes": _wanted / _bytes,
            "for training, these are kilobytes": _wanted / 1024,
            "for training, these are megabytes": _wanted / 1024**2,
            "for training, each number takes 4 bytes whatever the dtype": _wanted
            / _bytes
            * 4,
            "for training, the ReLUs are counted; they work in place": _unit
            * sum(_kept(_column, _dims, relu=True)),
            "for training, a pooling rounds up": _unit
            * sum(_kept(_column, _dims, ceil=True)),
        }.items():
            assert not np.isclose(float(_received), _wrong, rtol=1e-9), (
                f"{_call}: received {_received}, expected {_wanted}: {_fault}"
            )
    assert _received == _wanted, (
        f"{_call}: {_received} bytes for training; expected {_wanted}, which is "
        f"{' + '.join(map(str, _kept_numbers))} numbers for each image"
    )

# %% [markdown]
# Inference: the largest pair (2 points).

# %% nbgrader={"grade_id": "test_inference_bytes", "points": 2}
_cases = [(["conv3-8", "maxpool", "FC-10"], (28, 28, 1), 1, "float32")]
_cases += [
    (["conv3-4", "conv1-6", "maxpool", "FC-9", "FC-5"], (8, 6, 3), 16, "float16")
]
### BEGIN HIDDEN TESTS
_cases += [
    # The largest tensors are no neighbours.
    (["conv3-9", "maxpool", "conv3-40", "FC-3"], (12, 10, 2), 8, "float32"),
    # The largest pair is the last one.
    (["conv1-2", "maxpool", "FC-60", "FC-70"], (4, 4, 1), 2, "float64"),
    (["conv3-2", "FC-90", "soft-max"], (3, 3, 1), 5, "bfloat16"),
    # The largest pair is the first one.
    (["conv3-5", "maxpool", "maxpool", "FC-3"], (9, 7, 30), 7, "float16"),
]
### END HIDDEN TESTS
_asked = [(list(_case[0]), *_case[1:]) for _case in _cases]
for _case, _pair in zip(_cases, checks.each(activation_bytes, _asked), strict=True):
    _column, _dims, _batch, _dtype = _case
    _call = f"activation_bytes({', '.join(_column)}; {_dims}, {_batch}, {_dtype})"
    assert len(_pair if hasattr(_pair, "__len__") else ()) == 2, (
        f"{_call} must return two numbers. Received: {_pair!r}"
    )
    (_height, _width, _channels), _alive = _dims, [int(np.prod(_dims))]
    for _kind, _, _filters in read_column(_column):
        if _kind == "maxpool":
            _height, _width = _height // 2, _width // 2
        elif _kind == "FC":
            _height = _width = 1
        _channels = _filters or _channels
        _alive.append(_height * _width * _channels)
    _neighbours = [_alive[_i] + _alive[_i + 1] for _i in range(len(_alive) - 1)]
    _bytes = {"float64": 8, "float32": 4, "float16": 2, "bfloat16": 2}[_dtype]
    _unit, _received = _batch * _bytes, _pair[1]
    _wanted = max(_neighbours) * _unit
    _largest_two = sum(sorted(_alive)[-2:])
    if _received != _wanted:
        for _fault, _wrong in {
            "for inference, it is the largest tensor alone": max(_alive) * _unit,
            "for inference, the two largest are added; they are no neighbours": _unit
            * _largest_two,
            "for inference, everything is kept": sum(_alive) * _unit,
            "for inference, it is that of a single image": _wanted / _batch,
            "for inference, these are numbers, not bytes": _wanted / _bytes,
            "for inference, each number takes 4 bytes whatever the dtype": _wanted
            / _bytes
            * 4,
        }.items():
            assert not np.isclose(float(_received), _wrong, rtol=1e-9), (
                f"{_call}: received {_received}, expected {_wanted}: {_fault}"
            )
    assert _received == _wanted, (
        f"{_call}: {_received} bytes for inference; expected {_wanted}. The tensors "
        f"have {', '.join(map(str, _alive))} numbers for each image"
    )

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
# has. The first epoch always counts as better.
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
    rates, best = [start], -1.0
    for accuracy in accuracies:
        rates.append(rates[-1] if accuracy > best else rates[-1] / 10)
        best = max(best, accuracy)
    return rates
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_learning_rates", "points": 1}
_cases = [([0.5, 0.7, 0.7, 0.8, 0.75], 0.01), ([0.2, 0.4, 0.6], 0.1), ([], 0.5)]
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(30)
_cases += [((_rng.integers(3, 10, _n) / 10).tolist(), 0.3) for _n in (1, 6, 9)]
_cases += [([0.0, 0.1], 0.01), ([0.5, 0.8, 0.6, 0.7, 0.9], 1.0)]
### END HIDDEN TESTS


def _rule(accuracies, start, ties=False, previous=False):
    """The learning rates; the switches make usual mistakes."""
    rates, best = [start], -np.inf
    for accuracy in accuracies:
        better = accuracy > best or (ties and accuracy == best)
        rates.append(rates[-1] * (1.0 if better else 0.1))
        best = accuracy if previous else max(best, accuracy)
    return np.array(rates)


_asked = [(list(_accuracies), _start) for _accuracies, _start in _cases]
for (_accuracies, _start), _rates in zip(
    _cases, checks.each(learning_rates, _asked), strict=True
):
    _call = f"learning_rates({_accuracies}, start={_start})"
    assert hasattr(_rates, "__len__"), f"{_call} must return a list, not {_rates!r}"
    assert len(_rates) == len(_accuracies) + 1, (
        f"{_call} has {len(_rates)} numbers; expected {len(_accuracies) + 1}: one for "
        "each epoch and one for the next"
    )
    _rates, _wanted = np.array([float(_r) for _r in _rates]), _rule(_accuracies, _start)
    if not np.allclose(_rates, _wanted, rtol=1e-5, atol=0):
        for _fault, _wrong in {
            "an accuracy that equals the best one is not higher": _rule(
                _accuracies, _start, ties=True
            ),
            "an accuracy is compared with the one before it, not with the best": _rule(
                _accuracies, _start, previous=True
            ),
        }.items():
            assert not np.allclose(_rates, _wrong, rtol=1e-5, atol=0), (
                f"{_call} is {_rates.tolist()}: {_fault}"
            )
    checks.close(_rates, _wanted, _call, rtol=1e-5, atol=0)

# %% [markdown]
# **Now train.** Write `train(model, x, y, epochs, learning_rate)`. It trains `model` in
# place and returns a list with the mean loss of each epoch, the first epoch first.
#
# - `model` puts out **probabilities**, as `tiny_vgg` does: it ends in a soft-max.
# - `y` holds integer labels. The loss is the cross-entropy.
# - Gradient descent with momentum 0.9, batches of 32.
# - The images come **sorted by class**, as `glyphs` draws them. A batch of one class
#   only teaches little, so shuffle them in each epoch.
#
# A loop of your own is as good as `compile` and `fit`. To try it:
#
#     model = tiny_vgg()
#     train(model, *glyphs(384, seed=1), epochs=12, learning_rate=0.03)


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


# %% nbgrader={"grade_id": "test_train", "points": 2}
with checks.seeded(31):
    _model = tiny_vgg()
    _before = [_w.copy() for _w in _model.get_weights()]
    _losses = train(_model, *glyphs(384, seed=32), epochs=12, learning_rate=0.03)
assert any(
    not np.array_equal(_now, _then)
    for _now, _then in zip(_model.get_weights(), _before, strict=True)
), "the model's weights are what they were before: nothing was trained"
_x, _y = glyphs(300, seed=33)
_probabilities = ops.convert_to_numpy(_model(_x))
_accuracy = np.mean(_probabilities.argmax(axis=-1) == _y)
assert _accuracy >= 0.88, (
    f"on 300 fresh images the trained network's accuracy is {_accuracy:.2f}; expected "
    "0.88 or more. Are the images shuffled, is there momentum, and does the loss know "
    "that it gets probabilities?"
)
_returned = _losses
try:
    _losses = np.array([float(_loss) for _loss in _returned])
except (TypeError, ValueError):
    raise AssertionError(
        f"train must return a list of losses. Received: {_returned!r}"
    ) from None
assert len(_losses) == 12, (
    f"train(epochs=12) returned {len(_losses)} losses; expected 12"
)
### BEGIN HIDDEN TESTS
assert np.all(_losses >= 0), f"the losses {_losses.round(3).tolist()} are no losses"
assert _losses[-1] < 0.6 * _losses[0], (
    f"the losses {_losses.round(3).tolist()} do not fall, though the network learned: "
    "is the mean loss of each epoch returned, the first epoch first?"
)
_chosen = _probabilities[np.arange(300), _y]
_loss = float(-np.log(np.maximum(_chosen, 1e-7)).mean())
# Both sides are the student's: the network is judged above, here what is said of it.
assert abs(_losses[-1] - _loss) < 0.5, (
    f"the last epoch's loss is given as {_losses[-1]:.3f}; on fresh images the mean "
    f"cross-entropy is {_loss:.3f}. Is it the mean over the images?"
)
### END HIDDEN TESTS
