# %% [markdown]
# # Assignment 08: fewer bits
#
# Chapter 08 rounded networks to few bits, symmetrically around zero. Here you take
# numbers apart, build the scheme *with* a zero point that phones use, fold a
# normalisation away, and let a training survive sixteen bits.
#
# | | Exercise | Points |
# |---|---|---|
# | 1 | A float from its bits | 3 |
# | 2 | Quantisation with a zero point | 5 |
# | 3 | Fold, then quantise each filter | 4 |
# | 4 | A convolution of integers | 3 |
# | 5 | Loss scaling | 3 |
# | 6 | A network in mixed precision | 2 |
#
# Write your code where it says `YOUR CODE HERE`. The cells below each exercise test
# it; when your work is graded, they ask the same of other inputs too. No exercise needs
# an earlier one. What a test expects stands in `expected.json`, beside this notebook.
# Arrays are NumPy's, channels last. No function may change an array or a list that it
# is given.

# %% nbgrader={"grade_id": "setup"}
import math

import keras
import numpy as np
from keras import layers, ops

from layerwise import checks

checks.short_errors()

# %% [markdown]
# ## Exercise 1: a float from its bits (3 points)
#
# A number of 16 bits is a sign bit s, an exponent field e and a fraction field f. With
# E exponent bits and F = 15 − E fraction bits, and a bias of 2^(E − 1) − 1, it stands
# for
#
# | exponent field | value |
# |---|---|
# | between | (−1)^s · 2^(e − bias) · (1 + f / 2^F) |
# | all zeros | (−1)^s · 2^(1 − bias) · (f / 2^F), *subnormal* |
# | all ones | (−1)^s · ∞ if f = 0, else NaN |
#
# Write `decode(pattern, exponent_bits)`. `pattern` is an integer from 0 to 65535. With
# 5 exponent bits this is `float16`, with 8 it is `bfloat16`; any number of exponent
# bits from 2 to 8 is asked for.
#
#     decode(0b0_01111_0000000000, 5)  # 1.0
#     decode(0b1_10000000_1000000, 8)  # -3.0
#     decode(0b0_00000_0000000001, 5)  # 2**-24


# %% nbgrader={"grade_id": "decode"}
def decode(pattern, exponent_bits):
    """Computes the number that 16 bits stand for.

    Args:
        pattern: Integer, 0 to 65535.
        exponent_bits: Integer, 2 to 8; the rest but one are the fraction's.

    Returns:
        Float.
    """
    ### BEGIN SOLUTION
    fraction_bits = 15 - exponent_bits
    sign = -1.0 if pattern >> 15 else 1.0
    exponent = (pattern >> fraction_bits) & (2**exponent_bits - 1)
    fraction = (pattern & (2**fraction_bits - 1)) / 2**fraction_bits
    bias = 2 ** (exponent_bits - 1) - 1
    if exponent == 2**exponent_bits - 1:
        return math.nan if fraction else sign * math.inf
    if exponent == 0:
        return sign * 2.0 ** (1 - bias) * fraction
    return sign * 2.0 ** (exponent - bias) * (1 + fraction)
    ### END SOLUTION


# %% tags=["expected"]
def fields(pattern, exponent_bits):
    """Returns the sign, the exponent field, the fraction below 1, and its bits."""
    text = format(pattern, "016b")
    bits = 15 - exponent_bits
    fraction = int(text[1 + exponent_bits :], 2) / 2.0**bits
    return 1 - 2 * int(text[0]), int(text[1 : 1 + exponent_bits], 2), fraction, bits


def decode_expected(pattern, exponent_bits):
    """Returns an ordinary number, and what mistakes make of it."""
    sign, exponent, fraction, bits = fields(pattern, exponent_bits)
    bias = 2 ** (exponent_bits - 1) - 1
    right = sign * np.ldexp(1 + fraction, exponent - bias)
    found = {
        "it has the wrong sign": -right,
        "it is half of what is expected: is the bias one too large?": right / 2,
        "it is twice what is expected: is the bias one too small?": right * 2,
        "the exponent has no bias": sign * np.ldexp(1 + fraction, exponent),
        "the 1 before the fraction is missing": right * fraction / (1 + fraction),
        "the fraction is not divided by 2**F": right
        * (1 + fraction * 2**bits)
        / (1 + fraction),
        "the exponent is taken for that of base 10": sign
        * 10.0 ** (exponent - bias)
        * (1 + fraction),
    }
    for other in (5, 8):
        name = f"it is read with {other} exponent bits"
        found[name] = reference_decode(pattern, other)
    return right, found


def special_expected(pattern, exponent_bits):
    """Returns a special number in steps of ordinary ones, and what mistakes give."""
    _, exponent, fraction, bits = fields(pattern, exponent_bits)
    steps = 2.0**bits
    as_ever = np.ldexp(1 + fraction, exponent - 1) * steps
    if exponent:
        found = {
            "all ones in the exponent field stand for infinity or NaN": as_ever,
            "it has the wrong sign": -math.inf,
        }
        if fraction:
            return math.nan, found | {"a fraction other than 0 makes it NaN": math.inf}
        return math.inf, found | {"a fraction of 0 makes it infinite": math.nan}
    return fraction * steps, {
        "all zeros in the exponent field mean no 1 before the fraction, and the power "
        "1 - bias": as_ever,
        "all zeros in the exponent field mean no 1 before the fraction": 2 * as_ever,
        "it is half of what is expected: the power is 1 - bias": fraction * steps / 2,
        "it has the wrong sign": -fraction * steps,
        "subnormal numbers are not 0": 0.0,
    }


def patterns(exponent_bits, special, seed=81):
    """Draws patterns of ordinary or of special numbers."""
    rng = np.random.default_rng([seed, exponent_bits])
    bits, ones = 15 - exponent_bits, 2**exponent_bits - 1
    if not special:
        drawn = rng.integers(1, ones, 6) << bits | rng.integers(0, 2**bits, 6)
        ends = [1 << bits, (ones << bits) - 1, ones - 1 << bits]
        signs = [0, 1, 0, 1, 1, 0, 0, 1, 1]
    else:
        low = rng.integers(1, 2**bits, 2)
        drawn = [*low, *(low | ones << bits)]
        ends = [1, 2**bits - 1, 1 << bits - 1, ones << bits, ones << bits, 0]
        ends += [ones << bits | 1]
        signs = [0, 1, 0, 1, 1, 0, 1, 1, 0, 0, 0]
    pairs = zip([*drawn, *ends], signs, strict=True)
    return [(int(p) | sign << 15, exponent_bits) for p, sign in pairs]


ORDINARY = [(0b1_10101_1001000000, 5), (0b0_101_110000000000, 3)]
SPECIAL = [(0b0_00000_0000000001, 5), (0b1_00000000_1100000, 8)]
SPECIAL += [(0b1_11111_0000000000, 5), (0b0_111_000000000001, 3)]
for case in ORDINARY:
    expect("decode(0b{:016b}, {})".format(*case), *decode_expected(*case))
for case in SPECIAL:
    name = "decode(0b{:016b}, {}) in steps".format(*case)
    expect(name, *special_expected(*case))

# %% [markdown]
# Ordinary numbers (1 point).

# %% nbgrader={"grade_id": "test_decode", "points": 1}
for _bits, _e in [(0b1_10101_1001000000, 5), (0b0_101_110000000000, 3)]:
    checks.answer(decode(_bits, _e), f"decode(0b{_bits:016b}, {_e})", 1e-5, 0)
### BEGIN HIDDEN TESTS
_cases = [_case for _e in range(2, 9) for _case in patterns(_e, special=False)]
_calls = ["decode(0b{:016b}, {})".format(*_case) for _case in _cases]
_rights = [decode_expected(*_case) for _case in _cases]
_received = checks.each(decode, _cases)
for _call, _right, _found in zip(_calls, _rights, _received, strict=True):
    checks.judge(_found, *_right, _call, 1e-5, 0)
### END HIDDEN TESTS
checks.passed("ordinary numbers")

# %% [markdown]
# Subnormal numbers, zero, infinities and NaN (2 points). The next cell is given: it
# counts in steps from one ordinary number to the next, there where they are smallest.
# Subnormal numbers are as far from each other. What is wrong with ordinary numbers, say
# the bias, costs nothing here.


# %% nbgrader={"grade_id": "given_in_steps"}
def in_steps(pattern, exponent_bits):
    """Divides what decode gives by the step between the smallest ordinary numbers."""
    smallest = (pattern & 0x8000) | (1 << (15 - exponent_bits))
    asked = [(bits, exponent_bits) for bits in (pattern, smallest, smallest + 1)]
    found = checks.each(decode, asked)
    for one in found:
        checks.shape(one, (), "what decode returns")
    # TensorFlow makes 0 of subnormal numbers that it subtracts.
    value, low, high = np.array([ops.convert_to_numpy(one) for one in found], "float64")
    return value / (high - low)


# %% nbgrader={"grade_id": "test_decode_special", "points": 2}
for _bits, _e in [
    (0b0_00000_0000000001, 5),
    (0b1_00000000_1100000, 8),
    (0b1_11111_0000000000, 5),
    (0b0_111_000000000001, 3),
]:
    _call = f"decode(0b{_bits:016b}, {_e}) in steps"
    checks.answer(in_steps(_bits, _e), _call, 1e-5, 0)
### BEGIN HIDDEN TESTS
_cases = [_case for _e in range(2, 9) for _case in patterns(_e, special=True)]
_call = "decode(0b{:016b}, {}) in steps"
_calls = [_call.format(*_case) for _case in _cases]
_rights = [special_expected(*_case) for _case in _cases]
_received = checks.each(in_steps, _cases)
for _call, _right, _found in zip(_calls, _rights, _received, strict=True):
    checks.judge(_found, *_right, _call, 1e-5, 0)
### END HIDDEN TESTS
checks.passed("subnormal numbers", "infinity", "NaN")

# %% [markdown]
# ## Exercise 2: quantisation with a zero point (5 points)
#
# After a ReLU nothing is negative, and a symmetric scheme wastes half of its integers.
# With a *zero point* z the integers 0 … 2^bits − 1 cover any range:
#
# q = round(x / scale) + z, clipped to 0 … 2^bits − 1, and x ≈ (q − z) · scale.
#
# **`parameters(low, high, bits=8)`** returns `(scale, zero_point)` for numbers from
# `low` to `high`:
#
# 1. the range is widened until it contains 0, if it does not: padding is made of
#    zeros, and 0 must be represented exactly;
# 2. scale = (high − low) / (2^bits − 1), and 1 where the range is just 0;
# 3. zero_point = round(−low / scale), an integer from 0 to 2^bits − 1.
#
# **`to_integers(x, scale, zero_point, bits=8)`** returns an array of `uint8`, and
# **`to_floats(q, scale, zero_point)`** one of floats. Halves between two integers do
# not occur in tests; `np.round` is the rounding meant.
#
# A common mistake: `q - zero_point`, where `q` holds `uint8` numbers, wraps around.
#
# To check by hand: from −1.3 to 2.2 with 3 bits the scale is 3.5 / 7 = 0.5 and the zero
# point round(2.6) = 3. With these, (−2, −1.4, 0, 0.3, 9) becomes (0, 0, 3, 4, 7), and
# that becomes (−1.5, −1.5, 0, 0.5, 2).


# %% nbgrader={"grade_id": "affine"}
def parameters(low, high, bits=8):
    """Chooses the step and the zero point for a range of numbers.

    Args:
        low: Float, the least number.
        high: Float, the greatest; at least `low`.
        bits: Integer, 2 to 8.

    Returns:
        Pair of a float, the scale, and an integer, the zero point.
    """
    ### BEGIN SOLUTION
    low, high = min(low, 0.0), max(high, 0.0)
    top = 2**bits - 1
    scale = (high - low) / top if high > low else 1.0
    return scale, int(np.round(-low / scale))
    ### END SOLUTION


def to_integers(x, scale, zero_point, bits=8):
    """Rounds numbers to integers.

    Args:
        x: Array of floats, of any shape.
        scale: Float.
        zero_point: Integer, 0 to 2**bits - 1.
        bits: Integer, 2 to 8.

    Returns:
        `uint8` array of x's shape, 0 to 2**bits - 1.
    """
    ### BEGIN SOLUTION
    q = np.round(x / scale) + zero_point
    return np.clip(q, 0, 2**bits - 1).astype("uint8")
    ### END SOLUTION


def to_floats(q, scale, zero_point):
    """Computes the numbers for which integers stand.

    Args:
        q: `uint8` array, of any shape.
        scale: Float.
        zero_point: Integer, 0 to 255.

    Returns:
        Array of floats of q's shape.
    """
    ### BEGIN SOLUTION
    return (q.astype("float32") - zero_point) * np.float32(scale)
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_numbers"}
def numbers(seed, shape, scale, zero_point, bits=8):
    """Draws numbers, many of them out of range, and none between two integers."""
    rng = np.random.default_rng(seed)
    top = 2**bits - 1
    steps = rng.integers(-zero_point - top // 2, 3 * top // 2 - zero_point + 1, shape)
    steps.reshape(-1)[:4] = -70_000, 70_000, -zero_point - 300, 2 * top - zero_point
    return ((steps + rng.uniform(-0.4, 0.4, shape)) * scale).astype("float32")


# %% tags=["expected"]
def parameters_expected(low, high, bits=8):
    """Returns scale and zero point of a range, and what mistakes make of them."""
    a, b, top = min(low, 0.0), max(high, 0.0), 2**bits - 1
    step, plain = (b - a) / top or 1.0, (high - low) / top or 1.0
    zero, shifted = float(np.round(-a / step)), float(np.round(-low / plain))
    symmetric = max(-a, b) / (2 ** (bits - 1) - 1) or 1.0
    wide = (b - a) / (top + 1) or 1.0
    found = {
        "the range was not widened to contain 0": (plain, shifted),
        "2**bits integers have 2**bits - 1 steps between them": (
            wide,
            float(np.round(-a / wide)),
        ),
        "this is the symmetric scheme of the chapter": (symmetric, 2.0 ** (bits - 1)),
        "the zero point is not rounded, so that 0 is not represented exactly": (
            step,
            -a / step,
        ),
        "the zero point is rounded down": (step, float(np.floor(-a / step))),
        "the zero point has the wrong sign": (step, -zero),
        "the scale of a range that is just 0 is 1": (0.0, 0.0),
    }
    clipped = float(np.clip(shifted, 0, top))
    if clipped != shifted:
        found["the range was not widened: it must contain 0"] = (plain, clipped)
    return (step, zero), found


def integers_expected(x, scale, zero_point, bits=8):
    """Returns the integers of numbers, and what mistakes make of them."""
    x, top = np.asarray(x, "float64"), 2**bits - 1
    right = np.round(x / scale) + zero_point

    def clipped(q):
        return np.clip(q, 0, top)

    return clipped(right), {
        "it rounds down; expected to the nearest": clipped(
            np.floor(x / scale) + zero_point
        ),
        "it rounds towards zero; expected to the nearest": clipped(
            np.trunc(x / scale) + zero_point
        ),
        "the zero point is missing": clipped(np.round(x / scale)),
        "the zero point is subtracted; expected added": clipped(right - 2 * zero_point),
        "numbers out of range wrap around; expected clipped": right % 256,
        "numbers out of range are not clipped": right,
        "it is clipped to 0…255, whatever `bits` is": np.clip(right, 0, 255),
        "it is clipped before the zero point is added": (
            clipped(np.round(x / scale)) + zero_point
        ),
        "x is multiplied by the scale; expected divided": clipped(
            np.round(x * scale) + zero_point
        ),
    }


def floats_expected(q, scale, zero_point):
    """Returns the numbers of integers, and what mistakes make of them."""
    wide = np.asarray(q, "float64")
    return (wide - zero_point) * scale, {
        "q - zero_point wraps around, because q is uint8": (wide - zero_point)
        % 256
        * scale,
        "the zero point is missing": wide * scale,
        "the zero point is added; expected subtracted": (wide + zero_point) * scale,
        "it is divided by the scale; expected multiplied": (wide - zero_point) / scale,
        "the zero point is not multiplied by the scale": wide * scale - zero_point,
    }


RANGES = [(-1.3, 2.2, 3), (2.0, 6.0, 8), (-4.0, -1.0, 8), (0, 0, 8)]
for case in RANGES:
    expect("parameters({}, {}, bits={})".format(*case), *parameters_expected(*case))
expect(
    "to_integers of 2×6 numbers, scale 0.05, zero point 100",
    *integers_expected(numbers(83, (2, 6), 0.05, 100), 0.05, 100),
)
expect("the dtype of to_integers", "uint8")
expect(
    "to_integers of the example, 3 bits",
    *integers_expected([-2.0, -1.4, 0, 0.3, 9], 0.5, 3, 3),
)
FEW = np.array([[0, 100], [101, 255]])
expect("to_floats with scale 0.05, zero point 100", *floats_expected(FEW, 0.05, 100))
expect(
    "to_floats of the example",
    *floats_expected([0, 0, 3, 4, 7], 0.5, 3),
)

# %% [markdown]
# The parameters (2 points).

# %% nbgrader={"grade_id": "test_parameters", "points": 2}
for _low, _high, _bits in [(-1.3, 2.2, 3), (2.0, 6.0, 8), (-4.0, -1.0, 8), (0, 0, 8)]:
    _call = f"parameters({_low}, {_high}, bits={_bits})"
    checks.answer(parameters(_low, _high, _bits), _call, 1e-5, 0)
### BEGIN HIDDEN TESTS
_cases = [
    (-0.01, 10.0, 6),
    (0.5, 3.0, 5),
    (-2.5, -0.25, 3),
    (4.0, 4.0, 6),
    (1e-9, 1, 7),
]
_cases += [
    (-3.0, -3.0, 8),
    (0.0, 0.0, 2),
    (-7.0, 0.0, 2),
    (0.0, 0.6, 8),
    (-9.0, 0.1, 4),
]
for _low, _span, _bits in np.random.default_rng(82).uniform(-3, 3, (16, 3)).tolist():
    _cases.append((_low, _low + abs(_span), 5 + round(_bits)))
_calls = ["parameters({:.4g}, {:.4g}, bits={})".format(*_case) for _case in _cases]
_rights = [parameters_expected(*_case) for _case in _cases]
_received = checks.each(parameters, _cases)
for _call, _right, _found in zip(_calls, _rights, _received, strict=True):
    checks.judge(_found, *_right, _call, 1e-5, 0)
for _case in [(-0.7, 1.9), (0.3, 0.9)]:
    _call = "parameters({}, {})".format(*_case)
    checks.judge(parameters(*_case), *parameters_expected(*_case), _call, 1e-5, 0)
_found = parameters(-2.0, 1.1, bits=6)
_right = parameters_expected(-2.0, 1.1, 6)
checks.judge(_found, *_right, "parameters(-2.0, 1.1, bits=6)", 1e-5, 0)
### END HIDDEN TESTS
checks.passed("scale", "zero point")

# %% [markdown]
# To integers (2 points).

# %% nbgrader={"grade_id": "test_to_integers", "points": 2}
_x = numbers(83, (2, 6), 0.05, 100)
_kept = _x.copy()
_found = to_integers(_x, 0.05, 100)
checks.answer(_found, "to_integers of 2×6 numbers, scale 0.05, zero point 100", 0, 0)
checks.answer(ops.convert_to_numpy(_found).dtype.name, "the dtype of to_integers")
checks.unchanged([_x], [_kept], "the numbers given to to_integers")
_found = to_integers(np.array([-2, -1.4, 0, 0.3, 9]), 0.5, 3, bits=3)
checks.answer(_found, "to_integers of the example, 3 bits", 0, 0)
### BEGIN HIDDEN TESTS
for _seed, _shape, _scale, _zero, _bits in [
    (1, (7,), 1.0, 255, 8),
    (2, (3, 5), 0.25, 7, 4),
    (3, (2, 3, 1, 4), 0.01, 128, 8),
    (4, (4, 4), 0.1, 0, 6),
    (5, (1, 9), 30.0, 1, 2),
    (6, (5, 2, 2), 0.7, 11, 5),
]:
    _x = numbers(_seed, _shape, _scale, _zero, _bits)
    _right = integers_expected(_x, _scale, _zero, _bits)
    _call = f"to_integers with scale {_scale}, zero point {_zero}, {_bits} bits"
    _found = to_integers(_x.astype("float64"), _scale, _zero, _bits)
    checks.judge(_found, *_right, _call, 0, 0)
    _dtype = ops.convert_to_numpy(_found).dtype.name
    checks.judge(_dtype, "uint8", what="the dtype of to_integers")
### END HIDDEN TESTS
checks.passed("integers", "dtype", "clipped")

# %% [markdown]
# And back (1 point).

# %% nbgrader={"grade_id": "test_to_floats", "points": 1}
_found = to_floats(np.array([[0, 100], [101, 255]], "uint8"), 0.05, 100)
checks.answer(_found, "to_floats with scale 0.05, zero point 100")
_found = to_floats(np.array([0, 0, 3, 4, 7], "uint8"), 0.5, 3)
checks.answer(_found, "to_floats of the example")
### BEGIN HIDDEN TESTS
for _shape, _scale, _zero in [
    ((16, 16), 0.5, 255),
    ((4, 8, 8), 0.01, 128),
    ((256,), 3.0, 1),
    ((2, 4, 4, 8), 0.1, 0),
]:
    _q = np.random.default_rng(84).permutation(256).astype("uint8").reshape(_shape)
    _kept, _right = _q.copy(), floats_expected(_q, _scale, _zero)
    _call = f"to_floats with scale {_scale}, zero point {_zero}"
    checks.judge(to_floats(_q, _scale, _zero), *_right, _call)
    checks.unchanged([_q], [_kept], "the integers given to to_floats")
### END HIDDEN TESTS
checks.passed("values")

# %% [markdown]
# ## Exercise 3: fold, then quantise each filter (4 points)
#
# When training is over, batch normalisation is a multiplication and an addition for
# each channel, and both can be done once and for all in the convolution before it:
#
# γ · (conv(x) + b − μ) / √(σ² + ε) + β is a convolution with another kernel and bias.
#
# Write `fold(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3)`, which returns
# these two. With one weight of 3, b = 1, γ = 4, β = 5, μ = 2, σ² = 3 and ε = 1 the new
# weight is 6 and the new bias 3.
#
# And write `quantize_filters(kernel)`: symmetric `int8`, each filter with a scale of
# its own, its largest |weight| / 127 (1 for a filter of zeros). Integers are
# weight / scale, rounded, and run from −127 to 127.


# %% nbgrader={"grade_id": "fold"}
def fold(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    """Folds batch normalisation into the convolution before it.

    Args:
        kernel: Array of shape (kernel_size, kernel_size, channels, filters).
        bias: Array of shape (filters,).
        gamma: Array of shape (filters,), the normalisation's scale.
        beta: Array of shape (filters,), its offset.
        mean: Array of shape (filters,), its moving mean.
        variance: Array of shape (filters,), its moving variance.
        epsilon: Float, added to the variance.

    Returns:
        Pair of arrays, the new kernel and the new bias, of the shapes of the old.
    """
    ### BEGIN SOLUTION
    factor = gamma / np.sqrt(variance + epsilon)
    return kernel * factor, (bias - mean) * factor + beta
    ### END SOLUTION


def quantize_filters(kernel):
    """Rounds a kernel to 8 bits, each filter with its own step.

    Args:
        kernel: Array of shape (kernel_size, kernel_size, channels, filters).

    Returns:
        Pair of the `int8` array of the same shape, and the scales, (filters,).
    """
    ### BEGIN SOLUTION
    reach = np.abs(kernel).max((0, 1, 2))
    scales = np.where(reach > 0, reach / 127, 1)
    return np.round(kernel / scales).astype("int8"), scales
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_layer"}
def normalised(seed, size, channels, filters):
    """Draws kernel, bias, gamma, beta, mean and variance."""
    rng = np.random.default_rng(seed)
    kernel = rng.normal(size=(size, size, channels, filters))
    return [kernel, *rng.normal(size=(4, filters)), 10 ** rng.uniform(-3, 0, filters)]


def uneven(seed, size, channels, filters):
    """Draws a kernel whose filters differ in size and sign; the second is of zeros."""
    kernel = np.random.default_rng(seed).normal(size=(size, size, channels, filters))
    kernel[0, -1, 0] = 4 * (-1.0) ** np.arange(1, filters + 1)
    kernel[..., 1:2] = 0
    return kernel * 10.0 ** -np.arange(filters)


# %% tags=["expected"]
def fold_expected(kernel, bias, gamma, beta, mean, variance, epsilon=1e-3):
    """Returns the folded kernel and bias, and what mistakes make of them."""
    given = (kernel, bias, gamma, beta, mean, variance)
    kernel, bias, gamma, beta, mean, variance = (
        np.array(part, "float64") for part in given
    )

    def folded(factor, b=bias, m=mean, add=beta):
        return kernel * factor, (b - m) * factor + add

    factor = gamma / np.sqrt(variance + epsilon)
    return folded(factor), {
        "the old bias is lost": folded(factor, b=0),
        "the old bias is not scaled": (
            kernel * factor,
            bias - mean * factor + beta,
        ),
        "epsilon is missing": folded(gamma / np.sqrt(variance)),
        "epsilon is always 0.001": folded(gamma / np.sqrt(variance + 1e-3)),
        "epsilon is added after the square root": folded(
            gamma / (np.sqrt(variance) + epsilon)
        ),
        "the variance is taken for the deviation: a square root is missing": folded(
            gamma / (variance + epsilon)
        ),
        "gamma is missing": folded(1 / np.sqrt(variance + epsilon)),
        "beta is missing": folded(factor, add=0),
        "the mean is added; expected subtracted": folded(factor, m=-mean),
        "the mean is missing": folded(factor, m=0),
        "the kernel is as it was": (kernel, folded(factor)[1]),
        "the bias is as it was": (kernel * factor, bias),
    }


def filters_expected(kernel):
    """Returns the integers and scales of filters, and what mistakes make of them."""
    kernel = np.array(kernel, "float64")
    size = np.abs(kernel)

    def rounded(reach, way=np.round, steps=127, least=1.0):
        scales = np.where(reach > 0, reach / steps, 1.0)
        shown = np.where(reach > 0, scales, least)
        return np.clip(way(kernel / scales), -128, 127), shown

    reach = size.max((0, 1, 2))
    one = rounded(size.max())
    each = rounded(size.max((0, 1, 3))[:, None])
    return rounded(reach), {
        "the scales divide by 128; expected 127: +128 does not fit in int8": rounded(
            reach, steps=128
        ),
        "the scales divide by 255; expected 127: they are for both signs": rounded(
            reach, steps=255
        ),
        "it has one scale; expected one for each filter": (one[0], one[1].reshape(())),
        "it has the same scale for all; expected one for each filter": (
            one[0],
            np.full(len(reach), one[1]),
        ),
        "it has a scale for each input channel; expected one for each filter": (
            each[0],
            each[1].reshape(-1),
        ),
        "it rounds towards zero; expected to the nearest": rounded(reach, np.trunc),
        "it rounds down; expected to the nearest": rounded(reach, np.floor),
        "the scale of a filter of zeros is 1": rounded(reach, least=0.0),
        "the scales are of the largest weight; expected the largest |weight|": rounded(
            np.maximum(kernel.max((0, 1, 2)), 0)
        ),
    }


expect("fold of 3 filters 2×2", *fold_expected(*normalised(85, 2, 4, 3)))
expect(
    "fold of the example",
    *fold_expected(np.full((1, 1, 1, 1), 3.0), [1.0], [4.0], [5.0], [2.0], [3.0], 1.0),
)
expect("quantize_filters of 3 filters 2×2", *filters_expected(uneven(86, 2, 4, 3)))
expect("the dtype of quantize_filters", "int8")

# %% [markdown]
# Folding (2 points).

# %% nbgrader={"grade_id": "test_fold", "points": 2}
checks.answer(fold(*normalised(85, 2, 4, 3)), "fold of 3 filters 2×2", 1e-4)
_one = [np.array([_value]) for _value in (1.0, 4.0, 5.0, 2.0, 3.0)]
_pair = fold(np.full((1, 1, 1, 1), 3.0), *_one, epsilon=1.0)
checks.answer(_pair, "fold of the example", 1e-4)
### BEGIN HIDDEN TESTS
for _seed, _size, _channels, _filters, _epsilon in [
    (1, 3, 2, 6, 1.0),
    (2, 1, 5, 1, 1e-2),
    (3, 5, 1, 4, 0.1),
    (4, 2, 3, 3, 1e-5),
]:
    _parts = normalised(_seed, _size, _channels, _filters)
    _kept, _right = [_p.copy() for _p in _parts], fold_expected(*_parts, _epsilon)
    _call = f"fold of {_filters} filters {_size}×{_size} with epsilon {_epsilon}"
    checks.judge(fold(*_parts, _epsilon), *_right, _call, 1e-4)
    checks.unchanged(_parts, _kept, "the arrays given to fold")
_parts = [_p.astype("float32") for _p in normalised(5, 3, 4, 5)]
_right = fold_expected(*_parts)
checks.judge(fold(*_parts), *_right, "fold of 5 filters 3×3 in float32", atol=1e-4)
### END HIDDEN TESTS
checks.passed("kernel", "bias")

# %% [markdown]
# Each filter with its own step (2 points).

# %% nbgrader={"grade_id": "test_quantize_filters", "points": 2}
_call = "quantize_filters of 3 filters 2×2"
_pair = checks.unpack(quantize_filters(uneven(86, 2, 4, 3)), 2, _call)
checks.answer(_pair, _call, 1e-4, 0)
_name = ops.convert_to_numpy(_pair[0]).dtype.name
checks.answer(_name, "the dtype of quantize_filters")
### BEGIN HIDDEN TESTS
for _seed, _size, _channels, _filters in [
    (1, 3, 2, 4),
    (2, 1, 8, 3),
    (3, 5, 1, 2),
    (4, 2, 3, 1),
    (5, 3, 5, 5),
]:
    _kernel = uneven(_seed, _size, _channels, _filters)
    _kept, _right = _kernel.copy(), filters_expected(_kernel)
    _call = f"quantize_filters of {_filters} filters {_size}×{_size}"
    checks.judge(quantize_filters(_kernel), *_right, _call, 1e-4, 0)
    checks.unchanged([_kernel], [_kept], "the kernel given to quantize_filters")
### END HIDDEN TESTS
checks.passed("integers", "scales", "dtype")

# %% [markdown]
# ## Exercise 4: a convolution of integers (3 points)
#
# On a phone the layer itself runs in integers. Write
# `integer_conv(x, zero_point, kernel, strides=1)`: `x` is `uint8` with a zero point,
# `kernel` is `int8` and symmetric, nothing is padded. The result is `int32`, exactly
#
# Σ (x − zero_point) · kernel over each window,
#
# where the kernel is not turned over, as in every network. Windows that do not fit as a
# whole are left out. Everything must be exact: a product of 8 bits by 8 does not fit
# into 8, and a sum of two large ones not into 16. A sum in tests fits into 32.
#
# To check by hand: of the picture (1, 2 / 3, 4) with zero point 1 and the kernel
# (1, 0 / 0, −1) the result is 0 · 1 + 3 · (−1) = −3.


# %% nbgrader={"grade_id": "integer_conv"}
def integer_conv(x, zero_point, kernel, strides=1):
    """Convolves integers exactly.

    Args:
        x: `uint8` array of shape (batch, height, width, channels).
        zero_point: Integer, 0 to 255.
        kernel: `int8` array of shape (kernel_size, kernel_size, channels, filters).
        strides: Integer, step of the kernel in both directions.

    Returns:
        `int32` array of shape (batch, out_height, out_width, filters).
    """
    ### BEGIN SOLUTION
    size, filters = kernel.shape[0], kernel.shape[-1]
    x = x.astype("int32") - zero_point
    view = np.lib.stride_tricks.sliding_window_view(x, (size, size), axis=(1, 2))
    view = view[:, ::strides, ::strides].transpose(0, 1, 2, 4, 5, 3)
    rows = view.reshape(*view.shape[:3], -1)
    return rows @ kernel.reshape(-1, filters).astype("int32")
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_integers"}
def integers(seed, dims, size, filters, small=False):
    """Draws images and a kernel; if small, so that each sum fits into 8 bits."""
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3 if small else 256, dims)
    reach = 1 if small else 127
    kernel = rng.integers(-reach, reach + 1, (size, size, dims[-1], filters))
    return x.astype("uint8"), kernel.astype("int8")


# %% tags=["expected"]
def exact(x, kernel, strides=1):
    """Convolves with Python's own numbers, window by window."""
    x, kernel = np.asarray(x, "int64"), np.asarray(kernel, "int64")
    size = len(kernel)
    rows, columns = ((n - size) // strides + 1 for n in x.shape[1:3])
    result = np.zeros((len(x), rows, columns, kernel.shape[-1]), "int64")
    for i, j in np.ndindex(rows, columns):
        top, left = i * strides, j * strides
        window = x[:, top : top + size, left : left + size]
        result[:, i, j] = np.tensordot(window, kernel, 3)
    return result


def conv_expected(x, zero_point, kernel, strides=1):
    """Returns the sums of products, and what mistakes make of them."""
    wide = x.astype("int64")
    right = exact(wide - zero_point, kernel, strides)
    plain = exact(wide, kernel, strides)
    wrapped = (wide - zero_point) % 256
    whole = np.pad(wide - zero_point, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return right, {
        "the zero point is ignored": plain,
        "x - zero_point wraps around: make x wider first": exact(
            wrapped, kernel, strides
        ),
        "x - zero_point wraps around as int8: make x wider first": exact(
            wrapped.astype("uint8").view("int8"), kernel, strides
        ),
        "the zero point is subtracted from each sum, not in each product": plain
        - zero_point,
        "the zero point is added; expected subtracted": 2 * plain - right,
        "the sums have wrapped around in 8 bits": right.astype("int8"),
        "the sums have wrapped around in 16 bits": right.astype("int16"),
        "the strides are ignored": exact(wide - zero_point, kernel),
        "the kernel is turned over": exact(
            wide - zero_point, kernel[::-1, ::-1], strides
        ),
        "rows and columns of the kernel are swapped": exact(
            wide - zero_point, kernel.swapaxes(0, 1), strides
        ),
        "the picture is padded": exact(whole, kernel, strides),
    }


LOW = [((1, 5, 7, 2), 3, 4, 1), ((2, 6, 5, 3), 2, 1, 3)]
for dims, size, filters, strides in LOW:
    x, kernel = integers(87, dims, size, filters, small=True)
    name = f"integer_conv of {dims}, kernel size {size}, strides={strides}"
    expect(name, *conv_expected(x, 0, kernel, strides))
expect(
    "integer_conv of the example",
    *conv_expected(
        np.array([[[[1], [2]], [[3], [4]]]]), 1, np.diag([1, -1]).reshape(2, 2, 1, 1)
    ),
)
for zero, channels in [(128, 40), (3, 500)]:
    x, kernel = integers(88, (1, 2, 3, channels), 1, 2)
    name = f"integer_conv of {channels} channels, kernel size 1, zero point {zero}"
    expect(name, *conv_expected(x, zero, kernel))
expect("the dtype of integer_conv", "int32")

# %% [markdown]
# Zero point 0, and small numbers (1 point).

# %% nbgrader={"grade_id": "test_integer_conv", "points": 1}
for _dims, _size, _f, _strides in [((1, 5, 7, 2), 3, 4, 1), ((2, 6, 5, 3), 2, 1, 3)]:
    _x, _kernel = integers(87, _dims, _size, _f, small=True)
    _call = f"integer_conv of {_dims}, kernel size {_size}, strides={_strides}"
    checks.answer(integer_conv(_x, 0, _kernel, strides=_strides), _call, 0, 0)
### BEGIN HIDDEN TESTS
for _dims, _size, _f, _strides in [
    ((1, 9, 8, 4), 5, 2, 3),
    ((3, 4, 4, 1), 1, 3, 1),
    ((2, 3, 6, 5), 3, 3, 2),
    ((1, 7, 4, 2), 4, 2, 2),
    ((2, 8, 9, 3), 2, 5, 2),
]:
    _x, _kernel = integers(89, _dims, _size, _f, small=True)
    _right, _kept = conv_expected(_x, 0, _kernel, _strides), [_x.copy(), _kernel.copy()]
    _call = f"integer_conv of {_dims}, kernel size {_size}, strides={_strides}"
    checks.judge(integer_conv(_x, 0, _kernel, _strides), *_right, _call, 0, 0)
    checks.unchanged([_x, _kernel], _kept, "the arrays given to integer_conv")
_x, _kernel = integers(90, (2, 4, 5, 3), 2, 3, small=True)
_right = conv_expected(_x, 0, _kernel)
checks.judge(
    integer_conv(_x, 0, _kernel), *_right, "integer_conv without strides", 0, 0
)
### END HIDDEN TESTS
checks.passed("windows", "strides")

# %% [markdown]
# With a zero point, and large sums (2 points).

# %% nbgrader={"grade_id": "test_integer_conv_zero", "points": 2}
for _zero, _channels in [(128, 40), (3, 500)]:
    _x, _kernel = integers(88, (1, 2, 3, _channels), 1, 2)
    _call = f"integer_conv of {_channels} channels, kernel size 1, zero point {_zero}"
    _found = integer_conv(_x, _zero, _kernel)
    checks.answer(_found, _call, 0, 0)
    _dtype = ops.convert_to_numpy(_found).dtype.name
    checks.answer(_dtype, "the dtype of integer_conv")
_x = np.array([[[[1], [2]], [[3], [4]]]], "uint8")
_kernel = np.diag([1, -1]).astype("int8").reshape(2, 2, 1, 1)
checks.answer(integer_conv(_x, 1, _kernel), "integer_conv of the example", 0, 0)
### BEGIN HIDDEN TESTS
for _zero, _channels, _f in [(255, 7, 3), (100, 256, 1), (1, 2, 5), (200, 900, 2)]:
    _x, _kernel = integers(91, (2, 3, 1, _channels), 1, _f)
    _right = conv_expected(_x, _zero, _kernel)
    _call = f"integer_conv of {_channels} channels, kernel size 1, zero point {_zero}"
    checks.judge(integer_conv(_x, _zero, _kernel), *_right, _call, 0, 0)
_rng = np.random.default_rng(94)
_x = _rng.integers(200, 256, (1, 2, 2, 3600)).astype("uint8")
_kernel = _rng.integers(90, 128, (1, 1, 3600, 3)).astype("int8")
_right = conv_expected(_x, 0, _kernel)
checks.judge(integer_conv(_x, 0, _kernel), *_right, "sums of 3600 products", 0, 0)
for _dims, _size, _f, _strides, _zero in [
    ((2, 5, 6, 3), 3, 2, 2, 201),
    ((1, 7, 5, 2), 2, 3, 1, 9),
]:
    _x, _kernel = integers(92, _dims, _size, _f)
    _ones = np.ones(_dims, "uint8")
    _cases = [(_x, _zero, _kernel, _strides), (_x, 0, _kernel, _strides)]
    _cases += [(_ones, 0, _kernel, _strides)]
    _found, _plain, _sums = checks.each(integer_conv, _cases)
    _call = f"what zero point {_zero} makes of integer_conv with strides={_strides}"
    _wide = ops.convert_to_numpy(_sums).astype("int64")
    # Both sides are the student's: windows and strides were judged above.
    checks.close(_found, ops.convert_to_numpy(_plain) - _zero * _wide, _call, 0, 0)
### END HIDDEN TESTS
checks.passed("zero point", "exact sums", "dtype")

# %% [markdown]
# ## Exercise 5: loss scaling (3 points)
#
# In `float16` small gradients become 0. So the loss is multiplied by a large scale, the
# gradients come out larger by that factor, and are divided again *after* they have been
# made `float32`. If the scale was too large, some of them are infinite or NaN: then the
# step is skipped and the scale halved. After `interval` good steps in a row it is
# doubled.
#
# Write `scaled_step(weights, gradients, scale, good_steps, learning_rate=0.1,
# interval=3)`, a step of plain gradient descent:
#
# - `weights` is a list of `float32` arrays, `gradients` of `float16` arrays, computed
#   from the loss times `scale`; `good_steps` is how many good steps came before in a
#   row, fewer than `interval`;
# - it returns `(weights, scale, good_steps)`, and leaves what it was given as it is;
#   the weights are again a list of `float32` arrays;
# - if any number in any gradient is not finite: the same weights, half the scale, 0;
# - else: weights − learning_rate · gradient / scale, and good_steps + 1; where that
#   reaches `interval`, the scale doubles and the count starts at 0 again.
#
# > **Predict.** The scale begins at 2^20, `interval` is 3, and the largest gradient is
# > 1 and shrinks by a tenth with every good step. `float16` ends at 65504. How does the
# > scale go over 60 steps: does it settle, swing, or grow? Look at the picture below,
# > once `scaled_step` is there.


# %% nbgrader={"grade_id": "scaled_step"}
def scaled_step(weights, gradients, scale, good_steps, learning_rate=0.1, interval=3):
    """Takes a step of gradient descent with dynamic loss scaling.

    Args:
        weights: List of `float32` arrays.
        gradients: List of `float16` arrays of the same shapes, of the scaled loss.
        scale: Float, the loss was multiplied with it.
        good_steps: Integer, good steps in a row so far.
        learning_rate: Float.
        interval: Integer, good steps after which the scale doubles.

    Returns:
        Tuple of the new weights, a list of `float32` arrays, the new scale and the new
        number of good steps.
    """
    ### BEGIN SOLUTION
    if not all(np.isfinite(gradient).all() for gradient in gradients):
        return [weight.copy() for weight in weights], scale / 2, 0
    updated = [
        weight - np.float32(learning_rate) * (gradient.astype("float32") / scale)
        for weight, gradient in zip(weights, gradients, strict=True)
    ]
    if good_steps + 1 == interval:
        return updated, scale * 2, 0
    return updated, scale, good_steps + 1
    ### END SOLUTION


# %% nbgrader={"grade_id": "given_descent"}
def descent(seed, *shapes):
    """Draws weights, and gradients that float16 would lose or round if divided."""
    rng = np.random.default_rng(seed)
    weights = [rng.normal(size=dims).astype("float32") for dims in shapes]
    gradients = [rng.uniform(1, 9, dims) * 1e-4 for dims in shapes]
    return weights, [
        (g * rng.choice([-1, 1], g.shape)).astype("float16") for g in gradients
    ]


# %% tags=["expected"]
def good_expected(weights, gradients, scale, rate=0.1):
    """Returns the weights after a good step, and what mistakes make of them."""
    gradients = [np.asarray(gradient, "float16") for gradient in gradients]
    wide = [gradient.astype("float64") for gradient in gradients]
    with np.errstate(all="ignore"):
        lost = [
            (gradient / np.float16(scale)).astype("float64") for gradient in gradients
        ]

    def moved(steps, size=rate, sign=-1.0):
        pairs = zip(weights, steps, strict=True)
        return [w.astype("float64") + sign * size * s for w, s in pairs]

    true = [gradient / scale for gradient in wide]
    return moved(true), {
        "the gradients are not divided by the scale": moved(wide),
        "the gradients are divided twice": moved([g / scale for g in true]),
        "the gradients are multiplied by the scale": moved([g * scale for g in wide]),
        "the gradient is divided while it is float16, where it is lost or rounded": (
            moved(lost)
        ),
        "the weights go uphill: subtract the gradient": moved(true, sign=1.0),
        "the learning rate is ignored": moved(true, size=1.0),
        "the learning rate is always 0.1": moved(true, size=0.1),
        "the weights are as they were": moved(true, size=0.0),
        "only signs of gradients are used": moved([np.sign(g) for g in wide]),
    }


def overflow_expected(weights, gradients, scale, good_steps, rate=0.1, interval=3):
    """Returns what an overflow makes, and what mistakes make of it."""
    same = [weight.astype("float64") for weight in weights]
    steps = [gradient.astype("float64") / scale for gradient in gradients]
    pairs = list(zip(same, steps, strict=True))
    finite = [np.isfinite(step).all() for step in steps]
    half, count = scale / 2, good_steps + 1
    after = (scale * 2, 0) if count == interval else (scale, count)
    with np.errstate(all="ignore"):
        moved = [w - rate * s for w, s in pairs]
        zeroed = [w - rate * np.where(np.isfinite(s), s, 0) for w, s in pairs]
    partly = [m if f else w for m, f, w in zip(moved, finite, same, strict=True)]
    return (same, half, 0), {
        "the step is taken, as if all gradients were finite": (moved, *after),
        "the step is taken: expected it skipped": (moved, half, 0),
        "the weights whose own gradients are finite move; expected the same": (
            partly,
            half,
            0,
        ),
        "all but the numbers that are not finite move; expected the same weights": (
            zeroed,
            half,
            0,
        ),
        "the scale is as it was; expected half": (same, scale, 0),
        "the scale is doubled; expected half": (same, 2 * scale, 0),
        "good_steps goes on; expected 0, the row ends": (same, half, good_steps),
        "good_steps counts this step; expected 0, the row ends": (same, half, count),
    }


def grown_expected(scale, good_steps, interval=3):
    """Returns scale and count after a good step, and what mistakes make of them."""
    count = good_steps + 1
    right = (2 * scale, 0) if count == interval else (scale, count)
    late = (2 * scale, 0) if good_steps == interval else (scale, count)
    return right, {
        "this step does not count: the scale doubles one step late": late,
        "the count goes on; expected 0 once the scale doubles": (right[0], count),
        "the count begins at 1; expected 0 once the scale doubles": (right[0], 1),
        "the scale does not double": (scale, right[1]),
        "the scale doubles after each good step": (2 * scale, right[1]),
        "the scale is halved; expected doubled": (scale / 2, right[1]),
        "the count stands still": (scale, good_steps),
    }


expect(
    "the weights after a good step with scale 4096",
    *good_expected(*descent(89, (3, 2), (2,)), 4096.0, 4e6),
)
expect("the dtypes of the new weights", ["float32", "float32"])
BAD = [np.ones((2, 2)), np.array([0.5, np.inf, 2.0])]
expect(
    "scaled_step with an infinite gradient",
    *overflow_expected([np.ones((2, 2)), np.ones(3)], BAD, 4.0, 1),
)
for good in (0, 1, 2):
    name = f"scale and count after good step {good + 1} with scale 64"
    expect(name, *grown_expected(64.0, good))

# %% [markdown]
# A good step, in `float32` (1 point).

# %% nbgrader={"grade_id": "test_scaled_step", "points": 1}
_weights, _gradients = descent(89, (3, 2), (2,))
_kept = [_a.copy() for _a in [*_weights, *_gradients]]
_found = scaled_step(_weights, _gradients, 4096.0, 0, learning_rate=4e6)
_new, _, _ = checks.unpack(_found, 3, "what scaled_step returns")
checks.answer(_new, "the weights after a good step with scale 4096", 1e-4)
_names = [ops.convert_to_numpy(_w).dtype.name for _w in _new]
checks.answer(_names, "the dtypes of the new weights")
checks.unchanged([*_weights, *_gradients], _kept, "what scaled_step was given")
### BEGIN HIDDEN TESTS
for _scale, _rate, _shapes in [
    (1024.0, 3e5, [(4,)]),
    (8.0, 2e3, [(2, 3), (3,), (3, 1, 2, 2)]),
    (3000.0, 9e5, [(1,), (5, 2)]),
    (2.0**24, 1e10, [(2, 2), (2,), (2, 1), (1,)]),
]:
    _weights, _gradients = descent(93, *_shapes)
    _right = good_expected(_weights, _gradients, _scale, _rate)
    _found = scaled_step(_weights, _gradients, _scale, 1, _rate, 5)
    _call = f"the weights after a good step with scale {_scale:.0f}"
    checks.judge(_found[0], *_right, _call, 1e-4)
_weights, _gradients = descent(94, (3, 3), (3,))
_gradients = [(_g * 1e4).astype("float16") for _g in _gradients]
_right = good_expected(_weights, _gradients, 2.0)
_found = scaled_step(_weights, _gradients, 2.0, 0)
checks.judge(_found[0], *_right, "the weights after a good step by default", 1e-4)
### END HIDDEN TESTS
checks.passed("weights", "dtypes", "nothing overwritten")

# %% [markdown]
# An overflow skips the step (1 point).

# %% nbgrader={"grade_id": "test_scaled_step_overflow", "points": 1}
_weights = [np.ones((2, 2), "float32"), np.ones(3, "float32")]
_gradients = [np.ones((2, 2), "float16"), np.array([0.5, np.inf, 2], "float16")]
_found = scaled_step(_weights, _gradients, 4.0, 1)
checks.answer(_found, "scaled_step with an infinite gradient", 1e-5, 0)
### BEGIN HIDDEN TESTS
for _which, _value, _where, _scale, _good, _interval in [
    (1, np.nan, 1, 512.0, 2, 3),
    (0, -np.inf, 0, 1.0, 4, 9),
    (2, np.inf, slice(None), 3.0, 0, 1),
    (None, np.inf, slice(None), 65536.0, 1, 3),
    (None, np.nan, slice(None), 8.0, 3, 7),
    (0, np.nan, -1, 2.0**30, 1, 2),
]:
    _weights, _ = descent(95, (2, 2), (3,), (1, 2))
    _gradients = [np.full(_w.shape, 0.25, "float16") for _w in _weights]
    for _g in _gradients if _which is None else [_gradients[_which]]:
        _g.reshape(-1)[_where] = _value
    _right = overflow_expected(_weights, _gradients, _scale, _good, _scale, _interval)
    _call = f"scaled_step with a gradient of {_value}"
    _found = scaled_step(_weights, _gradients, _scale, _good, _scale, _interval)
    checks.judge(_found, *_right, _call, 1e-6, 0)
### END HIDDEN TESTS
checks.passed("weights", "scale", "good steps")

# %% [markdown]
# The scale grows again (1 point).

# %% nbgrader={"grade_id": "test_scaled_step_grows", "points": 1}
for _good in (0, 1, 2):
    _found = scaled_step([np.ones(2, "float32")], [np.ones(2, "float16")], 64.0, _good)
    _, *_after = checks.unpack(_found, 3, "what scaled_step returns")
    checks.answer(_after, f"scale and count after good step {_good + 1} with scale 64")
### BEGIN HIDDEN TESTS
for _scale, _good, _interval in [
    (64.0, 0, 1),
    (1.0, 6, 8),
    (3.0, 7, 8),
    (2.0**24, 1, 2),
]:
    _shapes = (2, 3), (3,)
    _cases = [
        (*descent(96, *_shapes), _scale, _good, 1e3, _n) for _n in (_interval, 99)
    ]
    _one, _other = checks.each(scaled_step, _cases)
    _call = f"after good step {_good + 1} with interval={_interval}"
    _right = grown_expected(_scale, _good, _interval)
    checks.judge(tuple(_one)[1:], *_right, f"scale and count {_call}")
    for _a, _b in zip(_one[0], _other[0], strict=True):
        # Both sides are the student's: the weights do not depend on `interval`.
        checks.close(_a, _b, f"a weight {_call}")
### END HIDDEN TESTS
checks.passed("scale", "good steps")

# %% [markdown]
# Look: `float16` gradients of a weight that begins at 1, and the scale beside them.


# %% nbgrader={"grade_id": "look_scale"}
def look(steps=60):
    """Takes steps of scaled_step, and draws the scale and the scaled gradient."""
    from matplotlib import pyplot as plt

    weights, scale, good, rows = [np.ones(1, "float32")], 2.0**20, 0, []
    for _ in range(steps):
        with np.errstate(over="ignore"):
            gradients = [(weights[0] * np.float32(scale)).astype("float16")]
        rows.append((scale, float(weights[0][0]) * scale))
        weights, scale, good = scaled_step(weights, gradients, scale, good)
    _, ax = plt.subplots(figsize=(7, 3.4), layout="constrained")
    for values, style in zip(zip(*rows, strict=True), ("s-", "o:"), strict=True):
        ax.plot(range(steps), values, style, markersize=4)
    ax.axhline(65504, color="0.4")
    ax.set_yscale("log", base=2)
    ax.set(xlabel="step", ylabel="number")
    ax.legend(["scale", "gradient times scale", "largest float16"])
    plt.show()


# %%
# look()

# %% [markdown]
# ## Exercise 6: a network in mixed precision (2 points)
#
# Write `classifier(input_shape, num_classes, policy)`. It returns a **compiled**
# `keras.Model` from images to **logits**, numbers of any sign and size: no softmax, no
# sigmoid and no ReLU is at its end. `policy` is `"mixed_bfloat16"` or
# `"mixed_float16"`:
#
# - it has at least two layers with weights, of any kind;
# - all of them compute as `policy` says, except the last, which computes in `float32`,
#   so that the logits are `float32`;
# - the weights of all layers are `float32`;
# - with `"mixed_float16"` its optimizer **scales the loss**, so that in `fit` fewer
#   gradients become 0. Section 4 of the chapter has found when Keras does that by
#   itself, and when it does not. Optimizer, loss and metrics are up to you;
# - after the call Keras's global policy is the one that it was before, whatever that
#   was.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    """Builds and compiles a small network in mixed precision, with float32 logits.

    Args:
        input_shape: Tuple (height, width, channels).
        num_classes: Integer.
        policy: String, `"mixed_bfloat16"` or `"mixed_float16"`.

    Returns:
        A compiled `keras.Model` from images to logits (batch, num_classes).
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=policy)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    model = keras.Model(inputs, layers.Dense(num_classes, dtype="float32")(x))
    optimizer = keras.optimizers.Adam()
    # Keras looks at the model's policy, not at its layers': that one is float32 here.
    if policy == "mixed_float16":
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    model.compile(optimizer, "mse")
    return model
    ### END SOLUTION


# %% [markdown]
# The next cell is given. It makes a classifier and says what it is.


# %% nbgrader={"grade_id": "given_examine"}
def ending(before, after):
    """Says what logits do when the last weights are multiplied with −64."""
    both = np.concatenate([before, after])
    if np.allclose(after, -64 * before, rtol=1e-3, atol=1e-5):
        return "they follow the last weights"
    if np.allclose(both.sum(-1), 1, atol=1e-2):
        return "they sum to 1"
    if both.min() < 0:
        return "they do not follow the last weights"
    return "they are between 0 and 1" if both.max() <= 1 else "they are never below 0"


def examine(input_shape, num_classes, policy):
    """Says what the layers of a classifier are, and what it puts out."""
    model = classifier(input_shape, num_classes, policy)
    checks.model(model, what="what classifier returns")
    x = np.random.default_rng(90).normal(size=(4, *input_shape)).astype("float32")
    logits = model(x)
    found = [layer for layer in checks.find_layers(model) if layer.weights]
    # A class of one's own may make its last layer first.
    last = [layer for layer in found if layer.compute_dtype == "float32"][-1:]
    last = (last or found[-1:])[0]
    others = [layer.compute_dtype for layer in found if layer != last]
    stored = {str(weight.dtype) for layer in found for weight in layer.weights}
    before = ops.convert_to_numpy(ops.cast(logits, "float32"))
    last.set_weights([-64 * weight for weight in last.get_weights()])
    after = ops.convert_to_numpy(ops.cast(model(x), "float32"))
    return {
        "number of layers with weights": "one" if not others else "two or more",
        "what the last of them computes in": last.compute_dtype,
        "what the others compute in": sorted(set(others)),
        "what the weights are kept in": sorted(stored),
        "shape of the logits": list(logits.shape),
        "dtype of the logits": ops.convert_to_numpy(logits).dtype.name,
        "what the logits do": ending(before, after),
    }


def policy_after(before, policy):
    """Sets Keras's policy, makes a classifier, and says what the policy is then."""
    keras.config.set_dtype_policy(before)
    try:
        classifier((6, 6, 1), 2, policy)
        return keras.config.dtype_policy().name
    finally:
        keras.config.set_dtype_policy("float32")


def scale_of_loss(policy):
    """Returns what the optimizer of a classifier multiplies a loss with."""
    optimizer = getattr(classifier((6, 6, 1), 2, policy), "optimizer", None)
    if optimizer is None:
        raise ValueError("the model that classifier returns is not compiled")
    return float(optimizer.scale_loss(ops.ones(())))


# %% tags=["expected"]
def examine_expected(num_classes, policy):
    """Returns what examine says of a right classifier."""
    return {
        "number of layers with weights": "two or more",
        "what the last of them computes in": "float32",
        "what the others compute in": [policy.removeprefix("mixed_")],
        "what the weights are kept in": ["float32"],
        "shape of the logits": [4, num_classes],
        "dtype of the logits": "float32",
        "what the logits do": "they follow the last weights",
    }


expect("classifier of (8, 8, 1)", examine_expected(3, "mixed_bfloat16"))
expect("the policy after a classifier was made", "float32")

# %% [markdown]
# The layers and the logits (1 point).

# %% nbgrader={"grade_id": "test_classifier", "points": 1}
checks.answer(examine((8, 8, 1), 3, "mixed_bfloat16"), "classifier of (8, 8, 1)")
### BEGIN HIDDEN TESTS
for _dims, _classes, _policy in [
    ((6, 9, 3), 5, "mixed_float16"),
    ((7, 5, 2), 2, "mixed_bfloat16"),
]:
    _right = examine_expected(_classes, _policy)
    _call = f"classifier({_dims}, {_classes}, {_policy!r})"
    checks.judge(examine(_dims, _classes, _policy), _right, what=_call)
### END HIDDEN TESTS
checks.passed("layers", "weights", "logits")

# %% [markdown]
# The loss is scaled, and the global policy is left alone (1 point).

# %% nbgrader={"grade_id": "test_classifier_scale", "points": 1}
_scale = scale_of_loss("mixed_float16")
assert _scale > 1, f"the optimizer multiplies the loss with {_scale:g}; expected more"
_after = policy_after("float32", "mixed_float16")
checks.answer(_after, "the policy after a classifier was made")
### BEGIN HIDDEN TESTS
for _before, _policy in [
    ("float32", "mixed_bfloat16"),
    ("mixed_bfloat16", "mixed_float16"),
    ("float64", "mixed_bfloat16"),
]:
    _call = f"the policy after a classifier was made, which was {_before} before,"
    checks.judge(policy_after(_before, _policy), _before, what=_call)
### END HIDDEN TESTS
checks.passed("loss scale", "global policy")
