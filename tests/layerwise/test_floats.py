"""`layerwise.floats`: bits, ranges and the drawing."""

import numpy as np
import pytest

from layerwise import floats


@pytest.mark.parametrize("name", floats.LAYOUT)
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
