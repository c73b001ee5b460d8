"""Finds in which order a cell reads and binds its names."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.verdict.names import plain_python, symbols_of


@dataclass(frozen=True)
class Uses:
    """What a cell does with global names.

    Attributes:
        bound: The names that it binds.
        first_read: The names that it reads before it binds them, if it does.
        deferred: The names that its functions read, which is when they are called.
    """

    bound: frozenset[str]
    first_read: frozenset[str]
    deferred: frozenset[str]


def uses_of(source: str) -> Uses:
    """Finds what a cell, whose source may hold magics, does with global names.

    Raises:
        SyntaxError: If the cell is not Python.
    """
    module = symbols_of(source)
    deferred: set[str] = set()
    pending = list(module.get_children())
    while pending:
        table = pending.pop()
        pending.extend(table.get_children())
        deferred |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_global() and symbol.is_referenced()
        }
    bound: set[str] = set()
    first_read: set[str] = set()
    for statement in ast.parse(plain_python(source)).body:
        reads, binds = _of_statement(statement)
        first_read |= reads - bound
        bound |= binds
    everything = {
        symbol.get_name()
        for symbol in module.get_symbols()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
    }
    return Uses(
        frozenset(everything), frozenset(first_read), frozenset(deferred - everything)
    )


def _of_statement(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Returns the names that a statement reads at once, and those it surely binds."""
    loads: set[str] = set()
    stores: set[str] = set()
    own: set[str] = set()
    for node in _at_once(statement):
        if isinstance(node, ast.Name):
            (stores if isinstance(node.ctx, ast.Store) else loads).add(node.id)
        elif isinstance(node, ast.comprehension):
            own |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            loads.add(node.target.id)
    loads -= own
    if isinstance(statement, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
        return loads, {statement.name}
    if isinstance(statement, ast.Import | ast.ImportFrom):
        names = statement.names
        return loads, {(each.asname or each.name).split(".")[0] for each in names}
    if isinstance(statement, ast.For | ast.With):
        # What they bind they may read themselves.
        return loads - stores, stores - own
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        return loads, stores - own
    return loads, set()


def _at_once(node: ast.AST) -> Iterator[ast.AST]:
    """Walks through what runs now: not through the bodies of functions."""
    yield node
    for name, value in ast.iter_fields(node):
        is_function = isinstance(
            node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
        )
        if is_function and name == "body":
            continue
        if isinstance(node, ast.arguments) and name not in ("defaults", "kw_defaults"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _at_once(child)
