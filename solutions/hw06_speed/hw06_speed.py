# %% [markdown]
# # Assignment 06: where the time goes
#
# Chapter 06 timed AlexNet layer by layer. Here you build what is under a convolution,
# count what it costs, and read the numbers that others have measured.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | Windows as rows: `im2col` | 3 |
# | 2 | And back: `col2im` | 3 |
# | 3 | A convolution as a matrix product | 4 |
# | 4 | What a layer computes and moves | 3 |
# | 5 | Amdahl's law on a profile | 4 |
# | 6 | Read a trace | 3 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one. Arrays are NumPy's, channels last: (batch, height,
# width, channels).

# %% nbgrader={"grade_id": "setup"}
import math

import numpy as np

from layerwise import checks

# %% [markdown]
# The next cell is given: what the tests compare with. `windows` visits every window of
# every image, one by one. It is right, it is slow, and it is not the matrix that you
# are asked for.


# %% nbgrader={"grade_id": "given"}
def windows(x, kernel_size, strides=1, padding=0):
    """Visits the windows of images, padded with zeros on all four sides.

    Args:
        x: Array of shape (batch, height, width, channels).
        kernel_size: Integer, side of the square window.
        strides: Integer, its step in both directions.
        padding: Integer, zeros on each side.

    Yields:
        Image, row and column of the window among the windows, and the window itself,
        an array of shape (kernel_size, kernel_size, channels) that is a view of the
        padded images.
    """
    padded = np.pad(x, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
    height, width = padded.shape[1:3]
    for image in range(len(x)):
        for i, top in enumerate(range(0, height - kernel_size + 1, strides)):
            for j, left in enumerate(range(0, width - kernel_size + 1, strides)):
                rows = slice(top, top + kernel_size)
                columns = slice(left, left + kernel_size)
                yield image, i, j, padded[image, rows, columns]


# %% [markdown]
# ## Exercise 1: windows as rows (3 points)
#
# A convolution takes the same weighted sum of every window of an image. Put each window
# into a row, and one matrix product does them all. That is what most libraries did when
# the lecture's figures were taken.
#
# Write `im2col(x, kernel_size, strides=1, padding=0)`. It returns an array of shape
# (batch · out_height · out_width, kernel_size · kernel_size · channels):
#
# - one row for each window: image by image, in an image row by row, in a row from left
#   to right;
# - in a row the window's numbers, row by row of the window, in a row from left to
#   right, at each place all channels. That is the order of `window.reshape(-1)`, and of
#   `kernel.reshape(-1, filters)`.
#
# `padding` zeros are put on each of the four sides first. A window that would reach
# over the edge is left out, so out_height = (height + 2 · padding − kernel_size) //
# strides + 1.
#
# A common mistake: `np.lib.stride_tricks.sliding_window_view` puts the window's axes
# last, *after* the channels.


# %% nbgrader={"grade_id": "im2col"}
def im2col(x, kernel_size, strides=1, padding=0):
    """Puts each window of the images into a row of a matrix.

    Args:
        x: Array of shape (batch, height, width, channels).
        kernel_size: Integer, side of the square window.
        strides: Integer, its step in both directions.
        padding: Integer, zeros on each side.

    Returns:
        Array of shape (batch * out_height * out_width, kernel_size**2 * channels).
    """
    ### BEGIN SOLUTION
    sides = (padding, padding)
    x = np.pad(x, ((0, 0), sides, sides, (0, 0)))
    # (batch, rows, columns, channels, kernel_size, kernel_size)
    view = np.lib.stride_tricks.sliding_window_view(x, (kernel_size,) * 2, axis=(1, 2))
    view = view[:, ::strides, ::strides].transpose(0, 1, 2, 4, 5, 3)
    return view.reshape(-1, kernel_size**2 * x.shape[-1])
    ### END SOLUTION


# %% [markdown]
# Stride 1, no padding (1 point).

# %% nbgrader={"grade_id": "test_im2col", "points": 1}
_cases = [((1, 4, 5, 2), 3), ((2, 3, 3, 1), 2)]
### BEGIN HIDDEN TESTS
_cases += [((3, 6, 4, 3), 2), ((1, 2, 7, 4), 1), ((2, 5, 5, 2), 5)]
### END HIDDEN TESTS
for _dims, _size in _cases:
    _x = np.arange(np.prod(_dims), dtype="float32").reshape(_dims)
    _rows = [_w.reshape(-1).copy() for *_, _w in windows(_x, _size)]
    _orders = {
        "each row must have all channels of a place side by side; they are apart": (
            2,
            0,
            1,
        ),
        "in each row the window is read column by column; expected row by row": (
            1,
            0,
            2,
        ),
    }
    _wrong = {
        _fault: np.stack(
            [_w.transpose(_order).ravel() for *_, _w in windows(_x, _size)]
        )
        for _fault, _order in _orders.items()
    }
    _call = f"im2col of images {_dims}, kernel size {_size}"
    _received = im2col(_x, _size)
    checks.shape(_received, np.stack(_rows).shape, _call)
    _received = np.asarray(_received)
    if not np.array_equal(_received, _rows):
        for _fault, _answer in _wrong.items():
            assert not np.array_equal(_received, _answer), f"{_call}: {_fault}"
        assert not np.array_equal(_received, np.stack(_rows)[:, ::-1]), (
            f"{_call}: each window comes out back to front"
        )
        assert not np.array_equal(
            np.sort(_received, axis=None), np.sort(_rows, axis=None)
        ), (
            f"{_call}: all numbers are there, in the wrong order; the first row is "
            f"{_received[0].tolist()}; expected {_rows[0].tolist()}"
        )
    checks.close(_received, np.stack(_rows), _call)

# %% [markdown]
# Strides and padding (2 points).

# %% nbgrader={"grade_id": "test_im2col_strides", "points": 2}
# images, kernel size, stride, padding
_cases = [((1, 5, 5, 2), 3, 2, 0), ((1, 4, 4, 1), 3, 1, 1), ((2, 6, 7, 3), 3, 2, 1)]
### BEGIN HIDDEN TESTS
_cases += [((1, 7, 6, 2), 2, 3, 0), ((2, 5, 4, 1), 5, 2, 2), ((1, 3, 8, 2), 1, 2, 0)]
### END HIDDEN TESTS
for _dims, _size, _strides, _padding in _cases:
    _x = 1 + np.random.default_rng(61).uniform(size=_dims).astype("float32")
    _before = _x.copy()
    _call = (
        f"im2col of images {_dims}, kernel_size={_size}, strides={_strides}, "
        f"padding={_padding}"
    )
    _found = list(windows(_x, _size, _strides, _padding))
    _rows = np.stack([_w.reshape(-1) for *_, _w in _found])
    _received = im2col(_x, _size, strides=_strides, padding=_padding)
    checks.shape(_received, (None, None), _call)
    _received = np.asarray(_received)
    _count, _wanted = len(_received), len(_rows)
    _out = [(_n + 2 * _padding - _size) // _strides + 1 for _n in _dims[1:3]]
    for _fault, _wrong in {
        "the stride is ignored": [_n + 2 * _padding - _size + 1 for _n in _dims[1:3]],
        "the padding is ignored": [(_n - _size) // _strides + 1 for _n in _dims[1:3]],
        "the padding is on one side only": [
            (_n + _padding - _size) // _strides + 1 for _n in _dims[1:3]
        ],
        "the last window of each row and column is missing": [_n - 1 for _n in _out],
    }.items():
        assert _count != _dims[0] * _wrong[0] * _wrong[1] or _count == _wanted, (
            f"{_call} has {_count} rows; expected {_wanted}: it looks as if {_fault}"
        )
    assert _received.shape == _rows.shape, (
        f"{_call} has shape {_received.shape}; expected {_rows.shape}"
    )
    if _padding:
        assert np.array_equal(_received == 0, _rows == 0), (
            f"{_call}: the zeros of the padding are not where they belong"
        )
    checks.close(_received, _rows, _call)
    assert np.array_equal(_x, _before), f"{_call} changed the images that it was given"

# %% [markdown]
# ## Exercise 2: and back (3 points)
#
# The way back through a convolution needs the reverse: a matrix with a row for each
# window is put back into images, and where windows overlap their numbers are **added**.
# A pixel that was in four windows gets four contributions; that is how a gradient flows
# to it. What fell on the padding is dropped.
#
# Write `col2im(columns, input_shape, kernel_size, strides=1, padding=0)`.
#
# It is not the inverse of `im2col`, it is its *transpose*: for all `x` and `c`,
# `(im2col(x) * c).sum() == (x * col2im(c)).sum()`.


# %% nbgrader={"grade_id": "col2im"}
def col2im(columns, input_shape, kernel_size, strides=1, padding=0):
    """Adds the rows of a matrix to the windows of images: the transpose of im2col.

    Args:
        columns: Array of shape (batch * out_height * out_width,
            kernel_size**2 * channels), in the order of `im2col`.
        input_shape: Tuple (batch, height, width, channels), of the result.
        kernel_size: Integer, side of the square window.
        strides: Integer, its step in both directions.
        padding: Integer, zeros that `im2col` put on each side.

    Returns:
        Array of shape `input_shape`.
    """
    ### BEGIN SOLUTION
    batch, height, width, channels = input_shape
    padded = np.zeros(
        (batch, height + 2 * padding, width + 2 * padding, channels), columns.dtype
    )
    rows = (height + 2 * padding - kernel_size) // strides + 1
    cols = (width + 2 * padding - kernel_size) // strides + 1
    parts = columns.reshape(batch, rows, cols, kernel_size, kernel_size, channels)
    for i in range(kernel_size):
        for j in range(kernel_size):
            # Windows do not overlap in one place of the kernel, so slices can add.
            padded[
                :,
                i : i + rows * strides : strides,
                j : j + cols * strides : strides,
            ] += parts[:, :, :, i, j]
    return padded[:, padding : padding + height, padding : padding + width]
    ### END SOLUTION


# %% [markdown]
# Overlaps are added (2 points).

# %% nbgrader={"grade_id": "test_col2im", "points": 2}
# images, kernel size, stride
_cases = [((1, 4, 5, 2), 3, 1), ((2, 5, 5, 1), 3, 2), ((1, 4, 4, 2), 2, 2)]
### BEGIN HIDDEN TESTS
_cases += [((2, 6, 7, 3), 3, 1), ((1, 7, 7, 1), 2, 3), ((1, 6, 6, 2), 3, 2)]
### END HIDDEN TESTS
for _dims, _size, _strides in _cases:
    _places = [_place[:3] for _place in windows(np.zeros(_dims), _size, _strides)]
    _rng = np.random.default_rng(62)
    _columns = _rng.normal(size=(len(_places), _size**2 * _dims[-1]))
    _sum, _last, _times = np.zeros(_dims), np.zeros(_dims), np.zeros(_dims)
    for (_n, _i, _j), _row in zip(_places, _columns, strict=True):
        _window = np.s_[
            _n,
            _i * _strides : _i * _strides + _size,
            _j * _strides : _j * _strides + _size,
        ]
        _part = _row.reshape(_size, _size, -1)
        _sum[_window] += _part
        _last[_window] = _part
        _times[_window] += 1
    _call = f"col2im to {_dims}, kernel_size={_size}, strides={_strides}"
    _received = col2im(_columns.copy(), _dims, _size, strides=_strides)
    checks.shape(_received, _dims, _call)
    _received = np.asarray(_received)
    if not np.allclose(_received, _sum, rtol=1e-4, atol=1e-5):
        assert not np.allclose(_received, _last, rtol=1e-4, atol=1e-5), (
            f"{_call}: where windows overlap only one of them is left; expected their "
            "sum"
        )
        _mean = _sum / np.maximum(_times, 1)
        assert not np.allclose(_received, _mean, rtol=1e-4, atol=1e-5), (
            f"{_call}: where windows overlap the mean is taken; expected the sum, "
            "which is what a gradient needs"
        )
        assert np.allclose(_received[_times == 0], 0), (
            f"{_call}: pixels that lie in no window must be 0"
        )
    checks.close(_received, _sum, _call)

# %% [markdown]
# Padding, and the transpose (1 point).

# %% nbgrader={"grade_id": "test_col2im_padding", "points": 1}
_cases = [((1, 4, 4, 2), 3, 1, 1), ((2, 6, 5, 1), 3, 2, 1)]
### BEGIN HIDDEN TESTS
_cases += [((1, 5, 5, 3), 5, 1, 2), ((2, 7, 4, 2), 3, 2, 1)]
### END HIDDEN TESTS
for _dims, _size, _strides, _padding in _cases:
    _rng = np.random.default_rng(63)
    _x = _rng.normal(size=_dims)
    _rows = np.stack([_w.ravel() for *_, _w in windows(_x, _size, _strides, _padding)])
    _columns = _rng.normal(size=_rows.shape)
    _call = (
        f"col2im to {_dims}, kernel_size={_size}, strides={_strides}, "
        f"padding={_padding}"
    )
    _received = col2im(
        _columns.copy(), _dims, _size, strides=_strides, padding=_padding
    )
    _grown = (_dims[0], *(_n + 2 * _padding for _n in _dims[1:3]), _dims[3])
    assert tuple(np.shape(_received)) != _grown, (
        f"{_call} has shape {_grown}: the padding is still there; expected {_dims}"
    )
    checks.shape(_received, _dims, _call)
    _left, _right = float((_rows * _columns).sum()), float((_x * _received).sum())
    assert math.isclose(_left, _right, rel_tol=1e-4, abs_tol=1e-3), (
        f"{_call} is not the transpose of im2col: (im2col(x) * c).sum() is "
        f"{_left:.5g} and (x * col2im(c)).sum() is {_right:.5g}"
    )

# %% [markdown]
# ## Exercise 3: a convolution as a matrix product (4 points)
#
# Write `conv2d(x, kernel, bias, strides=1, padding="valid")`, with what Keras computes:
#
# - `kernel` has shape (kernel_size, kernel_size, channels, filters), `bias` (filters,);
# - `"valid"` pads nothing;
# - `"same"` gives out = ⌈n / strides⌉ rows and columns. For that it needs
#   max((out − 1) · strides + kernel_size − n, 0) zeros in all, of which **half, rounded
#   down,** stand before the image and the rest after it. With stride 2 on an even image
#   the two sides differ.
#
# "Convolution" in this field means that the kernel is *not* turned around. Put the
# windows into a matrix (with your `im2col`, or in any other way) and multiply once.


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    """Convolves images with a bank of kernels, by one matrix product.

    Args:
        x: Array of shape (batch, height, width, channels).
        kernel: Array of shape (kernel_size, kernel_size, channels, filters).
        bias: Array of shape (filters,).
        strides: Integer, step of the kernel in both directions.
        padding: `"valid"` or `"same"`, as Keras means them.

    Returns:
        Array of shape (batch, out_height, out_width, filters).
    """
    ### BEGIN SOLUTION
    size, filters = kernel.shape[0], kernel.shape[-1]
    if padding == "same":
        sides = []
        for n in x.shape[1:3]:
            missing = max((-(-n // strides) - 1) * strides + size - n, 0)
            sides.append((missing // 2, missing - missing // 2))
        x = np.pad(x, ((0, 0), *sides, (0, 0)))
    out = [(n - size) // strides + 1 for n in x.shape[1:3]]
    columns = im2col(x, size, strides)
    product = columns @ kernel.reshape(-1, filters) + bias
    return product.reshape(len(x), *out, filters)
    ### END SOLUTION


# %% [markdown]
# Valid, stride 1 (1 point).

# %% nbgrader={"grade_id": "test_conv2d", "points": 1}
_cases = [((2, 6, 5, 3), 3, 4), ((1, 4, 4, 1), 2, 1)]
### BEGIN HIDDEN TESTS
_cases += [((3, 5, 7, 2), 1, 5), ((1, 5, 5, 4), 5, 2)]
### END HIDDEN TESTS
for _dims, _size, _filters in _cases:
    _rng = np.random.default_rng(64)
    _x = _rng.normal(size=_dims).astype("float32")
    _kernel = _rng.normal(size=(_size, _size, _dims[-1], _filters)).astype("float32")
    _bias = _rng.normal(size=_filters).astype("float32") + 3
    _out = (_dims[0], _dims[1] - _size + 1, _dims[2] - _size + 1, _filters)
    _expected, _turned = np.zeros(_out), np.zeros(_out)
    for _n, _i, _j, _w in windows(_x, _size):
        _expected[_n, _i, _j] = np.tensordot(_w, _kernel, 3) + _bias
        _turned[_n, _i, _j] = np.tensordot(_w[::-1, ::-1], _kernel, 3) + _bias
    _call = f"conv2d of {_dims} with a kernel {_kernel.shape}"
    _received = conv2d(_x, _kernel, _bias)
    checks.shape(_received, _out, _call)
    _received = np.asarray(_received)
    if not np.allclose(_received, _expected, rtol=1e-3, atol=1e-3):
        assert not np.allclose(_received, _expected - _bias, rtol=1e-3, atol=1e-3), (
            f"{_call}: the bias is missing"
        )
        assert not np.allclose(_received, _turned, rtol=1e-3, atol=1e-3), (
            f"{_call}: the kernel is turned around, as in mathematics; expected it as "
            "it is"
        )
        assert not np.allclose(
            np.sort(_received, axis=None),
            np.sort(_expected, axis=None),
            rtol=1e-3,
            atol=1e-3,
        ), (
            f"{_call}: all numbers are right and stand in the wrong places: which axes "
            "does the product have before it is reshaped?"
        )
    checks.close(_received, _expected, _call, rtol=1e-3, atol=1e-3)

# %% [markdown]
# Strides (1 point).

# %% nbgrader={"grade_id": "test_conv2d_strides", "points": 1}
_cases = [((1, 7, 7, 2), 3, 2), ((2, 6, 8, 1), 2, 3)]
### BEGIN HIDDEN TESTS
_cases += [((1, 11, 9, 3), 5, 4), ((2, 5, 5, 2), 1, 2)]
### END HIDDEN TESTS
for _dims, _size, _strides in _cases:
    _rng = np.random.default_rng(65)
    _x = _rng.normal(size=_dims).astype("float32")
    _kernel = _rng.normal(size=(_size, _size, _dims[-1], 2)).astype("float32")
    _out = [(_n - _size) // _strides + 1 for _n in _dims[1:3]]
    _expected = np.zeros((_dims[0], *_out, 2))
    for _n, _i, _j, _w in windows(_x, _size, _strides):
        _expected[_n, _i, _j] = np.tensordot(_w, _kernel, 3)
    _call = f"conv2d of {_dims}, kernel size {_size}, strides={_strides}"
    _received = conv2d(_x, _kernel, np.zeros(2, "float32"), strides=_strides)
    checks.shape(_received, _expected.shape, _call)
    checks.close(_received, _expected, _call, rtol=1e-3, atol=1e-3)

# %% [markdown]
# Padding `"same"` (2 points).

# %% nbgrader={"grade_id": "test_conv2d_same", "points": 2}
# images, kernel size, stride
_cases = [((1, 5, 6, 2), 4, 1), ((1, 8, 8, 1), 3, 2), ((2, 7, 6, 2), 5, 2)]
### BEGIN HIDDEN TESTS
_cases += [((1, 6, 6, 1), 3, 1), ((1, 9, 4, 3), 1, 2), ((1, 10, 7, 1), 4, 3)]
### END HIDDEN TESTS


def _convolved(x, kernel, strides, before, out):
    """The convolution with so many zeros before each image, and enough after it."""
    size = len(kernel)
    far = [
        max((n_out - 1) * strides + size - n - b, 0)
        for n_out, n, b in zip(out, x.shape[1:3], before, strict=True)
    ]
    padded = np.pad(x, ((0, 0), *zip(before, far, strict=True), (0, 0)))
    result = np.zeros((len(x), *out, kernel.shape[-1]))
    for n, i, j, window in windows(padded, size, strides):
        if i < out[0] and j < out[1]:
            result[n, i, j] = np.tensordot(window, kernel, 3)
    return result


for _dims, _size, _strides in _cases:
    _rng = np.random.default_rng(66)
    _x = _rng.normal(size=_dims).astype("float32")
    _kernel = _rng.normal(size=(_size, _size, _dims[-1], 2)).astype("float32")
    _out = [-(-_n // _strides) for _n in _dims[1:3]]
    _missing = [
        max((_o - 1) * _strides + _size - _n, 0)
        for _o, _n in zip(_out, _dims[1:3], strict=True)
    ]
    _expected = _convolved(_x, _kernel, _strides, [_m // 2 for _m in _missing], _out)
    _call = f'conv2d of {_dims}, kernel size {_size}, strides={_strides}, "same"'
    _received = conv2d(
        _x, _kernel, np.zeros(2, "float32"), strides=_strides, padding="same"
    )
    checks.shape(_received, _expected.shape, _call)
    _received = np.asarray(_received)
    if not np.allclose(_received, _expected, rtol=1e-3, atol=1e-3):
        _both = _convolved(_x, _kernel, _strides, [(_size - 1) // 2] * 2, _out)
        assert not np.allclose(_received, _both, rtol=1e-3, atol=1e-3), (
            f"{_call}: (kernel_size - 1) // 2 zeros stand before the image, as if the "
            f"stride were 1; expected {_missing[0] // 2} before its rows"
        )
        _first = _convolved(
            _x, _kernel, _strides, [_m - _m // 2 for _m in _missing], _out
        )
        assert not np.allclose(_received, _first, rtol=1e-3, atol=1e-3), (
            f"{_call}: the larger half of the zeros stands before the image; expected "
            "it after"
        )
    checks.close(_received, _expected, _call, rtol=1e-3, atol=1e-3)

# %% [markdown]
# ## Exercise 4: what a layer computes and moves (3 points)
#
# Time goes into arithmetic and into moving numbers. Write
# `conv_costs(input_shape, filters, kernel_size, strides=1, itemsize=4)` for a
# convolution with `"valid"` padding and without a bias. It returns three integers:
#
# 1. **multiply-adds** of the whole batch;
# 2. **bytes**, if every number of the input, of the kernel and of the output is moved
#    once;
# 3. **bytes with im2col**, where the matrix of windows is written to memory and then
#    read: the input is read, the matrix written, the matrix and the kernel read, and
#    the output written, each once.
#
# `input_shape` is (batch, height, width, channels), `itemsize` the bytes of a number.


# %% nbgrader={"grade_id": "conv_costs"}
def conv_costs(input_shape, filters, kernel_size, strides=1, itemsize=4):
    """Counts what a convolution computes and moves.

    Args:
        input_shape: Tuple (batch, height, width, channels).
        filters: Integer, output channels.
        kernel_size: Integer, side of the square kernel.
        strides: Integer, step of the kernel in both directions.
        itemsize: Integer, bytes of a number.

    Returns:
        Three integers: multiply-adds, bytes, and bytes with im2col.
    """
    ### BEGIN SOLUTION
    batch, height, width, channels = input_shape
    positions = batch
    for n in (height, width):
        positions *= (n - kernel_size) // strides + 1
    window = kernel_size**2 * channels
    moved = math.prod(input_shape) + window * filters + positions * filters
    return (
        positions * window * filters,
        itemsize * moved,
        itemsize * (moved + 2 * positions * window),
    )
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_cases"}
# AlexNet's first convolution, a 1×1 convolution and a few others.
LAYERS = [
    ((1, 227, 227, 3), 96, 11, 4, 4),
    ((8, 14, 14, 256), 64, 1, 1, 4),
    ((2, 9, 7, 5), 3, 3, 2, 2),
]

# %% [markdown]
# Multiply-adds (1 point).

# %% nbgrader={"grade_id": "test_conv_multiply_adds", "points": 1}
_cases = list(LAYERS)
### BEGIN HIDDEN TESTS
for _numbers in np.random.default_rng(67).integers(1, 6, (20, 7)).tolist():
    _n, _h, _w, _c, _f, _k, _s = _numbers
    _cases.append(((_n, 5 + _h, 6 + _w, _c), 2 * _f, _k, _s, 4))
### END HIDDEN TESTS
for _case, _answer in zip(_cases, checks.each(conv_costs, _cases), strict=True):
    (_n, _h, _w, _c), _f, _k, _s, _ = _case
    _places = ((_h - _k) // _s + 1) * ((_w - _k) // _s + 1)
    _wanted = _n * _places * _k * _k * _c * _f
    _call = "conv_costs(input_shape={}, filters={}, kernel_size={}, strides={})".format(
        *_case[:4]
    )
    assert len(_answer if hasattr(_answer, "__len__") else ()) == 3, (
        f"{_call} must return three integers. Received: {_answer!r}"
    )
    _received = _answer[0]
    if _received != _wanted:
        for _fault, _wrong in {
            "a multiply-add counts once, not twice": 2 * _wanted,
            "this is one image's, not the batch's": _wanted // _n,
            "the output is smaller than the input": _n * _h * _w * _k * _k * _c * _f,
            "the stride is ignored": _n
            * (_h - _k + 1)
            * (_w - _k + 1)
            * (_k * _k * _c * _f),
            "the channels of the input are missing": _wanted // _c,
        }.items():
            assert _received != _wrong, (
                f"{_call}: {_received} multiply-adds; expected {_wanted}: {_fault}"
            )
    assert _received == _wanted, (
        f"{_call}: {_received} multiply-adds; expected {_wanted}"
    )

# %% [markdown]
# Bytes, each number once (1 point).

# %% nbgrader={"grade_id": "test_conv_bytes", "points": 1}
_cases = list(LAYERS)
### BEGIN HIDDEN TESTS
for _numbers in np.random.default_rng(68).integers(1, 6, (20, 8)).tolist():
    _n, _h, _w, _c, _f, _k, _s, _b = _numbers
    _cases.append(((1 + _n, 5 + _h, 6 + _w, _c), 2 * _f, _k, _s, 2**_b))
### END HIDDEN TESTS
for _case, _answer in zip(_cases, checks.each(conv_costs, _cases), strict=True):
    (_n, _h, _w, _c), _f, _k, _s, _size = _case
    _places = _n * ((_h - _k) // _s + 1) * ((_w - _k) // _s + 1)
    _input, _kernel, _output = _n * _h * _w * _c, _k * _k * _c * _f, _places * _f
    _wanted = _size * (_input + _kernel + _output)
    _received = _answer[1]
    _call = f"conv_costs of {_case[0]} with itemsize={_size}"
    if _received != _wanted:
        for _fault, _wrong in {
            "the kernel is read once for the whole batch, not once an image": _size
            * (_input + _n * _kernel + _output),
            "the kernel is missing": _size * (_input + _output),
            "the output is missing": _size * (_input + _kernel),
            "these are numbers, not bytes": _wanted // _size,
            "itemsize is ignored": 4 * _wanted // _size,
        }.items():
            assert _received != _wrong, (
                f"{_call}: {_received} bytes; expected {_wanted}: {_fault}"
            )
    assert _received == _wanted, f"{_call}: {_received} bytes; expected {_wanted}"

# %% [markdown]
# Bytes with im2col (1 point).

# %% nbgrader={"grade_id": "test_conv_bytes_im2col", "points": 1}
_cases = list(LAYERS)
### BEGIN HIDDEN TESTS
for _numbers in np.random.default_rng(69).integers(1, 6, (20, 8)).tolist():
    _n, _h, _w, _c, _f, _k, _s, _b = _numbers
    _cases.append(((_n, 5 + _h, 6 + _w, _c), 2 * _f, _k, _s, 2**_b))
### END HIDDEN TESTS
for _case, _answer in zip(_cases, checks.each(conv_costs, _cases), strict=True):
    (_n, _h, _w, _c), _f, _k, _s, _size = _case
    _places = _n * ((_h - _k) // _s + 1) * ((_w - _k) // _s + 1)
    _direct = _n * _h * _w * _c + _k * _k * _c * _f + _places * _f
    _matrix = _places * _k * _k * _c
    _wanted = _size * (_direct + 2 * _matrix)
    _received = _answer[2]
    _call = f"conv_costs of {_case[0]} with im2col"
    if _received != _wanted:
        assert _received != _size * (_direct + _matrix), (
            f"{_call}: {_received} bytes; expected {_wanted}: the matrix moves twice, "
            "when it is written and when it is read"
        )
        assert _received != _size * (_direct - _n * _h * _w * _c + 2 * _matrix), (
            f"{_call}: {_received} bytes; expected {_wanted}: the images have to be "
            "read to fill the matrix"
        )
    assert _received == _wanted, f"{_call}: {_received} bytes; expected {_wanted}"

# %% [markdown]
# ## Exercise 5: Amdahl's law on a profile (4 points)
#
# A profile says how many seconds each kind of layer takes. A new chip makes *some* of
# them faster. Write two functions.
#
# `speedup(seconds, factors)`: how many times faster the whole becomes. `seconds` is a
# dictionary from names to seconds, `factors` one from names to how many times faster
# these become. A name without a factor stays as it is; `math.inf` means that it takes
# no time at all.
#
#     speedup({"conv": 8.0, "fc": 2.0}, {"conv": 4})         # 2.5
#     speedup({"conv": 8.0, "fc": 2.0}, {"conv": math.inf})  # 5.0
#
# `needed(seconds, name, target)`: how many times faster the layers called `name` must
# become, alone, so that the whole becomes `target` times faster. `math.inf` if they may
# take no time at all, and `None` if not even that is enough.
#
#     needed({"conv": 8.0, "fc": 2.0}, "conv", 2.5)   # 4.0
#     needed({"conv": 8.0, "fc": 2.0}, "conv", 5.0)   # inf
#     needed({"conv": 8.0, "fc": 2.0}, "conv", 6.0)   # None
#
# A common mistake: averaging the factors.


# %% nbgrader={"grade_id": "amdahl"}
def speedup(seconds, factors):
    """Computes how many times faster the whole becomes: Amdahl's law.

    Args:
        seconds: Dictionary from names to positive seconds.
        factors: Dictionary from some of these names to positive factors.

    Returns:
        Float; `math.inf` if nothing is left.
    """
    ### BEGIN SOLUTION
    left = sum(time / factors.get(name, 1) for name, time in seconds.items())
    return sum(seconds.values()) / left if left else math.inf
    ### END SOLUTION


def needed(seconds, name, target):
    """Computes how much faster one kind must become for a given speed-up of the whole.

    Args:
        seconds: Dictionary from names to positive seconds.
        name: String, one of the names.
        target: Float, at least 1: the speed-up of the whole.

    Returns:
        Float, `math.inf`, or `None` if it cannot be reached.
    """
    ### BEGIN SOLUTION
    whole = sum(seconds.values())
    left = whole / target - (whole - seconds[name])
    if abs(left) < 1e-9 * whole:
        return math.inf
    return seconds[name] / left if left > 0 else None
    ### END SOLUTION


# %% [markdown]
# The speed-up of the whole (2 points).

# %% nbgrader={"grade_id": "test_speedup", "points": 2}
_cases = [
    ({"conv": 8.0, "fc": 2.0}, {"conv": 4.0}),
    ({"conv": 8.0, "fc": 2.0}, {"conv": math.inf}),
    ({"conv": 5.0, "pool": 1.0, "fc": 2.0}, {"conv": 10.0, "fc": 0.5}),
    ({"conv": 5.0, "pool": 1.0}, {}),
]
### BEGIN HIDDEN TESTS
for _draw in np.random.default_rng(70).uniform(0.5, 9, (20, 5)).tolist():
    _times = dict(zip(("conv", "pool", "fc"), _draw[:3], strict=True))
    _cases.append((_times, {"conv": _draw[3], "pool": _draw[4]}))
### END HIDDEN TESTS
_asked = [(dict(_times), dict(_factors)) for _times, _factors in _cases]
for _case, _received in zip(_cases, checks.each(speedup, _asked), strict=True):
    _times, _factors = _case
    _whole = sum(_times.values())
    _left = sum(_t / _factors.get(_name, 1) for _name, _t in _times.items())
    _call = f"speedup({_times}, {_factors})"
    checks.shape(_received, (), _call)
    if not math.isclose(_received, _whole / _left, rel_tol=1e-4):
        _mean = (
            sum(_t * _factors.get(_name, 1) for _name, _t in _times.items()) / _whole
        )
        _touched = [_name for _name in _times if _name in _factors]
        _before = sum(_times[_name] for _name in _touched)
        _after = sum(_times[_name] / _factors[_name] for _name in _touched)
        for _fault, _wrong in {
            "the factors are averaged; add up the seconds that are left": _mean,
            "the layers that stay as they are count too": _before
            / (_after or math.inf),
            "this is the share of the time that is left; its inverse is asked": _left
            / _whole,
        }.items():
            assert not math.isclose(_received, _wrong, rel_tol=1e-4), (
                f"{_call} is {_received:.4g}; expected {_whole / _left:.4g}: {_fault}"
            )
    checks.close(_received, _whole / _left, _call)

# %% [markdown]
# What one kind of layer must bring (2 points).

# %% nbgrader={"grade_id": "test_needed", "points": 2}
_profile = {"conv": 8.0, "fc": 2.0}
_cases = [
    (_profile, "conv", 2.5, 4.0),
    (_profile, "conv", 5.0, math.inf),
    (_profile, "conv", 6.0, None),
    (_profile, "fc", 1.25, math.inf),
    (_profile, "conv", 1.0, 1.0),
]
### BEGIN HIDDEN TESTS
for _conv, _fc, _factor in np.random.default_rng(71).uniform(1, 9, (12, 3)).tolist():
    _times = {"fc": _fc, "conv": _conv, "pool": 0.5}
    _whole = _conv + _fc + 0.5
    _target = _whole / (_whole - _conv + _conv / _factor)
    _cases.append((_times, "conv", _target, _factor))
    _cases.append((_times, "fc", 1.01 * _whole / (_whole - _fc), None))
### END HIDDEN TESTS
_asked = [_case[:3] for _case in _cases]
for _case, _received in zip(_cases, checks.each(needed, _asked), strict=True):
    _times, _name, _target, _wanted = _case
    _call = f"needed({_times}, {_name!r}, {_target:.4g})"
    if _wanted is None:
        assert _received is None, (
            f"{_call} is {_received}; expected None: without {_name} the rest alone "
            "takes too long"
        )
        continue
    assert _received is not None, (
        f"{_call} is None; expected {_wanted:.4g}: is a `return` missing, or is a "
        "target that is just within reach refused?"
    )
    if math.isinf(_wanted):
        # Rounding may leave a trace of time, and so a huge factor.
        assert _received > 1e9, f"{_call} is {_received}; expected inf"
        continue
    assert not math.isclose(_received, _target, rel_tol=1e-6) or math.isclose(
        _target, _wanted, rel_tol=1e-6
    ), (
        f"{_call} is {_received:.4g}, the target itself; expected {_wanted:.4g}: the "
        "rest does not become faster"
    )
    checks.close(_received, _wanted, _call, rtol=1e-3)

# %% [markdown]
# ## Exercise 6: read a trace (3 points)
#
# `layerwise.record_trace` writes what a machine took into a file, and
# `layerwise.traces` reads it. A trace is a dictionary. Its `"entries"` are a list of
# dictionaries such as
#
#     {"model": "alexnet", "phase": "forward", "batch_size": 8, "dtype": "float32",
#      "seconds": 0.090, "repeats": 7, "layers": [
#          {"name": "conv2d", "group": "conv", "seconds": 0.011, ...}, ...]}
#
# `"phase"` is `"forward"` or `"training"`; only forward passes have `"layers"`.
#
# Write two functions.
#
# - `conv_share(trace, model, batch_size)`: the share of the layers' seconds that the
#   group `"conv"` takes, from 0 to 1, in the forward pass of that model at that batch
#   size in `"float32"`. The layers' own seconds are the whole.
# - `images_per_second(trace, model, phase)`: a dictionary from each batch size to the
#   images of a second, in `"float32"`.
#
# A pair of model, phase, batch size and dtype stands in the trace at most once, in any
# order. `conv_share` raises a `ValueError` where the entry is missing.


# %% nbgrader={"grade_id": "read"}
def conv_share(trace, model, batch_size):
    """Computes the convolutions' share of a forward pass in float32.

    Args:
        trace: Dictionary, as `layerwise.traces.read_trace` returns it.
        model: String, such as `"alexnet"`.
        batch_size: Integer.

    Returns:
        Float, from 0 to 1.

    Raises:
        ValueError: If the trace has no such entry.
    """
    ### BEGIN SOLUTION
    for entry in trace["entries"]:
        key = (entry["model"], entry["phase"], entry["batch_size"], entry["dtype"])
        if key == (model, "forward", batch_size, "float32"):
            times = [(layer["group"], layer["seconds"]) for layer in entry["layers"]]
            conv = sum(time for group, time in times if group == "conv")
            return conv / sum(time for _, time in times)
    raise ValueError(f"the trace has no forward pass of {model}, batch {batch_size}")
    ### END SOLUTION


def images_per_second(trace, model, phase):
    """Computes the speed of a model at each batch size, in float32.

    Args:
        trace: Dictionary, as `layerwise.traces.read_trace` returns it.
        model: String, such as `"alexnet"`.
        phase: `"forward"` or `"training"`.

    Returns:
        Dictionary from batch sizes to floats.
    """
    ### BEGIN SOLUTION
    return {
        entry["batch_size"]: entry["batch_size"] / entry["seconds"]
        for entry in trace["entries"]
        if (entry["model"], entry["phase"], entry["dtype"]) == (model, phase, "float32")
    }
    ### END SOLUTION


# %% [markdown]
# The next cell is given: it makes up a trace, to test with. The times are drawn, not
# measured.


# %% nbgrader={"grade_id": "given_trace"}
def made_up_trace(seed):
    """Makes a trace of drawn times, in no order.

    Args:
        seed: Integer.

    Returns:
        Dictionary with `"entries"`.
    """
    rng = np.random.default_rng(seed)
    entries = []
    for model in ("vgg16", "alexnet"):
        for dtype in ("bfloat16", "float32"):
            for batch_size in (8, 1):
                key = {"model": model, "batch_size": batch_size, "dtype": dtype}
                layers = [
                    {
                        "name": f"layer{index}",
                        "group": group,
                        "seconds": float(rng.uniform(0.001, 0.02)),
                    }
                    for index, group in enumerate(("conv", "pool", "conv", "fc", "fc"))
                ]
                seconds = 1.1 * sum(layer["seconds"] for layer in layers)
                forward = {"phase": "forward", "seconds": seconds, "layers": layers}
                training = {"phase": "training", "seconds": 3 * seconds}
                entries += [{**key, **training}, {**key, **forward}]
    return {"entries": [entries[index] for index in rng.permutation(len(entries))]}


# %% [markdown]
# The convolutions' share (2 points).

# %% nbgrader={"grade_id": "test_conv_share", "points": 2}
_seeds = [1]
### BEGIN HIDDEN TESTS
_seeds += [2, 3, 4]
### END HIDDEN TESTS
for _seed in _seeds:
    _trace = made_up_trace(_seed)
    _asked = [
        (made_up_trace(_seed), _model, _size)
        for _model in ("alexnet", "vgg16")
        for _size in (1, 8)
    ]
    for _case, _received in zip(_asked, checks.each(conv_share, _asked), strict=True):
        _, _model, _size = _case
        _call = f"conv_share(trace, {_model!r}, {_size})"
        _shares, _sums = {}, {}
        for _entry in _trace["entries"]:
            if _entry["model"] == _model and _entry["phase"] == "forward":
                _conv = sum(
                    _layer["seconds"]
                    for _layer in _entry["layers"]
                    if _layer["group"] == "conv"
                )
                _sum = sum(_layer["seconds"] for _layer in _entry["layers"])
                _key = (_entry["batch_size"], _entry["dtype"])
                _shares[_key], _sums[_key] = _conv / _sum, (_conv, _entry["seconds"])
        _wanted = _shares[_size, "float32"]
        checks.shape(_received, (), _call)
        if not math.isclose(_received, _wanted, rel_tol=1e-6):
            _conv, _whole = _sums[_size, "float32"]
            for _fault, _wrong in {
                "this is the share of the entry's own seconds; the layers' seconds "
                "are the whole": _conv / _whole,
                "this is the entry of bfloat16": _shares[_size, "bfloat16"],
                "this is the entry of the other batch size": _shares[
                    9 - _size, "float32"
                ],
                "this is the share of the number of layers, not of their time": 0.4,
                "these are seconds, not their share": _conv,
            }.items():
                assert not math.isclose(_received, _wrong, rel_tol=1e-6), (
                    f"{_call} is {_received:.4g}; expected {_wanted:.4g}: {_fault}"
                )
        checks.close(_received, _wanted, _call)
checks.raises(
    conv_share,
    made_up_trace(5),
    "alexnet",
    64,
    what="conv_share of a batch size that the trace lacks",
)

# %% [markdown]
# Images a second (1 point).

# %% nbgrader={"grade_id": "test_images_per_second", "points": 1}
_seeds = [6]
### BEGIN HIDDEN TESTS
_seeds += [7, 8]
### END HIDDEN TESTS
for _seed in _seeds:
    _trace = made_up_trace(_seed)
    for _phase in ("forward", "training"):
        _received = images_per_second(made_up_trace(_seed), "alexnet", _phase)
        _call = f"images_per_second(trace, 'alexnet', {_phase!r})"
        assert isinstance(_received, dict), (
            f"{_call} must return a dictionary. Received: {_received!r}"
        )
        assert sorted(int(_key) for _key in _received) == [1, 8], (
            f"{_call} has the keys {sorted(_received)}; expected the batch sizes [1, 8]"
        )
        for _entry in _trace["entries"]:
            _key = (_entry["model"], _entry["phase"], _entry["dtype"])
            if _key == ("alexnet", _phase, "float32"):
                _size, _time = _entry["batch_size"], _entry["seconds"]
                assert _size == 1 or not math.isclose(
                    _received[_size], 1 / _time, rel_tol=1e-6
                ), (
                    f"{_call} at batch {_size} is {_received[_size]:.5g}: these are "
                    "batches a second; each has several images"
                )
                assert not math.isclose(
                    _received[_size], _time / _size, rel_tol=1e-6
                ), f"{_call} at batch {_size}: these are seconds for an image"
                checks.close(
                    _received[_size], _size / _time, f"{_call} at batch {_size}"
                )
