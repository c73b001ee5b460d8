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
# it; when your work is graded, the same cells ask the same of other inputs too. No
# exercise needs an earlier one. Arrays are NumPy's, channels last.

# %% nbgrader={"grade_id": "setup"}
import math

import keras
import ml_dtypes
import numpy as np
from keras import layers, ops

from layerwise import checks

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
# 5 exponent bits this is `float16`, with 8 it is `bfloat16`.
#
#     decode(0b0_01111_0000000000, 5)  # 1.0
#     decode(0b1_10000000_1000000, 8)  # -3.0
#     decode(0b0_00000_0000000001, 5)  # 2**-24


# %% nbgrader={"grade_id": "decode"}
def decode(pattern, exponent_bits):
    """Computes the number that 16 bits stand for.

    Args:
        pattern: Integer, 0 to 65535.
        exponent_bits: Integer, 2 to 14; the rest but one are the fraction's.

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


# %% [markdown]
# Ordinary numbers (1 point).

# %% nbgrader={"grade_id": "test_decode", "points": 1}
_numbers = [1.0, -3.0, 0.5, 1.5, 100.0]
### BEGIN HIDDEN TESTS
_numbers += np.random.default_rng(81).normal(0, 50, 40).tolist()
### END HIDDEN TESTS
for _name, _e in (("float16", 5), ("bfloat16", 8)):
    _values = np.array(_numbers, ml_dtypes.finfo(_name).dtype)
    _cases = [(int(_p), _e) for _p in _values.view("uint16")]
    for (_p, _), _value, _received in zip(
        _cases, _values.astype("float64"), checks.each(decode, _cases), strict=True
    ):
        _call = f"decode(0b{_p:016b}, {_e})"
        checks.shape(_received, (), _call)
        if _received != _value:
            assert _received != -_value, f"{_call} has the wrong sign: {_received}"
            _ratio = float(_received) / float(_value)
            _power = math.log2(_ratio) if _ratio > 0 else 0.5
            assert _power != round(_power), (
                f"{_call} is {_received}; expected {_value}: wrong by the factor "
                f"2**{round(_power)}. Is the bias 2**(exponent_bits - 1) - 1?"
            )
            _full = float(_value) / 2.0 ** math.floor(math.log2(abs(_value)))
            _part = abs(_received) / 2.0 ** math.floor(math.log2(abs(_value)))
            assert not math.isclose(_part, abs(_full) - 1, rel_tol=1e-6), (
                f"{_call} is {_received}; expected {_value}: the 1 before the fraction "
                "is missing"
            )
        checks.close(_received, _value, _call, rtol=1e-9, atol=0)

# %% [markdown]
# Subnormal numbers, zeros, infinities and NaN (2 points).

# %% nbgrader={"grade_id": "test_decode_special", "points": 2}
_patterns = [(1, 5), (0, 8), (1, 8), (0x03FF, 5), (0x7C00, 5), (0xFF80, 8), (0x7E00, 5)]
### BEGIN HIDDEN TESTS
_patterns += [(0x8001, 5), (0x007F, 8), (0xFC00, 5), (0x7F81, 8), (0x8040, 8)]
### END HIDDEN TESTS
for (_p, _e), _received in zip(_patterns, checks.each(decode, _patterns), strict=True):
    _kind = np.dtype("float16") if _e == 5 else ml_dtypes.finfo("bfloat16").dtype
    _value = float(np.array(_p, "uint16").view(_kind))
    _call = f"decode(0b{_p:016b}, {_e})"
    checks.shape(_received, (), _call)
    if math.isnan(_value):
        assert math.isnan(_received), f"{_call} is {_received}; expected NaN"
    elif math.isinf(_value):
        assert _received == _value, (
            f"{_call} is {_received}; expected {_value}: all ones in the exponent "
            "field, and a fraction of 0"
        )
    else:
        assert _received == _value, (
            f"{_call} is {_received}; expected {_value}: all zeros in the exponent "
            "field mean no 1 before the fraction, and the power 1 - bias"
        )

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
# 2. scale = (high − low) / (2^bits − 1), and 1 where high = low;
# 3. zero_point = round(−low / scale), an integer from 0 to 2^bits − 1.
#
# **`to_integers(x, scale, zero_point, bits=8)`** returns an array of `uint8`, and
# **`to_floats(q, scale, zero_point)`** one of floats. `np.round` is the rounding meant.
#
# A common mistake: `q - zero_point` of two `uint8` numbers wraps around.


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
        x: Array of floats.
        scale: Float.
        zero_point: Integer.
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
        q: `uint8` array.
        scale: Float.
        zero_point: Integer.

    Returns:
        Array of floats of q's shape.
    """
    ### BEGIN SOLUTION
    return (q.astype("float32") - zero_point) * np.float32(scale)
    ### END SOLUTION


# %% [markdown]
# The parameters (2 points).

# %% nbgrader={"grade_id": "test_parameters", "points": 2}
# low, high, bits
_cases = [(-1.0, 1.0, 8), (0.0, 6.0, 8), (-0.3, 2.7, 4), (2.0, 6.0, 8), (-4.0, -1.0, 8)]
### BEGIN HIDDEN TESTS
_cases += [(0.0, 0.0, 8), (5.0, 5.0, 8), (-7.0, 0.0, 2), (-0.01, 10.0, 6)]
for _low, _span, _bits in np.random.default_rng(82).uniform(-3, 3, (12, 3)).tolist():
    _cases.append((_low, _low + abs(_span), 5 + round(_bits)))
### END HIDDEN TESTS
for _case, _answer in zip(_cases, checks.each(parameters, _cases), strict=True):
    _low, _high, _bits = _case
    _call = f"parameters({_low:.4g}, {_high:.4g}, bits={_bits})"
    assert len(_answer if hasattr(_answer, "__len__") else ()) == 2, (
        f"{_call} must return a scale and a zero point. Received: {_answer!r}"
    )
    _scale, _zero = (float(_number) for _number in _answer)
    _a, _b, _top = min(_low, 0), max(_high, 0), 2**_bits - 1
    _wanted = (_b - _a) / _top if _b > _a else 1.0
    if not math.isclose(_scale, _wanted, rel_tol=1e-5):
        assert not (_low > 0 or _high < 0) or not math.isclose(
            _scale, (_high - _low) / _top, rel_tol=1e-5
        ), f"{_call}: the range {_low:.4g} to {_high:.4g} was not widened to contain 0"
        for _fault, _wrong in {
            "2**bits integers have 2**bits - 1 steps between them": (_b - _a)
            / (_top + 1),
            "this is the symmetric scale of the chapter": max(-_a, _b) / (_top // 2),
        }.items():
            assert not math.isclose(_scale, _wrong, rel_tol=1e-5), (
                f"{_call}: the scale is {_scale:.5g}; expected {_wanted:.5g}: {_fault}"
            )
    checks.close(_scale, _wanted, f"{_call}: the scale", rtol=1e-5)
    assert _zero == round(_zero), (
        f"{_call}: the zero point is {_zero}; expected an integer, so that 0 is "
        "represented exactly"
    )
    assert 0 <= _zero <= _top, (
        f"{_call}: the zero point is {_zero:.0f}; expected one from 0 to {_top}"
    )
    assert abs(_zero + _a / _wanted) <= 0.51, (
        f"{_call}: the zero point is {_zero:.0f}; expected {-_a / _wanted:.1f}, rounded"
    )

# %% [markdown]
# To integers (2 points).

# %% nbgrader={"grade_id": "test_to_integers", "points": 2}
# scale, zero point, bits
_cases = [(0.05, 100, 8), (0.1, 0, 8), (0.5, 3, 3)]
### BEGIN HIDDEN TESTS
_cases += [(1.0, 255, 8), (0.25, 7, 4), (0.01, 128, 8)]
### END HIDDEN TESTS
for _scale, _zero, _bits in _cases:
    _top = 2**_bits - 1
    _low, _high = -_zero * _scale, (_top - _zero) * _scale
    _rng = np.random.default_rng(83)
    # Halves between two integers are left out: rounding them either way is right.
    _steps = _rng.integers(-_zero, _top - _zero + 1, (4, 6))
    _inside = ((_steps + _rng.uniform(-0.4, 0.4, (4, 6))) * _scale).astype("float32")
    _call = f"to_integers with scale {_scale}, zero point {_zero}, {_bits} bits"
    _received = to_integers(_inside.copy(), _scale, _zero, _bits)
    checks.shape(_received, (4, 6), _call)
    _received = np.asarray(_received)
    _wanted = np.clip(np.round(_inside / _scale) + _zero, 0, _top)
    if not np.array_equal(_received, _wanted):
        for _fault, _wrong in {
            "it rounds down; expected to the nearest": np.floor(_inside / _scale)
            + _zero,
            "it rounds towards zero; expected to the nearest": np.trunc(
                _inside / _scale
            )
            + _zero,
            "the zero point is missing": np.round(_inside / _scale),
            "the zero point is subtracted": np.round(_inside / _scale) - _zero,
        }.items():
            _wraps = _wrong.astype("int64") % 256
            assert not np.array_equal(_received, _wraps), f"{_call}: {_fault}"
            _clips = np.clip(_wrong, 0, _top)
            assert not np.array_equal(_received, _clips), f"{_call}: {_fault}"
    checks.close(_received, _wanted, _call, rtol=0, atol=0)
    assert _received.dtype == np.uint8, (
        f"{_call} returns {_received.dtype}; expected uint8"
    )
    _far = np.array([_low - 300 * _scale, _high + 300 * _scale], "float32")
    _ends = np.asarray(to_integers(_far, _scale, _zero, _bits)).astype(int)
    assert _ends.tolist() == [0, _top], (
        f"{_call}: numbers far out of range become {_ends.tolist()}; expected them "
        f"clipped to [0, {_top}]"
    )

# %% [markdown]
# And back: at most half a step of error, and no second loss (1 point).

# %% nbgrader={"grade_id": "test_to_floats", "points": 1}
_cases = [(0.1, 0), (0.05, 100)]
### BEGIN HIDDEN TESTS
_cases += [(0.5, 255), (0.01, 128)]
### END HIDDEN TESTS
for _scale, _zero in _cases:
    _q = np.arange(256, dtype="uint8").reshape(16, 16)
    _received = to_floats(_q.copy(), _scale, _zero)
    _call = f"to_floats with scale {_scale}, zero point {_zero}"
    checks.shape(_received, (16, 16), _call)
    _wanted = (np.arange(256.0).reshape(16, 16) - _zero) * _scale
    _wrapped = (_q - np.uint8(_zero)) * _scale
    if _zero:
        assert not np.allclose(_received, _wrapped, rtol=1e-3, atol=1e-6), (
            f"{_call}: numbers below the zero point come out positive: a difference of "
            "two uint8 numbers wraps around"
        )
        assert not np.allclose(_received, _q * _scale, rtol=1e-3, atol=1e-6), (
            f"{_call}: the zero point is not taken off"
        )
    checks.close(_received, _wanted, _call, rtol=1e-3, atol=1e-5)

# %% [markdown]
# ## Exercise 3: fold, then quantise each filter (4 points)
#
# When training is over, batch normalisation is a multiplication and an addition for
# each channel, and both can be done once and for all in the convolution before it:
#
# γ · (conv(x) + b − μ) / √(σ² + ε) + β is a convolution with another kernel and bias.
#
# Write `fold(kernel, bias, gamma, beta, mean, variance, epsilon)`, which returns these
# two, and `quantize_filters(kernel)`: symmetric `int8`, each filter with a scale of its
# own, its largest |weight| / 127 (1 for a filter of zeros). Integers run from −127 to
# 127.


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


# %% [markdown]
# Folding (2 points).

# %% nbgrader={"grade_id": "test_fold", "points": 2}
# filters, epsilon
_cases = [(4, 1e-3), (3, 0.1)]
### BEGIN HIDDEN TESTS
_cases += [(6, 1.0), (1, 1e-3)]
### END HIDDEN TESTS
for _f, _eps in _cases:
    _rng = np.random.default_rng(84)
    _kernel = _rng.normal(size=(3, 3, 2, _f))
    _b, _gamma, _beta, _mean = _rng.normal(size=(4, _f))
    _variance = _rng.uniform(0.05, 2, _f)
    _x = _rng.normal(size=(5, 18))

    def _run(kernel, bias, x=_x):
        return x @ np.asarray(kernel).reshape(18, -1) + np.asarray(bias)

    _factor = _gamma / np.sqrt(_variance + _eps)
    _wanted = (_run(_kernel, _b) - _mean) * _factor + _beta
    _call = f"fold with {_f} filters, epsilon={_eps}"
    _pair = fold(_kernel.copy(), _b, _gamma, _beta, _mean, _variance, epsilon=_eps)
    assert len(_pair if hasattr(_pair, "__len__") else ()) == 2, (
        f"{_call} must return a kernel and a bias. Received: {_pair!r}"
    )
    checks.shape(_pair[0], (3, 3, 2, _f), f"{_call}: the kernel")
    checks.shape(_pair[1], (_f,), f"{_call}: the bias")
    _received = _run(*_pair)
    if not np.allclose(_received, _wanted, rtol=1e-3, atol=1e-4):
        _plain = _gamma / np.sqrt(_variance)
        for _fault, (_k, _o) in {
            "the old bias is lost": (_kernel * _factor, _beta - _mean * _factor),
            "epsilon is missing": (_kernel * _plain, (_b - _mean) * _plain + _beta),
            "the variance is taken for the deviation: a square root is missing": (
                _kernel * _gamma / (_variance + _eps),
                (_b - _mean) * _gamma / (_variance + _eps) + _beta,
            ),
            "the old bias is not scaled": (
                _kernel * _factor,
                _b - _mean * _factor + _beta,
            ),
            "epsilon is added after the square root": (
                _kernel * _gamma / (np.sqrt(_variance) + _eps),
                (_b - _mean) * _gamma / (np.sqrt(_variance) + _eps) + _beta,
            ),
        }.items():
            assert not np.allclose(_received, _run(_k, _o), rtol=1e-4, atol=1e-5), (
                f"{_call}: {_fault}"
            )
    checks.close(_received, _wanted, f"{_call}: what it computes", rtol=1e-3, atol=1e-4)

# %% [markdown]
# Each filter with its own step (2 points).

# %% nbgrader={"grade_id": "test_quantize_filters", "points": 2}
_dims = [(3, 3, 2, 4)]
### BEGIN HIDDEN TESTS
_dims += [(1, 1, 8, 3), (5, 5, 1, 2)]
### END HIDDEN TESTS
for _shape in _dims:
    _rng = np.random.default_rng(85)
    _kernel = _rng.normal(size=_shape) * 10.0 ** np.arange(_shape[-1])
    _call = f"quantize_filters of a kernel {_shape}"
    _pair = quantize_filters(_kernel.copy())
    assert len(_pair if hasattr(_pair, "__len__") else ()) == 2, (
        f"{_call} must return integers and scales. Received: {_pair!r}"
    )
    _reach = np.abs(_kernel).max((0, 1, 2))
    assert np.size(_pair[1]) != 1, (
        f"{_call} returns one scale; expected {_shape[-1]}, one for each filter"
    )
    checks.shape(_pair[1], (_shape[-1],), f"{_call}: the scales")
    _scales = np.asarray(_pair[1])
    assert not np.allclose(_scales, _reach / 128, rtol=1e-4), (
        f"{_call}: the scales divide by 128; expected 127: +128 does not fit in int8"
    )
    checks.close(_scales, _reach / 127, f"{_call}: the scales", rtol=1e-4, atol=0)
    checks.shape(_pair[0], _shape, f"{_call}: the integers")
    _q = np.asarray(_pair[0])
    assert _q.dtype == np.int8, f"{_call} returns {_q.dtype}; expected int8"
    # A half may be rounded either way.
    assert (np.abs(_q - _kernel / (_reach / 127)) <= 0.502).all(), (
        f"{_call}: an integer is more than half a step from its weight"
    )
_kernel = np.random.default_rng(86).normal(size=(3, 3, 2, 3))
_kernel[..., 1] = 0
_q, _scales = quantize_filters(_kernel)
assert np.asarray(_scales)[1] == 1, (
    f"the scale of a filter of zeros is {np.asarray(_scales)[1]}; expected 1"
)

# %% [markdown]
# ## Exercise 4: a convolution of integers (3 points)
#
# On a phone the layer itself runs in integers. Write
# `integer_conv(x, zero_point, kernel, strides=1)`: `x` is `uint8` with a zero point,
# `kernel` is `int8` and symmetric, nothing is padded. The result is `int32`, exactly
#
# Σ (x − zero_point) · kernel over each window.
#
# Everything must be exact: 8-bit products do not fit into 8 bits, and sums of
# thousands of them do not fit into 16.


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


# %% nbgrader={"grade_id": "given_conv"}
def exact(x, zero_point, kernel, strides):
    """The convolution of integers with Python's own numbers, window by window."""
    size = kernel.shape[0]
    rows, columns = ((n - size) // strides + 1 for n in x.shape[1:3])
    result = np.zeros((len(x), rows, columns, kernel.shape[-1]), "int64")
    x, kernel = x.astype("int64") - zero_point, kernel.astype("int64")
    for i in range(rows):
        for j in range(columns):
            top, left = i * strides, j * strides
            window = x[:, top : top + size, left : left + size]
            result[:, i, j] = np.tensordot(window, kernel, 3)
    return result


# %% [markdown]
# Zero point 0 (1 point).

# %% nbgrader={"grade_id": "test_integer_conv", "points": 1}
# images, kernel size, filters, stride
_cases = [((1, 5, 5, 2), 3, 4, 1), ((2, 6, 7, 3), 2, 1, 2)]
### BEGIN HIDDEN TESTS
_cases += [((1, 9, 8, 16), 5, 2, 3), ((3, 4, 4, 1), 1, 3, 1)]
### END HIDDEN TESTS
for _dims, _size, _f, _strides in _cases:
    _rng = np.random.default_rng(87)
    _x = _rng.integers(0, 256, _dims).astype("uint8")
    _kernel = _rng.integers(-127, 128, (_size, _size, _dims[-1], _f)).astype("int8")
    _wanted = exact(_x, 0, _kernel, _strides)
    _call = f"integer_conv of {_dims}, kernel size {_size}, strides={_strides}"
    _received = integer_conv(_x, 0, _kernel, strides=_strides)
    checks.shape(_received, _wanted.shape, _call)
    _received = np.asarray(_received)
    assert _received.dtype.kind == "i", (
        f"{_call} returns {_received.dtype}; expected int32"
    )
    for _width in (8, 16):
        assert not np.array_equal(
            _received, _wanted.astype(f"int{_width}")
        ) or np.array_equal(_wanted, _wanted.astype(f"int{_width}")), (
            f"{_call}: the sums have wrapped around in {_width} bits"
        )
    checks.close(_received, _wanted, _call, rtol=0, atol=0)

# %% [markdown]
# With a zero point, and large sums (2 points).

# %% nbgrader={"grade_id": "test_integer_conv_zero", "points": 2}
_cases = [((1, 4, 4, 2), 3, 3, 1, 128), ((1, 6, 5, 1), 2, 2, 2, 7)]
### BEGIN HIDDEN TESTS
_cases += [((2, 5, 5, 3), 3, 2, 2, 255), ((1, 3, 3, 256), 3, 1, 1, 100)]
### END HIDDEN TESTS
for _dims, _size, _f, _strides, _zero in _cases:
    _rng = np.random.default_rng(88)
    _x = _rng.integers(0, 256, _dims).astype("uint8")
    _kernel = _rng.integers(-127, 128, (_size, _size, _dims[-1], _f)).astype("int8")
    _wanted = exact(_x, _zero, _kernel, _strides)
    _call = f"integer_conv of {_dims} with zero point {_zero}, strides={_strides}"
    _received = integer_conv(_x, _zero, _kernel, strides=_strides)
    checks.shape(_received, _wanted.shape, _call)
    _received = np.asarray(_received)
    if not np.array_equal(_received, _wanted):
        _wrapped = (_x - np.uint8(_zero)).astype("uint8")
        for _fault, _wrong in {
            "the zero point is ignored": exact(_x, 0, _kernel, _strides),
            "x - zero_point wraps around: make x wider first": exact(
                _wrapped, 0, _kernel, _strides
            ),
            "x - zero_point wraps around as int8: make x wider first": exact(
                _wrapped.view("int8"), 0, _kernel, _strides
            ),
            "the zero point is taken off each sum once, not in each product": exact(
                _x, 0, _kernel, _strides
            )
            - _zero,
        }.items():
            assert not np.array_equal(_received, _wrong), f"{_call}: {_fault}"
    checks.close(_received, _wanted, _call, rtol=0, atol=0)
_x = np.full((1, 3, 3, 400), 255, "uint8")
_kernel = np.full((3, 3, 400, 1), 127, "int8")
_sum = np.asarray(integer_conv(_x, 0, _kernel)).reshape(-1)
assert int(_sum[0]) == 255 * 127 * 3600, (
    f"a sum of 3600 large products is {int(_sum[0])}; expected {255 * 127 * 3600}"
)

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
# - `weights` are lists of `float32` arrays, `gradients` of `float16` arrays, computed
#   from the loss times `scale`; `good_steps` is how many good steps came before in a
#   row;
# - it returns `(weights, scale, good_steps)`, all new, and leaves what it was given as
#   it is;
# - if any gradient is not finite: the same weights, half the scale, 0;
# - else: weights − learning_rate · gradient / scale, and good_steps + 1; where that
#   reaches `interval`, the scale doubles and the count starts at 0 again.


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
    good_steps += 1
    if good_steps == interval:
        return [weight.astype("float32") for weight in updated], scale * 2, 0
    return [weight.astype("float32") for weight in updated], scale, good_steps
    ### END SOLUTION


# %% [markdown]
# A good step, in `float32` (1 point).

# %% nbgrader={"grade_id": "test_scaled_step", "points": 1}
_scales = [65536.0]
### BEGIN HIDDEN TESTS
_scales += [1024.0, 8.0]
### END HIDDEN TESTS
for _scale in _scales:
    _rng = np.random.default_rng(89)
    _weights = [_rng.normal(size=_s).astype("float32") for _s in ((3, 2), (2,))]
    # So small that float16 would lose them, were they divided there.
    _true = [_rng.uniform(1, 9, _w.shape) * 1e-4 / _scale for _w in _weights]
    _grads = [(_t * _scale).astype("float16") for _t in _true]
    _exact = [_g.astype("float64") / _scale for _g in _grads]
    _before = [_w.copy() for _w in _weights]
    _rate = 1e3 * _scale
    _new, _, _ = scaled_step(_weights, _grads, _scale, 0, learning_rate=_rate)
    checks.unchanged(_weights, _before, "the weights that scaled_step was given")
    assert len(_new) == 2, f"scaled_step returned {len(_new)} weights; expected 2"
    for _w, _g, _n in zip(_before, _exact, _new, strict=True):
        checks.shape(_n, _w.shape, "a new weight of scaled_step")
        _moved = (_w - np.asarray(_n)) / _rate
        assert not np.allclose(_moved, _g * _scale, rtol=1e-2), (
            f"the gradients are not divided by the scale {_scale:.0f}"
        )
        assert np.all(_moved > 0), (
            "weights moved the wrong way, or not at all: is the gradient divided while "
            "it is float16, where so small a number becomes 0 or is rounded?"
        )
        checks.close(_moved, _g, "the step that scaled_step took", rtol=1e-2, atol=0)

# %% [markdown]
# An overflow skips the step (1 point).

# %% nbgrader={"grade_id": "test_scaled_step_overflow", "points": 1}
_bad = [np.inf]
### BEGIN HIDDEN TESTS
_bad += [np.nan, -np.inf]
### END HIDDEN TESTS
for _value in _bad:
    _weights = [np.ones((2, 2), "float32"), np.ones(3, "float32")]
    _grads = [np.ones((2, 2), "float16"), np.array([1, _value, 1], "float16")]
    _new, _scale, _good = scaled_step(_weights, _grads, 512.0, 2)
    assert all(np.isfinite(np.asarray(_w)).all() for _w in _new), (
        f"a gradient of {_value} got into the weights"
    )
    checks.unchanged(_new, _weights, f"with a gradient of {_value} the weights")
    assert float(_scale) == 256.0, (
        f"after a gradient of {_value} the scale is {_scale}; expected half of 512"
    )
    assert int(_good) == 0, (
        f"after a gradient of {_value} good_steps is {_good}; expected 0: the row ends"
    )

# %% [markdown]
# The scale grows again (1 point).

# %% nbgrader={"grade_id": "test_scaled_step_grows", "points": 1}
# good steps before, interval, expected factor of the scale, expected good steps
_cases = [(0, 3, 1, 1), (2, 3, 2, 0), (1, 3, 1, 2)]
### BEGIN HIDDEN TESTS
_cases += [(0, 1, 2, 0), (6, 8, 1, 7), (7, 8, 2, 0)]
### END HIDDEN TESTS
for _good, _interval, _factor, _wanted in _cases:
    _weights, _grads = [np.ones(2, "float32")], [np.ones(2, "float16")]
    _, _scale, _now = scaled_step(_weights, _grads, 64.0, _good, interval=_interval)
    _call = f"after good step {_good + 1} with interval={_interval}"
    assert float(_scale) == 64.0 * _factor, (
        f"{_call} the scale is {_scale}; expected {64.0 * _factor}"
    )
    assert int(_now) == _wanted, f"{_call} good_steps is {_now}; expected {_wanted}"

# %% [markdown]
# ## Exercise 6: a network in mixed precision (2 points)
#
# Write `classifier(input_shape, num_classes, policy)`. It returns a `keras.Model` with
# at least one convolution and one dense layer, ending in **logits** (no softmax):
#
# - every layer with weights computes as `policy` says, `"mixed_bfloat16"` or
#   `"mixed_float16"`, except the last;
# - the weights of all layers are `float32`;
# - the last dense layer computes in `float32`, so that the loss gets exact logits.
#
# Give `dtype=` to the layers. `keras.config.set_dtype_policy` would change what every
# later layer of the notebook is.


# %% nbgrader={"grade_id": "classifier"}
def classifier(input_shape, num_classes, policy):
    """Builds a small network in mixed precision, with float32 logits.

    Args:
        input_shape: Tuple (height, width, channels).
        num_classes: Integer.
        policy: String, `"mixed_bfloat16"` or `"mixed_float16"`.

    Returns:
        A `keras.Model` from images to logits (batch, num_classes).
    """
    ### BEGIN SOLUTION
    inputs = keras.Input(input_shape)
    x = layers.Conv2D(8, 3, activation="relu", dtype=policy)(inputs)
    x = layers.GlobalAveragePooling2D(dtype=policy)(x)
    return keras.Model(inputs, layers.Dense(num_classes, dtype="float32")(x))
    ### END SOLUTION


# %% nbgrader={"grade_id": "test_classifier", "points": 2}
_cases = [((8, 8, 1), 3, "mixed_bfloat16")]
### BEGIN HIDDEN TESTS
_cases += [((6, 9, 3), 5, "mixed_float16")]
### END HIDDEN TESTS
for _dims, _classes, _policy in _cases:
    _model = classifier(_dims, _classes, _policy)
    _call = f"classifier({_dims}, {_classes}, {_policy!r})"
    checks.model(_model, (None, *_dims), (None, _classes), _call)
    _kinds = [type(_layer).__name__ for _layer in checks.find_layers(_model)]
    _weighted = [_layer for _layer in checks.find_layers(_model) if _layer.weights]
    assert "Conv2D" in _kinds or "SeparableConv2D" in _kinds, (
        f"{_call} has no convolution. Received: {_kinds}"
    )
    for _layer in _weighted[:-1]:
        assert _layer.compute_dtype == _policy.removeprefix("mixed_"), (
            f"{_call}: {_layer.name} computes in {_layer.compute_dtype}; expected "
            f"{_policy.removeprefix('mixed_')}"
        )
    for _layer in _weighted:
        assert _layer.variable_dtype == "float32", (
            f"{_call}: the weights of {_layer.name} are {_layer.variable_dtype}; "
            "expected float32, which small updates need"
        )
    assert _weighted[-1].compute_dtype == "float32", (
        f"{_call}: the last layer computes in {_weighted[-1].compute_dtype}; expected "
        "float32 logits"
    )
    _x = np.random.default_rng(90).normal(size=(4, *_dims)).astype("float32")
    _logits = ops.convert_to_numpy(_model(_x))
    assert str(_logits.dtype) == "float32", (
        f"{_call} puts out {_logits.dtype}; expected float32"
    )
    assert not np.allclose(_logits.sum(-1), 1, atol=1e-3), (
        f"{_call} puts out numbers that sum to 1: is a softmax left at its end?"
    )
assert keras.config.dtype_policy().name == "float32", (
    "the policy of all later layers was changed: give dtype= to the layers instead"
)
