"""Floating-point numbers, bit by bit."""

from dataclasses import dataclass

import ml_dtypes
import numpy as np

from layerwise import plots

# Bits of the exponent and of the fraction; one more is the sign.
LAYOUT = {
    "float64": (11, 52),
    "float32": (8, 23),
    "bfloat16": (8, 7),
    "float16": (5, 10),
}
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
        name: String, `"float64"`, `"float32"`, `"bfloat16"` or `"float16"`.

    Returns:
        A `Format`.

    Raises:
        ValueError: If there is no such format.
    """
    exponent, fraction = _layout(name)
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


def bits(value, name):
    """Takes a number apart.

    Args:
        value: Float.
        name: String, the format that it is rounded to.

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
