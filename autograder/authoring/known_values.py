"""What a test cell's source tells of a value: whose it is, and what it holds."""

import ast
from dataclasses import dataclass, replace

OWN, RECEIVED, MADE = range(3)
CONVERTING = """
abs all any array asarray bool bytes complex concatenate convert_to_numpy
convert_to_tensor copy deepcopy dict enumerate find_layers float getattr int isfinite
isnan items len list map max min next ravel repr reshape reversed set shape size sorted
squeeze stack str sum swapaxes transpose tuple type unpack values zip
"""
COMPARING = """
allclose array_equal array_equiv assert_allclose assert_array_equal close isclose judge
shape unchanged
"""
# Calls that hand on what they are given, in another form or order.
CONVERSIONS = frozenset(CONVERTING.split())
# Calls that compare their first two arguments.
COMPARISONS = frozenset(COMPARING.split())
# Calls that make a list of what they are given.
COPIES = frozenset({"deepcopy", "list", "reversed", "sorted", "tuple"})
# Calls whose result cannot be changed in place.
PLAIN = frozenset(
    {"abs", "bool", "float", "int", "len", "range", "round", "str", "sum"}
)
ADDING = frozenset({"add", "append", "extend", "insert"})


@dataclass(frozen=True)
class Value:
    """What is known of a value.

    Attributes:
        level: Whether it is the test's own, received or made of what was received.
        plain: Whether it cannot be changed in place: a number, a text.
        holds: Names of which it holds the objects, not copies.
        items: What its items are, where it is a display of tuples or of one kind.
    """

    level: int = OWN
    plain: bool = False
    holds: frozenset[str] = frozenset()
    items: tuple["Value", ...] = ()

    def join(self, other: "Value") -> "Value":
        """Returns what is known if it may be either."""
        items = self.items or other.items
        if len(self.items) == len(other.items):
            pairs = zip(self.items, other.items, strict=True)
            items = tuple(mine.join(theirs) for mine, theirs in pairs)
        return Value(
            max(self.level, other.level),
            self.plain and other.plain,
            self.holds | other.holds,
            items,
        )


def received(value: Value) -> Value:
    """Returns what is known of a value after a student's function could change it."""
    if value.plain:
        return value
    items = tuple(map(received, value.items))
    return replace(value, level=max(value.level, RECEIVED), items=items)


def all_plain(value: Value) -> bool:
    """Returns whether a list's items are known, and none can be changed in place."""
    return bool(value.items) and all(item.plain for item in value.items)


def called(node: ast.Call) -> str:
    """Returns the last part of the name of what is called, or an empty text."""
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def root_of(node: ast.expr) -> str | None:
    """Returns the name of which an expression takes a part."""
    while isinstance(node, ast.Subscript | ast.Attribute | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def differs(node: ast.expr) -> bool:
    """Returns whether an expression asks that things differ."""
    return isinstance(node, ast.Compare) and all(
        isinstance(operator, ast.NotEq | ast.NotIn) for operator in node.ops
    )
