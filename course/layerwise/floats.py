"""Floating-point numbers, bit by bit."""

from dataclasses import dataclass

import ml_dtypes
import numpy as np

from layerwise import plots

# Bits of the exponent and of the fraction; one more is the sign. TF32 is no type of an
# array: tensor cores round to it what they read as float32.
LAYOUT = {
    "float64": (11, 52),
    "float32": (8, 23),
    "tf32": (8, 10),
    "bfloat16": (8, 7),
    "float16": (5, 10),
    "float8_e5m2": (5, 2),
    "float8_e4m3fn": (4, 3),
}
# Those of an array that take at most 32 bits.
SHORT = ("float32", "bfloat16", "float16", "float8_e5m2", "float8_e4m3fn")
COLORS = {"sign": plots.GREY, "exponent": plots.VERMILION, "fraction": plots.BLUE}


@dataclass(frozen=True)
class Format:
    """What a floating-point format can hold.

    Attributes:
        name: String, `"float16"` and so on.
        exponent: Integer, bits of the exponent.
        fraction: Integer, bits of the fraction.
        largest: Float, the largest finite number.
        normal: Float, the smallest positive number of full precision.
        smallest: Float, the smallest positive number at all, a subnormal one.
        epsilon: Float, the gap between 1 and the next larger number.
    """

    name: str
    exponent: int
    fraction: int
    largest: float
    normal: float
    smallest: float
    epsilon: float


def describe(name):
    """Says what a format can hold.

    Args:
        name: String, a key of `LAYOUT`.

    Returns:
        A `Format`.

    Raises:
        ValueError: If there is no such format.
    """
    exponent, fraction = _layout(name)
    if name == "tf32":  # the exponents of float32
        normal, epsilon = 2.0**-126, 2.0**-fraction
        top = (2 - epsilon) * 2.0**127
        return Format(name, exponent, fraction, top, normal, normal * epsilon, epsilon)
    info = ml_dtypes.finfo(name)
    return Format(
        name,
        exponent,
        fraction,
        *(
            float(number)
            for number in (info.max, info.tiny, info.smallest_subnormal, info.eps)
        ),
    )


def table():
    """Returns a table of all formats, as text."""
    lines = ["format         largest    smallest normal  smallest   gap after 1"]
    for name in LAYOUT:
        f = describe(name)
        lines.append(
            f"{name:13} {f.largest:9.3g}   {f.normal:12.3g}   {f.smallest:9.3g}"
            f"  {f.epsilon:10.3g}"
        )
    return "\n".join(lines)


def rounded(x, name):
    """Rounds numbers to a format, and returns them in float32.

    What is too large becomes infinite, or in `"float8_e4m3fn"`, which has no infinity,
    NaN.

    Args:
        x: Array of floats.
        name: String, a key of `LAYOUT` that is no longer than float32.

    Returns:
        `float32` array of x's shape.
    """
    x = np.asarray(x, "float32")
    _layout(name)
    if name != "tf32":
        with np.errstate(over="ignore", under="ignore"):
            return x.astype(ml_dtypes.finfo(name).dtype).astype("float32")
    whole = x.view("uint32")
    # To the nearest; a tie goes to the even one. 13 bits of the fraction are lost.
    whole = whole + np.uint32(0xFFF) + ((whole >> np.uint32(13)) & np.uint32(1))
    return (whole & np.uint32(0xFFFFE000)).view("float32")


def bits(value, name):
    """Takes a number apart.

    Args:
        value: Float.
        name: String, the format that it is rounded to: one that arrays can have.

    Returns:
        Three strings of `"0"` and `"1"`: sign, exponent, fraction.
    """
    exponent, fraction = _layout(name)
    width = 1 + exponent + fraction
    number = np.asarray(value).astype(ml_dtypes.finfo(name).dtype)
    whole = int(number.reshape(1).view(f"uint{width}")[0])
    text = f"{whole:0{width}b}"
    return text[0], text[1 : 1 + exponent], text[1 + exponent :]


def draw(ax, value, names=("float32", "bfloat16", "float16")):
    """Draws a number's bits in several formats, a row for each.

    Args:
        ax: Matplotlib axes.
        value: Float.
        names: Sequence of strings, the formats.
    """
    for row, name in enumerate(names):
        place = 0
        for (part, color), text in zip(COLORS.items(), bits(value, name), strict=True):
            for digit in text:
                box = {"color": color, "alpha": 0.85 if digit == "1" else 0.3}
                ax.bar(place, 0.8, 0.9, row - 0.4, align="edge", lw=0, **box)
                ax.text(place + 0.45, row, digit, ha="center", va="center", fontsize=9)
                place += 1
            if row == 0:
                middle = place - len(text) / 2
                ax.text(middle, -0.62, part, ha="center", color=color, fontsize=10)
        number = np.asarray(value).astype(ml_dtypes.finfo(name).dtype)
        ax.text(place + 0.6, row, f"{float(number):.9g}", va="center")
    ax.set(yticks=range(len(names)), yticklabels=names, xticks=[])
    ax.set_xlim(-0.3, 1 + sum(max(LAYOUT[name] for name in names)) + 9)
    ax.set_ylim(len(names) - 0.4, -0.95)
    ax.grid(visible=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.tick_params(length=0)


def _layout(name):
    if name not in LAYOUT:
        raise ValueError(
            f"the format must be one of {', '.join(LAYOUT)}. Received: {name!r}"
        )
    return LAYOUT[name]
