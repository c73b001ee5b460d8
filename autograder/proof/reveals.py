"""Finds visible tests that compute what they ask for, and so tell the answer.

An assignment's reference runs with the tests as students receive them. Of each value
that an answer's function returned it is asked whether the test calculated it too,
without that function. Values that a test holds as literals are data, and count for
nothing.
"""

import ast
import contextlib
import copy
from collections.abc import Collection, Iterator
from typing import Any

from autograder.course import Course
from autograder.proof.visible_run import run_visible

MAKING = """
arange array asarray astype bool convert_to_numpy convert_to_tensor dict eye float
float32 full int linspace list ones range reshape tuple uint8 zeros
"""
# What makes an array of literals.
MAKERS = frozenset(MAKING.split())
# Numbers so small are counts, sizes and places, which agree by chance.
CHANCE = 10
MOST = 100_000
Found = dict[str, list[str]]


def find_revealing(course: Course, assignment: str) -> Found:
    """Finds the visible tests of an assignment that compute what they ask for.

    Args:
        course: `Course`.
        assignment: The assignment's id; it is built.

    Returns:
        From a test's grade id to the expressions that gave what an answer returned.
    """
    found: Found = {}
    seen: list[tuple[str, Any]] = []

    def see(value: Any, text: str) -> Any:
        seen.extend((text, part) for part in _values(value))
        return value

    def instrument(tree: ast.Module, theirs: Collection[str]) -> ast.Module:
        seen.clear()
        return _Instrument(theirs).run(tree)

    runs = run_visible(course, assignment, instrument, {"_see_": see})
    for test, calls in runs:
        given = [part for call in calls for part in _values(call.arguments)]
        returned = [part for call in calls for part in _values(call.result)]
        texts = {
            text
            for text, value in seen
            if any(_same(value, other) for other in returned)
            and not any(_same(value, other) for other in given)
        }
        if texts:
            found[test] = sorted(texts)
    return found


class _Instrument(ast.NodeTransformer):
    """Has a test tell each value that it computes without the student's functions."""

    def __init__(self, theirs: Collection[str]) -> None:
        self.tainted = set(theirs)

    def run(self, tree: ast.Module) -> ast.Module:
        """Returns the instrumented code."""
        before = -1
        while before != len(self.tainted):
            before = len(self.tainted)
            for node in ast.walk(tree):
                self._spread(node)
        return ast.fix_missing_locations(self.visit(tree))

    def _spread(self, node: ast.AST) -> None:
        """Taints the names that are bound with the help of tainted ones."""
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            source: ast.expr | None = node.value
        elif isinstance(node, ast.For | ast.comprehension):
            targets, source = [node.target], node.iter
        elif isinstance(node, ast.FunctionDef):
            if self._is_tainted(node):
                self.tainted.add(node.name)
            return
        else:
            return
        if source is not None and self._is_tainted(source):
            for target in targets:
                self.tainted |= {
                    part.id for part in ast.walk(target) if isinstance(part, ast.Name)
                }

    def _is_tainted(self, node: ast.AST) -> bool:
        return any(
            isinstance(part, ast.Name) and part.id in self.tainted
            for part in ast.walk(node)
        )

    def generic_visit(self, node: ast.AST) -> ast.AST:
        before = copy.deepcopy(node)
        super().generic_visit(node)
        kinds = (ast.BinOp, ast.Call, ast.ListComp, ast.Tuple, ast.List)
        if (
            not isinstance(node, kinds)
            or not isinstance(before, ast.expr)
            or not isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            or any(isinstance(part, ast.Slice) for part in ast.iter_child_nodes(node))
            or self._is_tainted(before)
            or _is_literal(before)
        ):
            return node
        name, shown = ast.Name("_see_", ast.Load()), ast.unparse(before)[:200]
        return ast.Call(name, [node, ast.Constant(shown)], [])


def _is_literal(node: ast.expr) -> bool:
    """Returns whether an expression is a table of constants."""
    for part in ast.walk(node):
        if isinstance(part, ast.Call):
            function = part.func
            name = getattr(function, "attr", getattr(function, "id", ""))
            if name not in MAKERS:
                return False
        elif isinstance(part, ast.BinOp):
            sides = (part.left, part.right)
            if not all(isinstance(side, ast.Constant) for side in sides):
                return False
        elif isinstance(part, ast.ListComp | ast.GeneratorExp | ast.Lambda):
            return False
    return not any(
        isinstance(part, ast.Name) and part.id.startswith("_")
        for part in ast.walk(node)
    )


def _values(value: Any) -> Iterator[Any]:
    """Yields what can be compared of a value: arrays, numbers, and lists of them."""
    import numpy as np
    from keras import KerasTensor, ops

    if isinstance(value, tuple | list):
        if 1 < len(value) < 1000:
            yield list(value)
        for item in value[:1000]:
            yield from _values(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _values(item)
    elif isinstance(value, bool) or value is None or isinstance(value, KerasTensor):
        return
    elif isinstance(value, int | float | np.number):
        yield np.asarray(value)
    elif getattr(value, "shape", None) is not None and hasattr(value, "dtype"):
        with contextlib.suppress(Exception):
            array = ops.convert_to_numpy(value)
            if array.size <= MOST and array.dtype.kind in "iuf":
                yield array


def _same(one: Any, other: Any) -> bool:
    """Returns whether two values agree, and not by chance."""
    import numpy as np

    from layerwise.checks.expected import agree

    if isinstance(one, list) or isinstance(other, list):
        if not isinstance(one, list) or not isinstance(other, list):
            return False
        if len(one) != len(other) or all(_is_small(item) for item in one):
            return False
        try:
            return agree(one, other)
        except Exception:
            return False
    if one.shape != other.shape or one.size == 0 or _is_small(one):
        return False
    return bool(np.allclose(one, other, rtol=1e-3, atol=1e-7, equal_nan=True))


def _is_small(value: Any) -> bool:
    """Returns whether a value is so plain that others have it by chance."""
    import numpy as np

    try:
        array = np.asarray(value, "float64")
    except (TypeError, ValueError):
        return not isinstance(value, list | tuple | str) or not len(value)
    flat = np.unique(array[np.isfinite(array)])
    whole = bool(np.all(flat == np.round(flat)))
    return flat.size < 2 and whole and bool(np.all(np.abs(flat) < CHANCE))
