"""Makes wrong and right answers of an assignment's reference, by machine.

A wrong one is the reference with one thing changed, of a kind that people get wrong. A
right one gives the same in another form. Names of mutants stay the same as long as the
code that they change does.
"""

import ast
import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OTHER_OPERATOR: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.Pow: ast.Mult,
    ast.MatMult: ast.Mult,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.And: ast.Or,
    ast.Or: ast.And,
}
OTHER_TEXT = {
    "same": "valid",
    "valid": "same",
    "relu": "linear",
    "softmax": "linear",
    "sigmoid": "linear",
    "tanh": "linear",
    "float32": "float64",
    "int32": "int64",
}
COMMUTATIVE = frozenset(
    {"add", "allclose", "equal", "isclose", "logaddexp", "maximum", "minimum"}
    | {"multiply", "not_equal"}
)
# Mutants of one assignment, at most.
MOST = 400


@dataclass(frozen=True)
class Mutant:
    """One changed answer.

    Attributes:
        name: What was changed and where, such as `gram: "/" to "*" in "a / b"`.
        sources: From the grade id of an answer cell to its changed source.
    """

    name: str
    sources: Mapping[str, str]


def wrong_mutants(
    answers: Mapping[str, str],
    used: Mapping[str, Mapping[str, Any]],
    helpers: Mapping[str, Sequence[str]],
) -> list[Mutant]:
    """Makes wrong answers.

    Args:
        answers: From the grade id of an answer cell to the reference's source.
        used: From a function to the value of each parameter in the visible tests'
            first call.
        helpers: From a given function's name to the names of its parameters.
    """
    found: dict[str, Mutant] = {}
    for grade_id, source in answers.items():
        for function, change, changed in _changes(source, used, helpers):
            name = f"{function}: {change}"
            number = 2
            while name in found:
                name = f"{function}: {change} ({number})"
                number += 1
            found[name] = Mutant(name, {grade_id: changed})
    return list(found.values())[:MOST]


def _changes(
    source: str,
    used: Mapping[str, Mapping[str, Any]],
    helpers: Mapping[str, Sequence[str]],
) -> Iterator[tuple[str, str, str]]:
    """Yields each change of a cell: the function, what was changed, the cell's text."""
    tree = ast.parse(source)
    for place, node in enumerate(tree.body):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        for change, changed in _changed_definitions(node, used, helpers):
            other = copy.copy(tree)
            other.body = [*tree.body[:place], changed, *tree.body[place + 1 :]]
            yield node.name, change, ast.unparse(ast.fix_missing_locations(other))


def _changed_definitions(
    node: ast.FunctionDef | ast.ClassDef,
    used: Mapping[str, Mapping[str, Any]],
    helpers: Mapping[str, Sequence[str]],
) -> Iterator[tuple[str, ast.stmt]]:
    count = sum(1 for _ in ast.walk(node))
    for number in range(count):
        changed = copy.deepcopy(node)
        target = list(ast.walk(changed))[number]
        if _is_docstring(target, changed) or id(target) in _of_keywords(changed):
            continue
        for change in _change_in_place(target):
            yield change, changed
            changed = copy.deepcopy(node)
            target = list(ast.walk(changed))[number]
    yield from _without_statements(node)
    if isinstance(node, ast.FunctionDef):
        yield from _fixed_parameters(node, used.get(node.name, {}))
        yield from _helpers_as_answer(node, helpers)


def _of_keywords(root: ast.AST) -> set[int]:
    """Returns the nodes that say no more than an order of axes, or a precaution."""
    return {
        id(node.value)
        for node in ast.walk(root)
        if isinstance(node, ast.keyword)
        and (node.arg == "strict" or isinstance(node.value, ast.Tuple))
        and node.arg in ("axis", "axes", "strict")
    }


def _is_docstring(node: ast.AST, root: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and any(
        isinstance(statement, ast.Expr) and statement.value is node
        for statement in ast.walk(root)
    )


def _change_in_place(node: ast.AST) -> Iterator[str]:
    """Changes a node, and yields what was changed; once for each way."""
    before = ast.unparse(node) if isinstance(node, ast.expr) else ""
    if isinstance(node, ast.Constant):
        for value in _other_constants(node.value):
            node.value = value
            yield f"{before} to {ast.unparse(node)}"
    elif isinstance(node, ast.BinOp | ast.AugAssign):
        kind = OTHER_OPERATOR.get(type(node.op))
        if kind is not None:
            before = ast.unparse(node)
            node.op = kind()
            yield f"`{_short(before)}` to `{_short(ast.unparse(node))}`"
    elif isinstance(node, ast.BoolOp):
        node.op = OTHER_OPERATOR[type(node.op)]()
        yield f"`{_short(before)}` to `{_short(ast.unparse(node))}`"
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        kind = OTHER_OPERATOR.get(type(node.ops[0]))
        if kind is not None:
            node.ops = [kind()]
            yield f"`{_short(before)}` to `{_short(ast.unparse(node))}`"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.Not):
        operand = node.operand
        node.op, node.operand = ast.UAdd(), operand
        yield f"the sign of `{_short(before)}`"
    elif isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Load):
        if len(node.elts) > 1 and ast.dump(node.elts[0]) != ast.dump(node.elts[1]):
            node.elts[:2] = node.elts[1::-1]
            yield f"`{_short(before)}` to `{_short(ast.unparse(node))}`"
    elif (
        isinstance(node, ast.Call)
        and len(node.args) == 2
        and getattr(node.func, "attr", "") not in COMMUTATIVE
        and ast.dump(node.args[0]) != ast.dump(node.args[1])
        and not any(isinstance(argument, ast.Starred) for argument in node.args)
    ):
        node.args = node.args[::-1]
        yield f"`{_short(before)}` to `{_short(ast.unparse(node))}`"


def _other_constants(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1]
    if isinstance(value, float):
        return [1.5 * value] if value else [1.0]
    if isinstance(value, str) and value in OTHER_TEXT:
        return [OTHER_TEXT[value]]
    return []


def _without_statements(node: ast.stmt) -> Iterator[tuple[str, ast.stmt]]:
    """Drops one statement at a time whose names nobody needs."""
    for number, owner in enumerate(ast.walk(node)):
        for field in ("body", "orelse"):
            statements = getattr(owner, field, None)
            if not isinstance(statements, list):
                continue
            for place, statement in enumerate(statements):
                if isinstance(
                    statement, ast.Return | ast.FunctionDef | ast.ClassDef | ast.Pass
                ) or (
                    isinstance(statement, ast.Expr)
                    and isinstance(statement.value, ast.Constant)
                ):
                    continue
                changed = copy.deepcopy(node)
                found = list(ast.walk(changed))[number]
                rest = getattr(found, field)
                rest[place : place + 1] = [] if len(rest) > 1 else [ast.Pass()]
                yield f"without `{_short(ast.unparse(statement))}`", changed


def _fixed_parameters(
    node: ast.FunctionDef, used: Mapping[str, Any]
) -> Iterator[tuple[str, ast.stmt]]:
    """Replaces a parameter by the value that the visible tests use."""
    for argument in [*node.args.args, *node.args.kwonlyargs]:
        if argument.arg not in used:
            continue
        text = f"{argument.arg} = {used[argument.arg]!r}"
        changed = copy.deepcopy(node)
        has_docstring = ast.get_docstring(node) is not None
        changed.body.insert(int(has_docstring), ast.parse(text).body[0])
        yield f"always {_short(text)}", changed


def _helpers_as_answer(
    node: ast.FunctionDef, helpers: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, ast.stmt]]:
    """Returns what a given function makes of the same arguments."""
    own = [argument.arg for argument in node.args.args]
    for name, parameters in helpers.items():
        if name == node.name or not 0 < len(parameters) <= len(own):
            continue
        changed = copy.deepcopy(node)
        call = f"return {name}({', '.join(own[: len(parameters)])})"
        changed.body = ast.parse(call).body
        yield f"`{call}`", changed


def right_mutants(
    answers: Mapping[str, str], returned: Mapping[str, Collection[str]]
) -> list[Mutant]:
    """Makes right answers: the reference's, whose results come in another form.

    Args:
        answers: From the grade id of an answer cell to the reference's source.
        returned: From a function to the kinds of what it returns: `"array"`,
            `"number"`, `"tuple"`, `"list"`, `"model"`.
    """
    found = []
    for grade_id, source in answers.items():
        for node in ast.parse(source).body:
            if not isinstance(node, ast.FunctionDef):
                continue
            for kind in returned.get(node.name, ()):
                for form, code in FORMS.get(kind, {}).items():
                    text = WRAPPED.format(source=source, name=node.name, code=code)
                    name = f"{node.name}: {kind} as {form}"
                    found.append(Mutant(name, {grade_id: text}))
    return found


WRAPPED = """{source}


def _in_another_form(inner):
    import functools

    import keras
    import numpy as np

    @functools.wraps(inner)
    def outer(*args, **named):
        result = inner(*args, **named)
        # Nothing has no other form.
        return None if result is None else {code}

    return outer


{name} = _in_another_form({name})
"""
FORMS = {
    "tensor": {"float64": "keras.ops.cast(result, 'float64')"},
    "array": {
        "NumPy": "keras.ops.convert_to_numpy(result)",
        "tensor": "keras.ops.convert_to_tensor(result)",
        "float64": "keras.ops.convert_to_numpy(result).astype('float64')",
        "list": "keras.ops.convert_to_numpy(result).tolist()",
    },
    "number": {
        "NumPy": "np.asarray(result)[()]",
        "array": "np.asarray(result)",
        "tensor": "keras.ops.convert_to_tensor(result)",
    },
    "tuple": {"list": "list(result)"},
    "list": {"tuple": "tuple(result)"},
    "model": {
        "model in a model": (
            "keras.Model(result.inputs, result(result.inputs), name=result.name)"
        ),
    },
}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
