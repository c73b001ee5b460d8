"""Numbers and dates of Python's standard library, which cross by value."""

import datetime
import decimal
import fractions
from collections.abc import Callable
from typing import Any

# The digits of a Decimal, and the largest power of ten: an integer that is made of
# 1E+999999999 would fill the memory.
MAX_DIGITS = 5000


def encode_standard(value: Any) -> tuple[str, Any] | None:
    """Returns a tag and JSON for a number or date, or `None` for anything else."""
    if isinstance(value, fractions.Fraction):
        return "fraction", [hex(int(value.numerator)), hex(int(value.denominator))]
    if isinstance(value, decimal.Decimal) and _is_moderate(value):
        return "decimal", decimal.Decimal.__str__(value)
    if isinstance(value, datetime.datetime):
        return "datetime", datetime.datetime.isoformat(value)
    if isinstance(value, datetime.date):
        return "date", datetime.date.isoformat(value)
    if isinstance(value, datetime.time):
        return "time", datetime.time.isoformat(value)
    if isinstance(value, datetime.timedelta):
        return "timedelta", [value.days, value.seconds, value.microseconds]
    return None


def decode_standard(tag: str, given: Any) -> Any:
    """Returns the number or date of a tag and its JSON.

    Raises:
        KeyError: If the tag is none of them.
        ValueError: If the JSON does not fit.
    """
    if tag == "fraction":
        return fractions.Fraction(*(int(part, 16) for part in given))
    if tag == "decimal":
        if len(given) > 2 * MAX_DIGITS:
            raise ValueError("a Decimal of too many digits")
        value = decimal.Decimal(given)
        if not _is_moderate(value):
            raise ValueError("a Decimal that is too large or too small")
        return value
    if tag == "timedelta":
        return datetime.timedelta(*given)
    return ISO[tag](given)


ISO: dict[str, Callable[[str], Any]] = {
    "datetime": datetime.datetime.fromisoformat,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
}
TAGS = frozenset({"fraction", "decimal", "timedelta", *ISO})


def _is_moderate(value: decimal.Decimal) -> bool:
    digits = len(value.as_tuple().digits)
    return digits <= MAX_DIGITS and (
        not value.is_finite() or abs(value.adjusted()) <= MAX_DIGITS
    )
