"""Verdicts from data: what the runs of an experiment allow one to say.

A verdict has a kind, which a program compares, and a text, which a reader reads. Two
arms of an experiment differ where no run of one reaches the range of the other. If
nothing separates two arms, three runs of each lie apart by chance once in ten times
(2 of the 20 orders), five of each once in 126: fewer than three decide nothing.
"""

from dataclasses import dataclass

import numpy as np

LOWER, HIGHER, SAME = "lower", "higher", "no difference"
FASTER, SLOWER = "faster", "slower"
YES, NO = "yes", "no"
FEW = "too few seeds"
MIN_SEEDS = 3
# What a text may say, and the kinds of verdict that bear it out.
BORNE_OUT_BY = {
    **{kind: {kind} for kind in (LOWER, HIGHER, SAME, FASTER, SLOWER, YES, NO)},
    "not lower": {HIGHER, SAME},
    "not higher": {LOWER, SAME},
    "not faster": {SLOWER, SAME},
    "not slower": {FASTER, SAME},
}
OPPOSITES = {LOWER: HIGHER, FASTER: SLOWER, YES: NO}
OPPOSITES |= {there: here for here, there in OPPOSITES.items()}


@dataclass(frozen=True)
class Verdict:
    """What came of a comparison.

    Attributes:
        kind: String, one of the constants of this module.
        text: String, a phrase for the reader.
    """

    kind: str
    text: str

    def __str__(self):
        return self.text


def compare(first, second, unit="points", digits=1):
    """Compares two arms of an experiment: is the first lower or higher?

    Args:
        first: Sequence of numbers, one for each seed.
        second: Likewise; the seeds may be others.
        unit: String, of both.
        digits: Integer, decimals of the difference.

    Returns:
        `Verdict` of kind `LOWER`, `HIGHER`, `SAME` or `FEW`.

    Raises:
        ValueError: If a number is not finite.
    """
    first, second, few = _arms(first, second)
    if few:
        return few
    gap = abs(first.mean() - second.mean())
    if first.max() < second.min():
        kind = LOWER
    elif first.min() > second.max():
        kind = HIGHER
    else:
        return Verdict(SAME, "no difference here: the ranges overlap")
    return Verdict(
        kind,
        f"{kind} by {gap:.{digits}f} {unit}: no run of one reaches the other's range",
    )


def compare_times(first, second):
    """Compares two lists of times: is the first faster or slower, and by what factor?

    Args:
        first: Sequence of positive numbers, one for each repetition.
        second: Likewise.

    Returns:
        `Verdict` of kind `FASTER`, `SLOWER`, `SAME` or `FEW`. The factor is that of
        the medians.

    Raises:
        ValueError: If a time is not finite or not positive.
    """
    first, second, few = _arms(first, second)
    if min(first.min(initial=1), second.min(initial=1)) <= 0:
        raise ValueError(f"times must be positive. Received: {first} and {second}")
    if few:
        return few
    ratio = np.median(second) / np.median(first)
    if first.max() < second.min():
        return Verdict(FASTER, f"faster by {ratio:.1f}")
    if first.min() > second.max():
        return Verdict(SLOWER, f"slower by {1 / ratio:.1f}")
    return Verdict(SAME, "no difference here: the ranges overlap")


def within(values, low, high):
    """Asks whether every run lies within bounds.

    Args:
        values: Sequence of numbers, one for each seed.
        low: Float, or `-inf`.
        high: Float, or `inf`.

    Returns:
        `Verdict` of kind `YES`, `NO` or `FEW`.

    Raises:
        ValueError: If a number is not finite.
    """
    values, _, few = _arms(values, values)
    if few:
        return few
    span = f"{values.min():.3g} to {values.max():.3g}"
    if low <= values.min() and values.max() <= high:
        return Verdict(YES, f"yes: {span}")
    return Verdict(NO, f"no: {span}, and not within {low:.3g} to {high:.3g}")


def bears_out(kind, says):
    """Returns whether a verdict bears out what a text says.

    Args:
        kind: String, the kind of a `Verdict`.
        says: String, one of the keys of `BORNE_OUT_BY`.

    Raises:
        ValueError: If `says` is no such key.
    """
    if says not in BORNE_OUT_BY:
        raise ValueError(
            f"says must be one of {', '.join(BORNE_OUT_BY)}. Received: {says!r}"
        )
    return kind in BORNE_OUT_BY[says]


def reproduced(kind, claimed):
    """Says what became of a claim here.

    Args:
        kind: String, the kind of the `Verdict` that was measured.
        claimed: String, the kind that the claim would have.

    Returns:
        String: `"yes, here too"`, `"the opposite here"`, `"not decided here"` or
        `"not reproduced here"`.
    """
    if kind == claimed:
        return "yes, here too"
    if kind == FEW:
        return "not decided here"
    if kind == OPPOSITES.get(claimed):
        return "the opposite here"
    return "not reproduced here"


def share_of_roof(rate, roof):
    """Returns a measured rate as a share of the highest possible one.

    Args:
        rate: Float, such as operations in a second.
        roof: Float, in the same unit.

    Raises:
        ValueError: If it is more than all: then the rate counts what was not done, or
            the roof is none.
    """
    share = rate / roof
    if not 0 <= share <= 1:
        raise ValueError(
            f"{100 * share:.0f} % of a roof: either not all that is counted was done, "
            "or the roof is no roof"
        )
    return share


def shares(parts, whole):
    """Returns measured parts as shares of their sum, if that is the whole.

    Args:
        parts: Dictionary from a name to a number, such as seconds.
        whole: Float, measured apart from the parts.

    Returns:
        Dictionary from the same names to shares of the sum.

    Raises:
        ValueError: If the parts do not add up to 0.95 to 1.05 of the whole: then the
            clock of the parts measured something else.
    """
    total = sum(parts.values())
    if not 0.95 <= total / whole <= 1.05:
        raise ValueError(
            f"the parts add up to {total / whole:.2f} of the whole; a measurement of "
            "parts must come to 0.95 to 1.05"
        )
    return {name: part / total for name, part in parts.items()}


def _arms(first, second):
    """Returns both as arrays, and the verdict `FEW` if one is too short."""
    arrays = np.asarray(first, float), np.asarray(second, float)
    for array in arrays:
        if not np.isfinite(array).all():
            raise ValueError(f"what is compared must be finite. Received: {array}")
    count = min(map(len, arrays))
    few = None
    if count < MIN_SEEDS:
        text = f"not decided: {count} of at least {MIN_SEEDS} seeds"
        few = Verdict(FEW, text)
    return *arrays, few
