"""`layerwise.floats`: bits, ranges and the drawing."""

import numpy as np
import pytest

from layerwise import floats

OF_ARRAYS = [name for name in floats.LAYOUT if name != "tf32"]


@pytest.mark.parametrize("name", OF_ARRAYS)
@pytest.mark.parametrize("value", [1.0, -2.5, 0.15625, 3e-39, 0.0])
def test_bits_put_together_are_the_number(name, value):
    sign, exponent, fraction = floats.bits(value, name)
    assert (len(sign), len(exponent), len(fraction)) == (1, *floats.LAYOUT[name])
    power, part = int(exponent, 2), int(fraction, 2) / 2 ** len(fraction)
    bias = 2 ** (len(exponent) - 1) - 1
    number = 2.0 ** (power - bias) * (1 + part) if power else 2.0 ** (1 - bias) * part
    found = floats.describe(name)
    wanted = value if abs(value) >= found.normal or value == 0 else None
    if wanted is None:  # rounded to a multiple of the smallest number
        assert abs(number - value) <= found.smallest / 2
    else:
        assert (-1) ** int(sign) * number == pytest.approx(value, rel=found.epsilon)


def test_what_formats_hold():
    half, brain = floats.describe("float16"), floats.describe("bfloat16")
    assert half.largest == 65504
    assert half.smallest == 2.0**-24
    assert half.epsilon == 2.0**-10
    assert (brain.exponent, brain.fraction) == (8, 7)
    assert brain.largest == pytest.approx(3.3895e38, rel=1e-4)
    assert floats.describe("float32").epsilon == np.finfo("float32").eps


def test_what_short_formats_hold():
    far, near = floats.describe("float8_e5m2"), floats.describe("float8_e4m3fn")
    assert (far.largest, near.largest) == (57344, 448)
    assert (far.normal, near.normal) == (2.0**-14, 2.0**-6)
    assert (far.epsilon, near.epsilon) == (0.25, 0.125)
    tensor_core, single = floats.describe("tf32"), floats.describe("float32")
    assert tensor_core.normal == single.normal
    assert tensor_core.epsilon == floats.describe("float16").epsilon
    assert 0.999 < tensor_core.largest / single.largest < 1


@pytest.mark.parametrize("name", [*OF_ARRAYS[1:], "tf32"])
def test_rounding_is_to_the_nearest(name, rng):
    x = rng.uniform(-4, 4, 1000).astype("float32")
    found = floats.rounded(x, name)
    assert found.dtype == np.float32
    limits = floats.describe(name)
    step = np.maximum(limits.epsilon * 2.0 ** np.floor(np.log2(np.abs(x))), 1e-12)
    assert (np.abs(found - x) <= np.maximum(step, limits.smallest) / 2).all()
    np.testing.assert_array_equal(floats.rounded(found, name), found)


def test_tf32_rounds_ties_to_even():
    ties = 1 + np.array([1, 3], "float32") / 2048
    np.testing.assert_array_equal(floats.rounded(ties, "tf32"), [1, 1 + 2 / 1024])


def test_an_unknown_format_is_refused():
    with pytest.raises(ValueError, match="must be one of float64"):
        floats.bits(1.0, "float8")


def test_the_drawing_has_a_digit_for_each_bit():
    import matplotlib.pyplot as plt

    _, ax = plt.subplots()
    floats.draw(ax, 0.1)
    digits = [text.get_text() for text in ax.texts if text.get_text() in "01"]
    assert len(digits) == 32 + 16 + 16
    plt.close()


def test_the_table_has_a_line_for_each_format():
    head, *lines = floats.table().splitlines()
    assert [line.split()[0] for line in lines] == list(floats.LAYOUT)
    assert "65504" in lines[4] or "6.55e+04" in lines[4]
    assert len(head.split()) > 4
