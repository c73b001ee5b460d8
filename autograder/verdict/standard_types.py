"""Numbers and dates of Python's standard library, which cross by value."""

# Bound here, once: a notebook may put others into these modules.
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

# The digits of a Decimal, and the largest power of ten: an integer that is made of
# 1E+999999999 would fill the memory.
MAX_DIGITS = 5000


def encode_standard(value: Any) -> tuple[str, Any] | None:
    """Returns a tag and JSON for a number or date, or `None` for anything else."""
    if isinstance(value, Fraction):
        return "fraction", [hex(int(value.numerator)), hex(int(value.denominator))]
    if isinstance(value, Decimal) and _is_moderate(value):
        return "decimal", Decimal.__str__(value)
    if isinstance(value, datetime):
        return "datetime", datetime.isoformat(value)
    if isinstance(value, date):
        return "date", date.isoformat(value)
    if isinstance(value, time):
        return "time", time.isoformat(value)
    if isinstance(value, timedelta):
        return "timedelta", [value.days, value.seconds, value.microseconds]
    return None


def decode_standard(tag: str, given: Any) -> Any:
    """Returns the number or date of a tag and its JSON.

    Raises:
        KeyError: If the tag is none of them.
        ValueError: If the JSON does not fit.
    """
    if tag == "fraction":
        return Fraction(*(int(part, 16) for part in given))
    if tag == "decimal":
        if len(given) > 2 * MAX_DIGITS:
            raise ValueError("a Decimal of too many digits")
        value = Decimal(given)
        if not _is_moderate(value):
            raise ValueError("a Decimal that is too large or too small")
        return value
    if tag == "timedelta":
        return timedelta(*given)
    return ISO[tag](given)


ISO: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
}
TAGS = frozenset({"fraction", "decimal", "timedelta", *ISO})


def _is_moderate(value: Decimal) -> bool:
    digits = len(value.as_tuple().digits)
    return digits <= MAX_DIGITS and (
        not value.is_finite() or abs(value.adjusted()) <= MAX_DIGITS
    )
