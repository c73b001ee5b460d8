"""Numbers and dates of the standard library cross by value."""

import pytest

pytestmark = pytest.mark.kernel

VALUES = """
import datetime
from collections import Counter, OrderedDict, defaultdict, namedtuple
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

Point = namedtuple("Point", "x y")
class Number(IntEnum):
    TWO = 2

def values():
    return {
        "fraction": Fraction(1, 3),
        "decimal": Decimal("0.10"),
        "not a number": Decimal("NaN").is_nan(),
        "date": datetime.date(2024, 2, 29),
        "moment": datetime.datetime(2024, 2, 29, 1, 2, 3, 4),
        "abroad": datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
        "time": datetime.time(1, 2),
        "span": datetime.timedelta(days=-1, microseconds=5),
        "named": Point(1, 2),
        "enum": Number.TWO,
        "bool": np.bool_(True),
        "counts": Counter("aab"),
        "ordered": OrderedDict(a=1),
        "default": defaultdict(int, a=1),
        "bytes": bytearray(b"ab"),
        "range": range(3),
        "long": 10**400,
        "complex": np.complex64(1 + 2j),
        "list": [Fraction(1, 2), Decimal("1.5"), 3],
    }

def same(x):
    return x
"""


def test_numbers_and_dates_of_the_standard_library_cross(both):
    alone, apart = both(
        VALUES,
        """
_values = values()
_types = {
    name: type(value).__name__ for name, value in _values.items()
    if name in ("fraction", "decimal", "date", "moment", "time", "span", "long")
}
_sum = _values["fraction"] + 1, _values["decimal"] * 2, float(_values["fraction"])
checks.close(_values["fraction"], 1 / 3, "a fraction")
checks.close(_values["decimal"], 0.1, "a decimal")
checks.close(_values["list"], [0.5, 1.5, 3], "a list")
_back = same([_values["fraction"], _values["decimal"], _values["span"]])
""",
    )
    for name in ("_values", "_types", "_sum", "_back"):
        assert alone[name] == apart[name], name


def test_a_decimal_that_would_fill_the_memory_stays_where_it_is(split):
    found = split.define("from decimal import Decimal\nlarge = Decimal('1E+999999999')")
    assert type(found["large"]).__name__ == "Decimal"
    with pytest.raises(TypeError):
        int(found["large"])
