# %% [markdown]
# # Assignment 06: where the time goes
#
# Chapter 06 timed AlexNet layer by layer. Here you build what is under a convolution,
# count what it costs, and find out which limit a layer meets on a chip.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | Windows as rows: `im2col` | 3 |
# | 2 | And back: `col2im` | 3 |
# | 3 | A convolution as a matrix product | 4 |
# | 4 | What a layer computes and moves | 3 |
# | 5 | Amdahl's law on a profile | 4 |
# | 6 | Arithmetic or memory? | 3 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one. What a test expects stands in `expected.json`, beside this notebook.
# Arrays are NumPy's, channels last: (batch, height, width, channels). What a function
# is given must not change.

# %% nbgrader={"grade_id": "setup"}
import math

import numpy as np

from layerwise import checks

checks.short_errors()

# %% [markdown]
# ## Exercise 1: windows as rows (3 points)
#
# A convolution takes the same weighted sum of every window of an image. Put each window
# into a row, and one matrix product does them all. Caffe computed convolutions so (Jia
# et al., 2014, arXiv:1408.5093).
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
# strides + 1. At least one window fits.
#
# An example to check by hand: an image of one channel and its windows of size 2,
#
# $$\begin{pmatrix} 1 & 2 & 3 \\ 4 & 5 & 6 \end{pmatrix} \rightarrow
# \begin{pmatrix} 1 & 2 & 4 & 5 \\ 2 & 3 & 5 & 6 \end{pmatrix}$$
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


# %% nbgrader={"grade_id": "given_drawn"}
def drawn(seed, *shape):
    """Draws numbers between 1 and 2: none of them is a zero of the padding."""
    return np.random.default_rng(seed).uniform(1, 2, shape).astype("float32")


# Images, kernel_size, strides, padding.
STEPS = [((1, 5, 7, 2), 3, 2, 0), ((2, 4, 3, 1), 3, 1, 1), ((2, 5, 4, 2), 2, 2, 1)]


# %% tags=["expected"]
def cut(x, size, strides=1, before=0, after=None, mode="constant"):
    """Cuts images into windows: (batch, rows, columns, size, size, channels)."""
    sides = (before, before if after is None else after)
    x = np.pad(np.asarray(x, "float64"), ((0, 0), sides, sides, (0, 0)), mode)
    if min(x.shape[1:3]) < size:
        return np.zeros((len(x), 0, 0, size, size, x.shape[-1]))
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    return view[:, ::strides, ::strides].transpose(0, 1, 2, 4, 5, 3)


def as_rows(view, *axes):
    """Puts windows into rows, after a change of their axes."""
    width = math.prod(view.shape[3:])
    return (view.transpose(axes) if axes else view).reshape(-1, width)


def first_row_expected(x, size):
    """Returns the first window as a row, and what mistakes make of it."""
    view = cut(x, size)[:1, :1, :1]
    return as_rows(view), {
        "all channels of a place must stand side by side; they are apart": as_rows(
            view, 0, 1, 2, 5, 3, 4
        ),
        "the window is read column by column; expected row by row": as_rows(
            view, 0, 1, 2, 4, 3, 5
        ),
        "the window is read column by column, channel by channel": as_rows(
            view, 0, 1, 2, 5, 4, 3
        ),
        "the window comes out back to front": as_rows(view)[:, ::-1],
        "the window is turned around": as_rows(view[:, :, :, ::-1, ::-1]),
    }


def windows_expected(x, size, strides=1, padding=0):
    """Returns the windows, the numbers of each sorted, and what mistakes make of it."""
    right, one = cut(x, size, strides, padding), cut(x, size, strides)
    answers = {
        "": right,
        "the stride is ignored": cut(x, size, 1, padding),
        "the padding is ignored": one,
        "there is padding on the right and below only": cut(
            x, size, strides, 0, padding
        ),
        "there is padding on the left and above only": cut(
            x, size, strides, padding, 0
        ),
        "twice the padding is on one side": cut(x, size, strides, 0, 2 * padding),
        "the border is repeated; expected zeros": cut(
            x, size, strides, padding, mode="edge"
        ),
        "the last window of each row and column is missing": right[:, :-1, :-1],
        "the windows go column by column; expected row by row": right.transpose(
            0, 2, 1, 3, 4, 5
        ),
        "the images alternate; expected one image after the other": right.transpose(
            1, 2, 0, 3, 4, 5
        ),
    }
    rows = {name: np.sort(as_rows(view)) for name, view in answers.items()}
    return rows.pop(""), rows


six = np.arange(1.0, 7).reshape(1, 2, 3, 1)
expect("im2col of the example", as_rows(cut(six, 2)))
for dims, size in [((1, 4, 5, 2), 3), ((2, 3, 4, 3), 2)]:
    question = f"the first row of im2col of images {dims}, kernel_size={size}"
    expect(question, *first_row_expected(drawn(61, *dims), size))
for dims, *case in STEPS:
    question = f"im2col of images {dims}, kernel_size, strides, padding = {case}"
    expect(f"{question}, each row sorted,", *windows_expected(drawn(62, *dims), *case))

# %% [markdown]
# What stands in a row, and in which order (1 point).

# %% nbgrader={"grade_id": "test_im2col", "points": 1}
for _dims, _size in [((1, 4, 5, 2), 3), ((2, 3, 4, 3), 2)]:
    _call = f"im2col of images {_dims}, kernel_size={_size}"
    _found = im2col(drawn(61, *_dims), _size)
    checks.shape(_found, (None, _size**2 * _dims[-1]), _call)
    checks.answer(np.asarray(_found)[:1], f"the first row of {_call}")
### BEGIN HIDDEN TESTS
for _dims, _size, _strides in [
    ((3, 6, 4, 3), 2, 1),
    ((1, 3, 7, 4), 1, 2),
    ((2, 5, 8, 2), 4, 1),
    ((2, 5, 5, 2), 5, 3),
    ((1, 9, 8, 3), 3, 2),
]:
    _x = drawn(63, *_dims)
    _call = f"im2col of images {_dims}, kernel_size={_size}, strides={_strides}"
    _right, _mistakes = first_row_expected(_x, _size)
    _orders = {tuple(np.sort(_row)): _row for _row in as_rows(cut(_x, _size))}
    _found = im2col(_x, _size, _strides)
    checks.shape(_found, (None, _size**2 * _dims[-1]), _call)
    # Whether a window is missing is a matter of the next test.
    _first = np.asarray(_found)[:1]
    if len(_first):
        checks.judge(_first, _right, _mistakes, f"the first row of {_call}")
    for _index, _row in enumerate(np.asarray(_found, "float64")):
        # So is a row that is no window.
        _right = _orders.get(tuple(np.sort(_row)), _row)
        # Both sides are the student's: a row, and the window of the same numbers.
        assert np.array_equal(_row, _right), (
            f"{_call}: row {_index} has a window's numbers in another order"
        )
### END HIDDEN TESTS
checks.passed("width", "order in a row")

# %% [markdown]
# Which windows there are, and in which order (2 points). Each row is sorted first: the
# order in a row was asked above.

# %% nbgrader={"grade_id": "test_im2col_strides", "points": 2}
for _dims, *_case in STEPS:
    _x, _kept = drawn(62, *_dims), drawn(62, *_dims)
    _call = f"im2col of images {_dims}, kernel_size, strides, padding = {_case}"
    _found = im2col(_x, *_case)
    checks.shape(_found, (None, None), _call)
    checks.answer(np.sort(np.asarray(_found)), f"{_call}, each row sorted,")
    checks.unchanged([_x], [_kept], "the images given to im2col")
### BEGIN HIDDEN TESTS
for _dims, _size, _named in [
    ((1, 7, 6, 2), 2, {"strides": 3}),
    ((2, 5, 4, 1), 5, {"strides": 2, "padding": 2}),
    ((1, 3, 8, 2), 1, {"strides": 2}),
    ((3, 4, 6, 2), 3, {}),
    ((2, 3, 5, 3), 2, {"padding": 1}),
    ((1, 2, 5, 1), 4, {"strides": 3, "padding": 3}),
]:
    _x, _kept = drawn(64, *_dims) - 1.5, drawn(64, *_dims) - 1.5
    _call = f"im2col of images {_dims}, kernel_size={_size}, {_named}"
    _right = windows_expected(_x, _size, **_named)
    _found = im2col(_x, _size, **_named)
    checks.shape(_found, (None, None), _call)
    _sorted = np.sort(np.asarray(_found))
    checks.judge(_sorted, *_right, f"{_call}, each row sorted,", rtol=1e-5)
    checks.unchanged([_x], [_kept], "the images given to im2col")
### END HIDDEN TESTS
checks.passed("windows", "strides", "padding", "images unchanged")

# %% [markdown]
# ## Exercise 2: and back (3 points)
#
# The way back through a convolution needs the reverse: a matrix with a row for each
# window is put back into images, and where windows overlap their numbers are **added**.
# A pixel that was in four windows gets four contributions; that is how a gradient flows
# to it. A pixel that was in none gets 0. What fell on the padding is dropped.
#
# Write `col2im(columns, input_shape, kernel_size, strides=1, padding=0)`. With windows
# of size 2, back to an image of shape (1, 2, 3, 1):
#
# $$\begin{pmatrix} 1 & 2 & 4 & 5 \\ 2 & 3 & 5 & 6 \end{pmatrix} \rightarrow
# \begin{pmatrix} 1 & 2 + 2 & 3 \\ 4 & 5 + 5 & 6 \end{pmatrix}$$
#
# So it is not the inverse of `im2col`. It is its *transpose*: for all `x` and `c`,
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
    padded = np.zeros((batch, height + 2 * padding, width + 2 * padding, channels))
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


# %% tags=["expected"]
def which(found, answers):
    """Returns the name of the answer that was found; that of the right one if none."""
    found = np.asarray(found)
    for name, answer in answers.items():
        if found.shape == np.shape(answer) and np.allclose(found, answer, 1e-4):
            return name
    return ""


def count_rows(dims, size, strides=1, padding=0):
    """Counts windows."""
    sides = [(n + 2 * padding - size) // strides + 1 for n in dims[1:3]]
    return dims[0] * math.prod(sides)


# What overlaps become, and the order of rows, columns and channels in a row.
PUT_BACK = {
    "": ("sum", "ijc"),
    "where windows overlap only the last one is left; expected their sum": (
        "last",
        "ijc",
    ),
    "where windows overlap only the first one is left; expected their sum": (
        "first",
        "ijc",
    ),
    "where windows overlap the mean is taken; expected the sum": ("mean", "ijc"),
    "where windows overlap the largest number is taken; expected the sum": (
        "max",
        "ijc",
    ),
    "rows are read channel by channel; expected all channels of a place": (
        "sum",
        "cij",
    ),
    "rows are read column by column of the window": ("sum", "jic"),
}


def put_back(columns, dims, size, strides=1, padding=0, way="", cropped=True):
    """Puts windows back into padded images, and cuts the padding off."""
    join, order = PUT_BACK[way]
    batch, height, width, channels = dims
    grown = (batch, height + 2 * padding, width + 2 * padding, channels)
    places = cut(np.arange(math.prod(grown)).reshape(grown), size, strides)
    sides = {"i": size, "j": size, "c": channels}
    rows = np.reshape(columns, (-1, *(sides[axis] for axis in order)))
    rows = np.einsum(f"n{order}->nijc", rows).reshape(len(rows), -1)
    flat, times = np.zeros((2, math.prod(grown)))
    for place, row in zip(as_rows(places).astype(int), rows, strict=True):
        before = np.where(times[place], flat[place], -np.inf)
        flat[place] = {
            "sum": flat[place] + row,
            "mean": flat[place] + row,
            "last": row,
            "first": np.where(times[place], flat[place], row),
            "max": np.maximum(before, row),
        }[join]
        times[place] += 1
    images = (flat / np.maximum(times, 1) if join == "mean" else flat).reshape(grown)
    if not cropped:
        return images
    return images[:, padding : padding + height, padding : padding + width]


def col2im_expected(columns, dims, *case):
    """Returns the images, and what mistakes make of them."""
    answers = {way: put_back(columns, dims, *case, way=way) for way in PUT_BACK}
    right = answers.pop("")
    padding = case[2] if len(case) > 2 else 0
    if padding:
        whole = put_back(columns, dims, *case, cropped=False)
        answers["the padding is still there"] = whole
        answers["twice the padding is cut off at the end"] = whole[
            :, : dims[1], : dims[2]
        ]
        answers["twice the padding is cut off at the start"] = whole[
            :, 2 * padding :, 2 * padding :
        ]
    return right, answers


expect(
    "col2im of the example",
    put_back(np.array([[1, 2, 4, 5], [2, 3, 5, 6]]), (1, 2, 3, 1), 2),
)
for dims, rows, *case in [
    ((1, 4, 5, 2), 6, 3, 1),
    ((2, 5, 7, 1), 12, 3, 2),
    ((1, 5, 4, 2), 4, 2, 2),
    ((2, 3, 4, 2), 60, 1, 1, 1),
    ((1, 4, 3, 1), 56, 1, 1, 2),
]:
    columns = drawn(65, rows, case[0] ** 2 * dims[-1])
    expect(
        f"col2im of {rows} rows to {dims}, kernel_size, strides, padding = {case}",
        *col2im_expected(columns, dims, *case),
    )

# %% [markdown]
# Overlaps are added (2 points).

# %% nbgrader={"grade_id": "test_col2im", "points": 2}
for _dims, _count, *_case in [
    ((1, 4, 5, 2), 6, 3, 1),
    ((2, 5, 7, 1), 12, 3, 2),
    ((1, 5, 4, 2), 4, 2, 2),
]:
    _columns = drawn(65, _count, _case[0] ** 2 * _dims[-1])
    _call = f"col2im of {_count} rows to {_dims}, kernel_size, strides, padding = "
    checks.answer(col2im(_columns, _dims, *_case), f"{_call}{_case}")
_columns = np.array([[1.0, 2, 4, 5], [2, 3, 5, 6]])
checks.answer(col2im(_columns, (1, 2, 3, 1), 2), "col2im of the example")
checks.unchanged(_columns, [[1, 2, 4, 5], [2, 3, 5, 6]], "the rows given to col2im")
### BEGIN HIDDEN TESTS
for _dims, *_case in [
    ((2, 6, 7, 3), 3, 1),
    ((1, 7, 8, 1), 2, 3),
    ((3, 6, 5, 2), 4, 2),
    ((1, 3, 3, 4), 1, 2),
    ((1, 9, 4, 2), 4, 3),
]:
    _columns = drawn(66, count_rows(_dims, *_case), _case[0] ** 2 * _dims[-1]) - 1.5
    _kept = _columns.copy()
    _right = col2im_expected(_columns, _dims, *_case)
    _call = f"col2im to {_dims}, kernel_size={_case[0]}, strides={_case[1]}"
    checks.judge(col2im(_columns, _dims, *_case), *_right, _call)
    checks.unchanged([_columns], [_kept], "the rows given to col2im")
### END HIDDEN TESTS
checks.passed("overlaps", "strides", "rows unchanged")

# %% [markdown]
# What fell on the padding is dropped (1 point).

# %% nbgrader={"grade_id": "test_col2im_padding", "points": 1}
for _dims, _count, *_case in [((2, 3, 4, 2), 60, 1, 1, 1), ((1, 4, 3, 1), 56, 1, 1, 2)]:
    _found = col2im(drawn(65, _count, _dims[-1]), _dims, *_case)
    _call = f"col2im of {_count} rows to {_dims}, kernel_size, strides, padding = "
    checks.answer(_found, f"{_call}{_case}")
### BEGIN HIDDEN TESTS
_columns, _dims = drawn(67, 12, 18), (2, 4, 5, 2)
_ways = {_way: put_back(_columns, _dims, 3, way=_way) for _way in PUT_BACK}
# What the test above found must not cost again: it is expected here too.
_way = which(col2im(_columns.copy(), _dims, 3), _ways)
for _dims, _size, _named in [
    ((1, 4, 4, 2), 3, {"padding": 1}),
    ((2, 6, 5, 1), 3, {"strides": 2, "padding": 1}),
    ((1, 5, 5, 3), 5, {"padding": 2}),
    ((2, 7, 4, 2), 3, {"strides": 3, "padding": 2}),
]:
    _shape = (count_rows(_dims, _size, **_named), _size**2 * _dims[-1])
    _columns = drawn(68, *_shape) - 1.5
    _right = put_back(_columns, _dims, _size, **_named, way=_way)
    _call = f"col2im to {_dims}, kernel_size={_size}, {_named}"
    checks.judge(col2im(_columns, _dims, _size, **_named), _right, what=_call)
### END HIDDEN TESTS
checks.passed("padding")

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
# "Convolution" in this field means that the kernel is *not* turned around. With the
# windows in a matrix one product is enough. If you are not sure of your `im2col`, you
# need none: for one place (i, j) of the kernel, what do all windows have there? That is
# a part of the images, and times `kernel[i, j]` it is a matrix product too. Add up
# those of all places.
#
# An example: an image of one row, 1 2 3 4, and a kernel of size 3 with 1 in the middle,
# 10 above, below, left and right of it, and 0 in the corners. With stride 2, `"same"`
# and bias 0 one column of zeros stands after the image and none before it. The windows
# have 1 2 3 and 3 4 0 in their middle row: the result is 10 + 2 + 30 = 42 and
# 30 + 4 + 0 = 34.


# %% nbgrader={"grade_id": "conv2d"}
def conv2d(x, kernel, bias, strides=1, padding="valid"):
    """Convolves images with a bank of kernels, by matrix products.

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
    size = len(kernel)
    if padding == "same":
        sides = []
        for n in x.shape[1:3]:
            missing = max((math.ceil(n / strides) - 1) * strides + size - n, 0)
            sides.append((missing // 2, missing - missing // 2))
        x = np.pad(x, ((0, 0), *sides, (0, 0)))
    out = [(n - size) // strides + 1 for n in x.shape[1:3]]
    total = bias
    for i in range(size):
        for j in range(size):
            # (batch, rows, columns, channels): all windows' numbers at one place
            part = x[:, i : i + out[0] * strides : strides]
            part = part[:, :, j : j + out[1] * strides : strides]
            total = total + part @ kernel[i, j]
    return total
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_even"}
def even(kernel):
    """Makes a kernel that stays the same if it is turned around or laid on its side."""
    kernel = kernel + kernel[::-1, ::-1]
    return (kernel + kernel.transpose(1, 0, 2, 3)) / 4


def example():
    """Makes the image and the kernel of the text."""
    kernel = np.array([[0.0, 10, 0], [10, 1, 10], [0, 10, 0]])
    x = np.array([1.0, 2, 3, 4])
    return x.reshape(1, 1, 4, 1), kernel.reshape(3, 3, 1, 1)


# Images, kernel_size, strides.
SAME = [((1, 5, 6, 2), 4, 1), ((1, 8, 6, 1), 5, 4), ((2, 7, 6, 2), 3, 2)]


# %% tags=["expected"]
# What becomes of the kernel and the bias, and where the filters stand.
CONVOLVED = {
    "": lambda product, bias: product + bias,
    "the bias is missing": lambda product, bias: product,
    "the bias is subtracted": lambda product, bias: product - bias,
    "the filters come first before the result is reshaped: all numbers are there, in "
    "the wrong places": lambda product, bias: np.moveaxis(
        product + bias, -1, 0
    ).reshape(product.shape),
}
TURNED = {
    "the kernel is turned around; expected it as it is": lambda k: k[::-1, ::-1],
    "the kernel's rows and columns are swapped": lambda k: k.transpose(1, 0, 2, 3),
}
HABITS = [*CONVOLVED, *TURNED]


def sides_of(n, size, strides, padding="valid", way=""):
    """Counts zeros before and after, and what comes out."""
    if padding == "valid":
        return 0, 0, (n - size) // strides + 1
    out = math.ceil(n / strides)
    missing = max((out - 1) * strides + size - n, 0)
    before = missing // 2
    if way == "larger":
        before = missing - before
    elif way == "one":
        before = (size - 1) // 2
    elif way == "after":
        before = 0
    elif way == "before":
        before = missing
    return before, max((out - 1) * strides + size - n - before, 0), out


def convolve(x, kernel, bias, strides=1, padding="valid", habit="", way=""):
    """Convolves as Keras does, or with a mistake."""
    size = len(kernel)
    found = [sides_of(n, size, strides, padding, way) for n in x.shape[1:3]]
    x = np.pad(np.asarray(x, "float64"), ((0, 0), *(f[:2] for f in found), (0, 0)))
    kernel = TURNED.get(habit, lambda k: k)(kernel)
    view = cut(x, size, strides)[:, : found[0][2], : found[1][2]]
    product = np.tensordot(view, kernel, 3)
    return CONVOLVED.get(habit, CONVOLVED[""])(product, bias)


def conv_expected(x, kernel, bias, strides=1, padding="valid", habit=""):
    """Returns the convolution, and what mistakes make of it."""
    case = (x, kernel, bias, strides, padding)
    answers = {name: convolve(*case, name) for name in HABITS}
    right = answers.pop("")
    if strides > 1:
        answers["the stride is ignored"] = convolve(x, kernel, bias, 1, padding)
    if padding == "same":
        answers |= {
            "nothing is padded": convolve(x, kernel, bias, strides),
            "the larger half of the zeros stands before the image; expected it after": (
                convolve(*case, way="larger")
            ),
            "(kernel_size - 1) // 2 zeros stand before the image, as if the stride "
            "were 1": convolve(*case, way="one"),
            "all zeros stand after the image": convolve(*case, way="after"),
            "all zeros stand before the image": convolve(*case, way="before"),
        }
    return (convolve(*case, habit) if habit else right), answers


def conv_case(seed, dims, size, filters):
    """Draws images, a kernel and a bias."""
    kernel = drawn(seed + 1, size, size, dims[-1], filters) - 1.5
    return drawn(seed, *dims) - 1.5, kernel, drawn(seed + 2, filters)


def even_case(dims, size):
    """Draws what the visible tests ask for."""
    return drawn(71, *dims), even(drawn(72, size, size, dims[-1], 1)), np.zeros(1)


for dims, size, filters in [((2, 6, 5, 3), 3, 4), ((1, 4, 4, 1), 2, 1)]:
    expect(
        f"conv2d of {dims}, kernel_size={size}, filters={filters}",
        *conv_expected(
            drawn(71, *dims),
            drawn(72, size, size, dims[-1], filters),
            drawn(73, filters),
        ),
    )
for dims, size, strides in [((1, 7, 8, 2), 3, 2), ((2, 6, 8, 1), 2, 3)]:
    expect(
        f"conv2d of {dims}, kernel_size={size}, strides={strides}",
        *conv_expected(*even_case(dims, size), strides),
    )
for dims, size, strides in SAME:
    expect(
        f"conv2d of {dims}, kernel_size={size}, strides={strides}, padding='same'",
        *conv_expected(*even_case(dims, size), strides, "same"),
    )
expect("conv2d of the example", convolve(*example(), np.zeros(1), 2, "same"))

# %% [markdown]
# Valid, stride 1 (1 point).

# %% nbgrader={"grade_id": "test_conv2d", "points": 1}
for _dims, _size, _filters in [((2, 6, 5, 3), 3, 4), ((1, 4, 4, 1), 2, 1)]:
    _kernel = drawn(72, _size, _size, _dims[-1], _filters)
    _given = [drawn(71, *_dims), _kernel, drawn(73, _filters)]
    _kept = [_array.copy() for _array in _given]
    _call = f"conv2d of {_dims}, kernel_size={_size}, filters={_filters}"
    checks.answer(conv2d(*_given), _call, atol=1e-3)
    checks.unchanged(_given, _kept, "what is given to conv2d")
### BEGIN HIDDEN TESTS
for _dims, _size, _filters in [((3, 5, 7, 2), 1, 5), ((1, 5, 5, 4), 5, 2)]:
    _given = conv_case(74, _dims, _size, _filters)
    _right = conv_expected(*_given)
    _call = f"conv2d of {_dims}, kernel_size={_size}, filters={_filters}"
    checks.judge(conv2d(*_given), *_right, _call, atol=1e-3)
### END HIDDEN TESTS
checks.passed("values", "arguments unchanged")

# %% [markdown]
# Strides (1 point).

# %% nbgrader={"grade_id": "test_conv2d_strides", "points": 1}
for _dims, _size, _strides in [((1, 7, 8, 2), 3, 2), ((2, 6, 8, 1), 2, 3)]:
    _x, _kernel = drawn(71, *_dims), even(drawn(72, _size, _size, _dims[-1], 1))
    _call = f"conv2d of {_dims}, kernel_size={_size}, strides={_strides}"
    checks.answer(
        conv2d(_x, _kernel, np.zeros(1, "float32"), _strides), _call, atol=1e-3
    )
### BEGIN HIDDEN TESTS
_given = conv_case(77, (2, 5, 4, 2), 3, 3)
_habits = {_habit: convolve(*_given, habit=_habit) for _habit in HABITS}
# What the test above found must not cost again: it is expected here too.
_habit = which(conv2d(*_given), _habits)
for _dims, _size, _filters, _strides in [
    ((1, 11, 9, 3), 5, 2, 4),
    ((2, 5, 6, 2), 1, 3, 2),
    ((3, 8, 4, 1), 2, 4, 2),
]:
    _given = conv_case(80, _dims, _size, _filters)
    _right = conv_expected(*_given, _strides, habit=_habit)
    _call = f"conv2d of {_dims}, kernel_size={_size}, strides={_strides}"
    checks.judge(conv2d(*_given, strides=_strides), *_right, _call, atol=1e-3)
### END HIDDEN TESTS
checks.passed("strides")

# %% [markdown]
# Padding `"same"` (2 points).

# %% nbgrader={"grade_id": "test_conv2d_same", "points": 2}
for _dims, _size, _strides in SAME:
    _x, _kernel = drawn(71, *_dims), even(drawn(72, _size, _size, _dims[-1], 1))
    _call = f"conv2d of {_dims}, kernel_size={_size}, strides={_strides}"
    _found = conv2d(_x, _kernel, np.zeros(1, "float32"), _strides, "same")
    checks.answer(_found, f"{_call}, padding='same'", atol=1e-3)
_found = conv2d(*example(), np.zeros(1), 2, "same")
checks.answer(_found, "conv2d of the example")
### BEGIN HIDDEN TESTS
_given = conv_case(77, (2, 5, 4, 2), 3, 3)
_habits = {_habit: convolve(*_given, habit=_habit) for _habit in HABITS}
# What the first test found must not cost again: it is expected here too.
_habit = which(conv2d(*_given), _habits)
for _dims, _size, _filters, _strides in [
    ((1, 6, 5, 1), 3, 3, 1),
    ((2, 9, 4, 3), 1, 2, 2),
    ((1, 10, 7, 1), 4, 2, 3),
    ((3, 2, 5, 2), 5, 4, 2),
    ((1, 7, 8, 2), 2, 1, 4),
]:
    _given = conv_case(83, _dims, _size, _filters)
    _right = conv_expected(*_given, _strides, "same", _habit)
    _call = (
        f"conv2d of {_dims}, kernel_size={_size}, strides={_strides}, padding='same'"
    )
    _kept = [_array.copy() for _array in _given]
    _found = conv2d(*_given, strides=_strides, padding="same")
    checks.judge(_found, *_right, _call, atol=1e-3)
    checks.unchanged(_given, _kept, "what is given to conv2d")
### END HIDDEN TESTS
checks.passed("size", "values")

# %% [markdown]
# ## Exercise 4: what a layer computes and moves (3 points)
#
# Time goes into arithmetic and into moving numbers. Write
# `conv_costs(input_shape, filters, kernel_size, strides=1, itemsize=4)` for a
# convolution with `"valid"` padding and without a bias. It returns three numbers:
#
# 1. **multiply-adds** of the whole batch;
# 2. **bytes**, if every number of the input, of the kernel and of the output is moved
#    once;
# 3. **the bytes that im2col adds**: the matrix of windows is written to memory, and
#    read again for the product. (The images are read all the same, to fill it.)
#
# `input_shape` is (batch, height, width, channels), `itemsize` the bytes of a number.
# Every number of the input is moved, also one that no window needs.
#
# Two images of 3×3 with one channel, 5 filters of size 2 and numbers of 4 bytes take
# 2 · 4 · 4 · 5 = 160 multiply-adds and 4 · (18 + 20 + 40) = 312 bytes, to which im2col
# adds 2 · 4 · 32 = 256.


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
        Three numbers: multiply-adds, bytes, and the bytes that im2col adds.
    """
    ### BEGIN SOLUTION
    positions = input_shape[0]
    for n in input_shape[1:3]:
        positions *= (n - kernel_size) // strides + 1
    window = kernel_size**2 * input_shape[3]
    moved = math.prod(input_shape) + window * filters + positions * filters
    return (
        positions * window * filters,
        itemsize * moved,
        itemsize * 2 * positions * window,
    )
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_cases"}
# AlexNet's first convolution, another one, and the example.
LAYERS = [((1, 227, 227, 3), 96, 11, 4), ((3, 9, 7, 5), 4, 3, 2), ((2, 3, 3, 1), 5, 2)]


# %% tags=["expected"]
PLACES = {
    "": lambda n, size, strides: (n - size) // strides + 1,
    "the output is smaller than the input": lambda n, size, strides: n,
    "the stride is ignored": lambda n, size, strides: n - size + 1,
    "each window must fit into the image": lambda n, size, strides: -(-n // strides),
    "the last window is missing": lambda n, size, strides: (n - size) // strides,
}


def parts_of(input_shape, filters, size, strides=1, itemsize=4, way=""):
    """Counts positions, and the numbers of input, kernel, output and matrix."""
    batch, height, width, channels = input_shape
    positions = batch
    for n in (height, width):
        positions *= PLACES[way](n, size, strides)
    window = size * size * channels
    return (
        math.prod(input_shape),
        window * filters,
        positions * filters,
        positions * window,
    )


def adds_expected(input_shape, filters, *case):
    """Returns multiply-adds, and what mistakes make of them."""
    ways = {
        way: parts_of(input_shape, filters, *case, way=way)[3] * filters
        for way in PLACES
    }
    right = ways.pop("")
    return right, ways | {
        "a multiply-add counts once, not twice": 2 * right,
        "this is one image's, not the batch's": right // input_shape[0],
        "the channels of the input are missing": right // input_shape[3],
        "the filters are missing": right // filters,
    }


def bytes_expected(input_shape, filters, size, strides=1, itemsize=4, way=""):
    """Returns the bytes that are moved, and what mistakes make of them."""
    given, kernel, output, _ = parts_of(input_shape, filters, size, strides, way=way)
    right, batch = given + kernel + output, input_shape[0]
    return itemsize * right, {
        "the kernel is read once for the whole batch, not once an image": itemsize
        * (right + (batch - 1) * kernel),
        "the kernel is missing": itemsize * (given + output),
        "the output is missing": itemsize * (given + kernel),
        "the input is missing": itemsize * (kernel + output),
        "these are numbers, not bytes": right,
        "itemsize is ignored": 4 * right,
        "this is one image's, not the batch's": itemsize
        * (given // batch + kernel + output // batch),
    }


def added_expected(input_shape, filters, size, strides=1, itemsize=4, way=""):
    """Returns the bytes that im2col adds, and what mistakes make of them."""
    parts = parts_of(input_shape, filters, size, strides, way=way)
    given, kernel, output, matrix = (itemsize * part for part in parts)
    answers = {
        "the matrix moves twice, and the images are read all the same": matrix,
        "the images have to be read, to fill the matrix": 2 * matrix - given,
        "this is what is moved with im2col; expected what is added": given
        + kernel
        + output
        + 2 * matrix,
        "these are numbers, not bytes": 2 * parts[3],
        "the matrix of one image is counted": 2 * matrix // input_shape[0],
    }
    if matrix == given:
        # Then counting the matrix once gives the same.
        del answers["the images have to be read, to fill the matrix"]
    return 2 * matrix, answers


for case in LAYERS:
    expect(f"multiply-adds of conv_costs{case}", *adds_expected(*case))
for case in [((8, 14, 12, 64), 32, 1, 1, 2), ((2, 5, 3, 4), 6, 1)]:
    expect(f"bytes of conv_costs{case}", *bytes_expected(*case))
for case in [((8, 14, 12, 64), 32, 1), ((2, 5, 3, 4), 6, 1)]:
    expect(f"bytes that im2col adds to conv_costs{case}", *added_expected(*case))

# %% [markdown]
# Multiply-adds (1 point).

# %% nbgrader={"grade_id": "test_conv_multiply_adds", "points": 1}
for _case in LAYERS:
    _found = conv_costs(*_case)
    checks.shape(_found, (3,), f"what conv_costs{_case} returns")
    checks.answer(_found[0], f"multiply-adds of conv_costs{_case}", 0, 0.1)
### BEGIN HIDDEN TESTS
for _case in [
    ((3, 8, 5, 4), 7, 5, 2),
    ((1, 6, 11, 1), 1, 2, 3),
    ((5, 7, 7, 3), 2, 1, 4),
    ((4, 3, 9, 6), 10, 3, 1),
    ((64, 55, 57, 96), 256, 5, 1),
]:
    _found = conv_costs(*_case, itemsize=2)
    _call = f"multiply-adds of conv_costs{_case}"
    checks.judge(_found[0], *adds_expected(*_case), _call, 0, 0.1)
### END HIDDEN TESTS
checks.passed("multiply-adds")

# %% [markdown]
# Bytes, each number once (1 point).

# %% nbgrader={"grade_id": "test_conv_bytes", "points": 1}
for _case in [((8, 14, 12, 64), 32, 1, 1, 2), ((2, 5, 3, 4), 6, 1)]:
    checks.answer(conv_costs(*_case)[1], f"bytes of conv_costs{_case}", 0, 0.1)
### BEGIN HIDDEN TESTS
for _case in [
    ((3, 8, 5, 4), 7, 5, 2, 8),
    ((2, 6, 11, 1), 1, 2, 3, 1),
    ((5, 7, 9, 3), 2, 1, 4, 2),
    ((4, 3, 9, 6), 10, 3),
    ((64, 55, 57, 96), 256, 5, 1, 2),
]:
    _ways = {_way: parts_of(*_case, way=_way)[3] * _case[1] for _way in PLACES}
    _rights = {_way: bytes_expected(*_case, way=_way) for _way in PLACES}
    _found = conv_costs(*_case)
    # How many windows there are was asked above, and must not cost again.
    _way = which(_found[0], _ways)
    _way = which(_found[1], {_way: _rights[_way][0]})
    checks.judge(_found[1], *_rights[_way], f"bytes of conv_costs{_case}", 0, 0.1)
### END HIDDEN TESTS
checks.passed("bytes")

# %% [markdown]
# What im2col adds (1 point).

# %% nbgrader={"grade_id": "test_conv_bytes_im2col", "points": 1}
for _case in [((8, 14, 12, 64), 32, 1), ((2, 5, 3, 4), 6, 1)]:
    _call = f"bytes that im2col adds to conv_costs{_case}"
    checks.answer(conv_costs(*_case)[2], _call, 0, 0.1)
### BEGIN HIDDEN TESTS
for *_case, _size in [
    ((3, 8, 5, 4), 7, 5, 2, 8),
    ((2, 6, 11, 1), 1, 2, 3, 1),
    ((5, 7, 9, 3), 2, 1, 4, 2),
    ((4, 3, 9, 6), 10, 3, 1, 4),
    ((64, 55, 57, 96), 256, 5, 1, 2),
]:
    _ways = {_way: parts_of(*_case, way=_way)[3] * _case[1] for _way in PLACES}
    _sizes = {_n: bytes_expected(*_case, _n)[0] for _n in (_size, 4)}
    _rights = {
        (_n, _w): added_expected(*_case, _n, _w) for _n in (_size, 4) for _w in PLACES
    }
    _call = f"bytes that im2col adds to conv_costs{(*_case, _size)}"
    _found = conv_costs(*_case, itemsize=_size)
    # What the two tests above found must not cost again.
    _way, _used = which(_found[0], _ways), which(_found[1], _sizes) or _size
    _keys = [(_used, _way), (_size, _way), (_used, "")]
    _key = which(_found[2], {_k: _rights[_k][0] for _k in _keys}) or (_size, "")
    checks.judge(_found[2], *_rights[_key], _call, 0, 0.1)
### END HIDDEN TESTS
checks.passed("bytes that im2col adds")

# %% [markdown]
# ## Exercise 5: Amdahl's law on a profile (4 points)
#
# A profile says how many seconds each kind of layer takes. A new chip makes *some* of
# them faster. What stays as slow as it was then limits the whole (G. Amdahl, 1967).
# Write two functions.
#
# `speedup(seconds, factors)`: how many times faster the whole becomes. `seconds` is a
# dictionary from names to seconds, `factors` one from names to how many times faster
# these become; a factor below 1 makes them slower. A name without a factor stays as it
# is; `math.inf` means that it takes no time at all. If nothing takes time any more, the
# whole is `math.inf` times faster.
#
#     speedup({"conv": 6.0, "fc": 2.0}, {"conv": 3})         # 2.0
#     speedup({"conv": 6.0, "fc": 2.0}, {"conv": math.inf})  # 4.0
#
# `needed(seconds, name, target)`: how many times faster the layers called `name` must
# become, alone, so that the whole becomes `target` times faster. `math.inf` if they may
# take no time at all, and `None` if not even that is enough.
#
#     needed({"conv": 6.0, "fc": 2.0}, "conv", 2.0)   # 3.0
#     needed({"conv": 6.0, "fc": 2.0}, "conv", 4.0)   # inf
#     needed({"conv": 6.0, "fc": 2.0}, "conv", 5.0)   # None
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
    if left < 0:
        return None
    return seconds[name] / left if left else math.inf
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_profiles"}
def profiles():
    """Makes profiles, and what becomes faster."""
    return [
        ({"conv": 5.0, "pool": 1.0, "fc": 2.0}, {"conv": 10.0, "fc": 0.5}),
        ({"conv": 6.0, "fc": 2.0}, {"conv": 3}),
        ({"conv": 6.0, "fc": 2.0}, {"conv": math.inf}),
        ({"conv": 5.0, "pool": 1.0}, {}),
    ]


# %% tags=["expected"]
def speedup_expected(seconds, factors):
    """Returns the speed-up of the whole, and what mistakes make of it."""
    whole = sum(seconds.values())
    left = sum(time / factors.get(name, 1) for name, time in seconds.items())
    touched = [name for name in seconds if name in factors]
    before = sum(seconds[name] for name in touched)
    after = sum(seconds[name] / factors[name] for name in touched)
    given = [factors[name] for name in touched] or [1]
    everywhere = [factors.get(name, 1) for name in seconds]
    right = whole / left if left else math.inf
    others = {
        "the factors are averaged; add up the seconds that are left": sum(
            time * factors.get(name, 1) for name, time in seconds.items()
        )
        / whole,
        "the factors are averaged, whatever the seconds": np.mean(everywhere),
        "the factors that are given are averaged": np.mean(given),
        "the layers that stay as they are count too": before / (after or math.inf),
        "a name without a factor takes time too": whole / (after or math.inf),
        "this is the share of the time that is left; its inverse is asked": left
        / whole,
        "these are the seconds that are left": left,
        "these are the seconds that are saved": whole - left,
        "this is the share of the time that is saved": 1 - left / whole,
    }
    return right, others


def needed_expected(seconds, name, target):
    """Returns how much faster a part must become, and what mistakes make of it."""
    whole, part = sum(seconds.values()), seconds[name]
    rest = whole - part
    left = whole / target - rest
    right = None if left < 0 else part / left if left else math.inf
    answers = {
        "this is the target itself; the rest does not become faster": target,
        "the target times the share of these layers does not do": target * part / whole,
        "the target over the share of these layers does not do": target * whole / part,
        "these are the seconds that these layers may take": left,
    }
    if left < 0:
        answers[
            "a negative factor: without these layers the rest alone takes too long"
        ] = part / left
        answers["not even no time at all is enough; expected None"] = math.inf
    elif left == 0:
        answers["None, for a target that is just within reach; expected inf"] = None
    else:
        answers["None, for a target that can be reached"] = None
        answers["this is the inverse: the share of the time that may be left"] = (
            left / part
        )
    return right, answers


PROFILE = {"conv": 6.0, "fc": 2.0}
for seconds, factors in profiles():
    expect(f"speedup({seconds}, {factors})", *speedup_expected(seconds, factors))
for name, target in [("fc", 1.125), ("conv", 2.0), ("conv", 4.0), ("conv", 5.0)]:
    expect(
        f"needed({PROFILE}, {name!r}, {target})",
        *needed_expected(PROFILE, name, target),
    )

# %% [markdown]
# The speed-up of the whole (2 points).

# %% nbgrader={"grade_id": "test_speedup", "points": 2}
for _times, _factors in profiles():
    _call = f"speedup({_times}, {_factors})"
    checks.answer(speedup(_times, _factors), _call)
    assert _call == f"speedup({_times}, {_factors})", f"{_call} changed what it got"
### BEGIN HIDDEN TESTS
_cases = [
    ({"conv": 4.0, "fc": 3.0}, {"conv": math.inf, "fc": math.inf}),
    ({"conv": 4.0}, {"conv": 0.25}),
    ({"norm": 4.0, "fc": 3.0, "conv": 1.0}, {"fc": math.inf, "norm": 2}),
]
for _draw in np.random.default_rng(70).uniform(0.2, 9, (6, 5)).tolist():
    _times = dict(zip(("fc", "pool", "conv"), _draw[:3], strict=True))
    _cases.append((_times, {"conv": _draw[3], "pool": _draw[4]}))
for _times, _factors in _cases:
    _right, _kept = speedup_expected(_times, _factors), str((_times, _factors))
    checks.judge(speedup(_times, _factors), *_right, f"speedup{_kept}")
    assert str((_times, _factors)) == _kept, f"speedup{_kept} changed what it got"
### END HIDDEN TESTS
checks.passed("values", "dictionaries unchanged")

# %% [markdown]
# What one kind of layer must bring (2 points).

# %% nbgrader={"grade_id": "test_needed", "points": 2}
for _name, _target in [("fc", 1.125), ("conv", 2.0), ("conv", 4.0), ("conv", 5.0)]:
    _times = {"conv": 6.0, "fc": 2.0}
    _call = f"needed({_times}, {_name!r}, {_target})"
    checks.answer(needed(_times, _name, _target), _call)
    assert _times == {"conv": 6.0, "fc": 2.0}, f"{_call} changed the seconds"
### BEGIN HIDDEN TESTS
_cases = [
    ({"conv": 1.0, "fc": 2.0, "pool": 5.0}, "pool", 1.0),
    ({"conv": 1.0, "fc": 12.0, "pool": 3.0}, "fc", 4.0),
    ({"conv": 1.0, "fc": 12.0, "pool": 3.0}, "fc", 4.25),
    ({"conv": 3.0}, "conv", 512.0),
]
for _conv, _fc, _factor in np.random.default_rng(71).uniform(1, 9, (4, 3)).tolist():
    _times = {"fc": _fc, "conv": _conv, "pool": 0.5}
    _whole = _conv + _fc + 0.5
    _cases += [
        (_times, "conv", _whole / (_whole - _conv + _conv / _factor)),
        (_times, "fc", 0.99 * _whole / (_whole - _fc)),
        (_times, "fc", 1.01 * _whole / (_whole - _fc)),
    ]
for _times, _name, _target in _cases:
    _right, _kept = needed_expected(_times, _name, _target), dict(_times)
    _call = f"needed({_kept}, {_name!r}, {_target:.5g})"
    checks.judge(needed(_times, _name, _target), *_right, _call)
    assert _times == _kept, f"{_call} changed the seconds"
### END HIDDEN TESTS
checks.passed("factors", "the limit", "out of reach", "seconds unchanged")

# %% [markdown]
# ## Exercise 6: arithmetic or memory? (3 points)
#
# A chip computes so many operations a second at most, and moves so many bytes a second
# from and to its memory. If it does both at the same time, a layer takes at least as
# long as the slower of the two. That is chapter 06's roofline. Write two functions.
#
# `bound(layer, chip)` returns which of the two limits the layer, `"arithmetic"` or
# `"memory"`, and the least seconds that it takes. If both take equally long it is
# `"arithmetic"`. `layer` has `"multiply_adds"` and `"bytes"`, `chip` has `"operations"`
# and `"bandwidth"` (bytes), both a second. A multiply-add is two operations.
#
#     bound({"multiply_adds": 3e9, "bytes": 1e9},
#           {"operations": 2e12, "bandwidth": 1e11})   # ("memory", 0.01)
#
# `smallest_batch(inputs, units, chip, itemsize=4)`: a dense layer without a bias has
# inputs · units weights. For a batch of images each weight is moved once, and each
# number that comes in or goes out is moved once; `itemsize` is the bytes of a number.
# Return the smallest batch at which the layer is bound by arithmetic, and `None` if it
# is so at no batch, however large.
#
# > **Predict.** AlexNet's first dense layer has 9216 inputs and 4096 units. An H100
# > computes 295 operations in 16 bits for each byte that it moves. How many images keep
# > its arithmetic busy: about 30, 300 or 3000? And for a layer with 256 inputs and 256
# > units: more or fewer?


# %% nbgrader={"grade_id": "given_chips"}
# From data sheets, as in chapter 06. H100 and V100 in 16 bits, TPU v1 in 8, Xeon in 32.
CHIPS = {
    "H100": {"operations": 989e12, "bandwidth": 3350e9},
    "V100": {"operations": 125e12, "bandwidth": 900e9},
    "TPU v1": {"operations": 92e12, "bandwidth": 34e9},
    "Xeon": {"operations": 1.3e12, "bandwidth": 51e9},
}
# AlexNet's first convolution, with numbers of 4 bytes and of 1.
FIRST = {
    "Xeon": {"multiply_adds": 105_415_200, "bytes": 1_919_340},
    "TPU v1": {"multiply_adds": 105_415_200, "bytes": 479_835},
}
# Inputs, units, chip, itemsize.
DENSE = [(1000, 2000, "Xeon", 4), (4096, 4096, "TPU v1", 1)]
DENSE += [(9216, 4096, "H100", 2), (256, 256, "H100", 2)]


# %% nbgrader={"grade_id": "roofline"}
def bound(layer, chip):
    """Says what limits a layer on a chip, and the least time that it takes.

    Args:
        layer: Dictionary with `"multiply_adds"` and `"bytes"`.
        chip: Dictionary with `"operations"` and `"bandwidth"`, both a second.

    Returns:
        Tuple of `"arithmetic"` or `"memory"`, and seconds.
    """
    ### BEGIN SOLUTION
    computing = 2 * layer["multiply_adds"] / chip["operations"]
    moving = layer["bytes"] / chip["bandwidth"]
    return "memory" if moving > computing else "arithmetic", max(computing, moving)
    ### END SOLUTION


def smallest_batch(inputs, units, chip, itemsize=4):
    """Finds the smallest batch at which a dense layer is bound by arithmetic.

    Args:
        inputs: Integer, numbers that come in for an image.
        units: Integer, numbers that go out.
        chip: Dictionary with `"operations"` and `"bandwidth"`, both a second.
        itemsize: Integer, bytes of a number.

    Returns:
        Integer, or `None` if there is no such batch.
    """
    ### BEGIN SOLUTION
    # Bytes that may be moved in the time that an image's arithmetic takes.
    room = 2 * inputs * units / (chip["operations"] / chip["bandwidth"])
    # Those that are left for the weights.
    room -= itemsize * (inputs + units)
    return math.ceil(itemsize * inputs * units / room) if room > 0 else None
    ### END SOLUTION


# %% tags=["expected"]
def bound_expected(layer, chip):
    """Returns the limit and the least seconds, and what mistakes make of them."""
    computing = 2 * layer["multiply_adds"] / chip["operations"]
    moving = layer["bytes"] / chip["bandwidth"]
    names = "arithmetic", "memory"
    name = names[moving > computing]

    def limit(computing, moving):
        return names[moving > computing], max(computing, moving)

    if moving == computing:
        tie = "both take equally long, which counts as arithmetic"
        return (name, moving), {tie: ("memory", moving)}
    return (name, max(computing, moving)), {
        "a multiply-add is two operations": limit(computing / 2, moving),
        "the slower of the two counts, not the faster": (name, min(computing, moving)),
        "the names are swapped": (names[moving <= computing], max(computing, moving)),
        "this is the faster of the two": (
            names[moving <= computing],
            min(computing, moving),
        ),
        "both happen at the same time; they are added": (name, computing + moving),
    }


def batch_expected(inputs, units, chip, itemsize=4):
    """Returns the smallest batch, and what mistakes make of it."""

    def smallest(adds=2, moved=inputs + units, size=itemsize, way=math.ceil, least=0.0):
        room = adds * inputs * units * chip["bandwidth"] / chip["operations"]
        room -= size * moved
        return way(size * inputs * units / room) if room > least and room else None

    right = smallest()
    answers = {
        "the images are moved, too, not only the weights": smallest(moved=0),
        "what goes out is moved, too": smallest(moved=inputs),
        "what comes in is moved, too": smallest(moved=units),
        "itemsize is ignored": smallest(size=4),
        "these are numbers, not bytes: itemsize is missing": smallest(size=1),
    }
    if itemsize == 4:
        # Else it may give what an ignored itemsize gives.
        answers["a multiply-add is two operations"] = smallest(adds=1)
    if right is None:
        answers["more images never keep up here; expected None"] = smallest(
            least=-math.inf
        )
    else:
        answers["this batch is too small by one"] = right - 1
        answers["this batch is too large by one"] = right + 1
    return right, answers


expect(
    "bound of the example",
    *bound_expected(
        {"multiply_adds": 3e9, "bytes": 1e9}, {"operations": 2e12, "bandwidth": 1e11}
    ),
)
for name, layer in FIRST.items():
    question = f"bound of AlexNet's first layer on {name}"
    expect(question, *bound_expected(layer, CHIPS[name]))
for inputs, units, name, size in DENSE:
    expect(
        f"smallest_batch of {inputs} inputs, {units} units, {size} bytes on {name}",
        *batch_expected(inputs, units, CHIPS[name], size),
    )

# %% [markdown]
# Which limit, and how long (1 point).

# %% nbgrader={"grade_id": "test_bound", "points": 1}
_chip = {"operations": 2e12, "bandwidth": 1e11}
_found = bound({"multiply_adds": 3e9, "bytes": 1e9}, _chip)
checks.answer(_found, "bound of the example", atol=0)
for _name, _layer in FIRST.items():
    _found = bound(dict(_layer), dict(CHIPS[_name]))
    checks.answer(_found, f"bound of AlexNet's first layer on {_name}", atol=0)
### BEGIN HIDDEN TESTS
_cases = [
    # Equally long, and no arithmetic at all.
    ({"multiply_adds": 2**30, "bytes": 2**28}, 2**40, 2**37),
    ({"multiply_adds": 0, "bytes": 4096}, 2**40, 2**37),
]
for _scale in (0.1, 0.4, 0.9, 1.1, 1.7, 9):
    _chip = np.random.default_rng(int(10 * _scale)).integers(10**9, 10**12, 2).tolist()
    _ridge, _bytes = _chip[0] / _chip[1], int(1e7 / _scale)
    _adds = int(_scale * _ridge * _bytes / 2)
    _cases.append(({"bytes": _bytes, "multiply_adds": _adds}, *_chip))
for _layer, _operations, _bandwidth in _cases:
    _chip = {"bandwidth": _bandwidth, "operations": _operations}
    _right, _kept = bound_expected(_layer, _chip), (dict(_layer), dict(_chip))
    _call = f"bound({_layer}, {_chip})"
    checks.judge(bound(_layer, _chip), *_right, _call, atol=0)
    assert (_layer, _chip) == _kept, f"{_call} changed what it was given"
### END HIDDEN TESTS
checks.passed("limit", "seconds")

# %% [markdown]
# The smallest batch of a dense layer (2 points).

# %% nbgrader={"grade_id": "test_smallest_batch", "points": 2}
for _inputs, _units, _name, _size in DENSE:
    _call = f"smallest_batch of {_inputs} inputs, {_units} units, {_size} bytes on"
    _found = smallest_batch(_inputs, _units, dict(CHIPS[_name]), _size)
    checks.answer(_found, f"{_call} {_name}", 0, 0.1)
### BEGIN HIDDEN TESTS
# Exactly 32 images, and a gap that closes and is never closed; one image is enough.
_even = {"operations": 2**40, "bandwidth": 2**37}
_slow = {"operations": 2e10, "bandwidth": 1e12}
for _inputs, _units, _chip, _size in [
    (64, 64, _even, 4),
    (32, 32, _even, 4),
    (16, 48, _even, 4),
    (9216, 4096, _slow, 2),
    (25088, 4096, CHIPS["V100"], 4),
    (4096, 25088, CHIPS["V100"], 2),
    (700, 300, CHIPS["V100"], 2),
    (2000, 11000, CHIPS["TPU v1"], 1),
    (138, 140, CHIPS["V100"], 1),
    (64, 10, CHIPS["Xeon"], 8),
    (1024, 10, {"operations": 3e12, "bandwidth": 1e12}, 4),
]:
    _right, _chip = batch_expected(_inputs, _units, _chip, _size), dict(_chip)
    _kept, _named = dict(_chip), {} if _size == 4 else {"itemsize": _size}
    _call = f"smallest_batch({_inputs}, {_units}, {_chip}, itemsize={_size})"
    _found = smallest_batch(_inputs, _units, _chip, **_named)
    checks.judge(_found, *_right, _call, 0, 0.1)
    assert _chip == _kept, f"{_call} changed the chip"
### END HIDDEN TESTS
checks.passed("batches", "out of reach")

# %% [markdown]
# Look: dense layers with as many inputs as units, with numbers of 16 bits, under the
# roof of an H100. It takes your exercises 4 and 6: a dense layer is a convolution of
# size 1 on images of one pixel. Each dot is a batch. Where do the dots change their
# colour, and why do those on the right never?


# %% nbgrader={"grade_id": "look_roofline"}
def look():
    """Draws dense layers of 4096 and of 256 units, for batches from 1 to 16384."""
    from matplotlib import pyplot as plt

    from layerwise import plots, roofline

    chip = CHIPS["H100"]
    axes = plots.panels(2, width=4.8, height=3.6, sharey=True)[1]
    for ax, units in zip(axes, (4096, 256), strict=True):
        roofline.draw(
            ax,
            chip["operations"],
            chip["bandwidth"],
            color=plots.GREY,
            span=(0.3, 3000),
        )
        for batch in 4 ** np.arange(8):
            adds, moved, _ = conv_costs((int(batch), 1, 1, units), units, 1, 1, 2)
            limit, seconds = bound({"multiply_adds": adds, "bytes": moved}, chip)
            color = plots.BLUE if limit == "memory" else plots.VERMILION
            ax.plot(2 * adds / moved, 2 * adds / seconds / 1e9, "o", color=color)
        ax.set_title(f"{units} inputs, {units} units")
    plt.show()


# %%
# look()
