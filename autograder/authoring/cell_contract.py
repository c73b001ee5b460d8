"""What a test cell may not do (point 9 of the verdict contract).

A test cell must mean the same in one kernel and with the student's functions in another
process. These rules can be held against its source; the rest is the author's care.
"""

import ast
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import NoReturn

from nbformat import NotebookNode

from autograder.authoring.references import find_borrowed
from autograder.authoring.source import SourceError
from autograder.cells import grade_id, is_answer, is_test
from autograder.verdict.apart import CAPTURES
from autograder.verdict.names import Names, names_of, plain_python
from autograder.verdict.roles import answer_names_of, roles_of

# The assertions of `layerwise.checks`: they return nothing, so a cell may end in one.
ASSERTIONS = frozenset(
    {"answer", "close", "judge", "model", "raises", "shape", "unchanged"}
)
# What a cell may end in: it returns nothing.
ENDS = ASSERTIONS | {"passed"}
# The folder of an assignment's answers bank, beside its source.
BANK = "answers"
# What code sets for all code of its process. A test's process is not the student's.
KERAS_STATE = frozenset({"dtype_policy", "epsilon", "floatx", "image_data_format"})
STATE = frozenset(
    {
        *(f"keras.config.{name}" for name in KERAS_STATE),
        *(f"keras.backend.{name}" for name in KERAS_STATE),
        *("np.geterr", "np.random.get_state", "numpy.geterr", "numpy.random.get_state"),
        *("os.environ", "os.getcwd", "os.getenv", "random.getstate"),
        *("sys.getrecursionlimit", "sys.modules", "sys.path", "warnings.filters"),
    }
)


def check_test_cells(notebook: NotebookNode, lines: Sequence[int], path: Path) -> None:
    """Refuses a notebook whose test cells break the contract.

    Args:
        notebook: It has full nbgrader metadata.
        lines: Each cell's line in the source.
        path: The source, for errors.

    Raises:
        SourceError: At the first test cell that binds a name that another cell reads or
            binds, compares what crosses with `is`, captures output, reads what the
            student's process has set for all code, asserts without a message or not at
            all, or ends in a bare expression.
    """
    cells = [
        (cell, line)
        for cell, line in zip(notebook.cells, lines, strict=True)
        if cell.cell_type == "code"
    ]
    names = []
    for cell, line in cells:
        try:
            names.append(names_of(cell.source))
        except SyntaxError as error:
            raise SourceError(
                path, line + (error.lineno or 1) - 1, f"not Python: {error.msg}"
            ) from error
    for index, (cell, line) in enumerate(cells):
        if not is_test(cell):
            continue
        others = [
            (other, other_cell)
            for place, (other, (other_cell, _)) in enumerate(
                zip(names, cells, strict=True)
            )
            if place != index
        ]
        _check_bindings(cell, names[index].bound, others, line, path)
        _check_statements(cell, line, path)


def check_references(
    notebook: NotebookNode,
    lines: Sequence[int],
    path: Path,
    remark: Callable[[str], object],
) -> None:
    """Refuses a notebook whose tests take what they expect from the student.

    An assignment that has an answers bank is held to that. Of another one's tests it is
    remarked: such an assignment can be graded, and is often somebody else's.

    Args:
        notebook: It has full nbgrader metadata, and its test cells are in order.
        lines: Each cell's line in the source.
        path: The source, for errors.
        remark: Called with what is remarked.

    Raises:
        SourceError: At the first test cell that compares an answer with what it
            calculated from an answer.
    """
    for fault in _borrowed_references(notebook, lines, path):
        if (path.parent / BANK).is_dir():
            raise fault
        remark(str(fault))


def _borrowed_references(
    notebook: NotebookNode, lines: Sequence[int], path: Path
) -> Iterator[SourceError]:
    """Finds tests that take what they expect from the student."""
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    given = "\n".join(
        plain_python(cell.source)
        for cell in codes
        if not is_test(cell) and not is_answer(cell)
    )
    roles = roles_of(notebook, answer_names_of(notebook))
    for cell, role, line in zip(notebook.cells, roles, lines, strict=True):
        if cell.cell_type != "code" or not is_test(cell) or role is None:
            continue
        source = plain_python(cell.source)
        for node in find_borrowed(source, ast.parse(source), role.needs, given):
            yield SourceError(
                path,
                line + node.lineno - 1,
                f"test {grade_id(cell)!r} compares an answer with what it calculated "
                f"from an answer: `{ast.unparse(node)[:200]}`. Calculate what is "
                "expected from what the test drew, before the student's function is "
                "called or with a copy of what it gets. If a property of the answers "
                'alone is asked, say in a comment above why "both sides are the '
                "student's\"",
            )


def _check_bindings(
    cell: NotebookNode,
    bound: Collection[str],
    others: Sequence[tuple[Names, NotebookNode]],
    line: int,
    path: Path,
) -> None:
    test = grade_id(cell)
    for name in sorted(bound):
        for other, other_cell in others:
            theirs = grade_id(other_cell) or "a cell"
            if name in other.read:
                raise SourceError(
                    path,
                    line,
                    f"test {test!r} binds {name!r}, which {theirs!r} reads: a "
                    "test's names stay inside it",
                )
            if name in other.bound and not is_test(other_cell):
                raise SourceError(
                    path,
                    line,
                    f"test {test!r} binds {name!r}, which is a name of {theirs!r}",
                )


def _check_statements(cell: NotebookNode, line: int, path: Path) -> None:
    test = grade_id(cell)
    tree = ast.parse(plain_python(cell.source))
    asserts = 0

    def refuse(node: ast.expr | ast.stmt, fault: str) -> NoReturn:
        raise SourceError(
            path, line + node.lineno - 1, f"test {test!r} {fault}"
        ) from None

    for node in ast.walk(tree):
        if isinstance(node, ast.Assert):
            asserts += 1
            if node.msg is None:
                refuse(node, "has an assert without a message")
        elif isinstance(node, ast.Call) and _is_of_checks(node, ASSERTIONS):
            asserts += 1
        elif isinstance(node, ast.Compare):
            _check_comparison(node, refuse)
        elif isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in CAPTURES or (
                isinstance(node, ast.Attribute)
                and name in ("stdout", "stderr")
                and isinstance(node.value, ast.Name)
                and node.value.id == "sys"
            ):
                refuse(node, f"captures output ({name}), which does not cross")
            if ast.unparse(node) in STATE:
                refuse(
                    node,
                    f"reads {ast.unparse(node)} of its own process, and the student's "
                    "code sets that of another one. Read it in a locked cell whose "
                    "function calls the student's, and return it",
                )
        elif isinstance(node, ast.Constant) and node.value == "capture":
            refuse(node, "captures output (%%capture), which does not cross")
    if not tree.body or not asserts:
        raise SourceError(path, line, f"test {test!r} asserts nothing")
    last = tree.body[-1]
    if isinstance(last, ast.Expr) and not (
        isinstance(last.value, ast.Call) and _is_of_checks(last.value, ENDS)
    ):
        refuse(last, "ends in a bare expression, which nbgrader reads as the score")


def _is_of_checks(call: ast.Call, names: Collection[str]) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "checks"
        and function.attr in names
    )


def _check_comparison(
    node: ast.Compare, refuse: Callable[[ast.expr, str], NoReturn]
) -> None:
    sides = [node.left, *node.comparators]
    for place, operator in enumerate(node.ops):
        if isinstance(operator, ast.Is | ast.IsNot) and not any(
            isinstance(side, ast.Constant)
            and (side.value is None or isinstance(side.value, bool))
            for side in sides[place : place + 2]
        ):
            refuse(node, "uses `is` on what crosses by value: use == or checks.close")
