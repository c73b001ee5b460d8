"""What an assignment's tests expect: formulas in the source, numbers in the release.

A cell tagged `expected` is in no notebook. It defines what answers should be, and calls
`expect(question, value, mistakes)` for what visible tests ask. The course's build
evaluates it and leaves numbers in `expected.json`, which `checks.answer` reads. What
hidden tests use of its definitions is put into them. There and here `reference_NAME` is
the source's own answer NAME.
"""

import ast
import hashlib
import json
import math
import re
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.authoring.metadata import HIDDEN, visible_part
from autograder.authoring.source import SourceError
from autograder.cells import grade_id, is_answer, is_test
from autograder.verdict.names import names_of, plain_python
from autograder.verdict.roles import answer_names_of

TAG, FILE, PREFIX = "expected", "expected.json", "reference_"
# What can be put into a hidden test.
BINDING = (
    ast.FunctionDef,
    ast.ClassDef,
    ast.Assign,
    ast.AnnAssign,
    ast.Import,
    ast.ImportFrom,
)
EXERCISE = re.compile(r"^#+ Exercise (\d+)\b", re.MULTILINE)
# Two machines agree on a number up to this; then the one that is there stays.
SAME = 3e-6


@dataclass
class Formulas:
    """What the cells tagged `expected` hold.

    Attributes:
        cells: Source and line of each.
        program: The sources that the numbers are made of, with their lines, in order.
        exercises: From the name of a function to the number of its exercise.
    """

    cells: list[tuple[str, int]] = field(default_factory=list)
    program: list[tuple[str, int]] = field(default_factory=list)
    exercises: dict[str, int] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The hash of all that the numbers are made of."""
        text = json.dumps([*(source for source, _ in self.program), self.exercises])
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def take_formulas(notebook: NotebookNode, lines: list[int], path: Path) -> Formulas:
    """Takes the cells tagged `expected` out of a notebook, into its hidden tests.

    Args:
        notebook: It has full nbgrader metadata; its cells are changed.
        lines: Each cell's line in the source; changed likewise.
        path: The source, for errors.

    Raises:
        SourceError: If such a cell is not Python or binds a name of another cell, or if
            the visible part of a test reads a name that only such a cell binds.
    """
    found = Formulas()
    if not any(TAG in cell.metadata.get("tags", []) for cell in notebook.cells):
        return found
    theirs = answer_names_of(notebook)
    kept: list[tuple[NotebookNode, int]] = []
    definitions: dict[str, ast.stmt] = {}
    number = 0
    for cell, line in zip(notebook.cells, lines, strict=True):
        tagged = TAG in cell.metadata.get("tags", [])
        if cell.cell_type == "markdown" and (match := EXERCISE.search(cell.source)):
            number = int(match[1])
        if tagged:
            found.cells.append((cell.source, line))
            definitions |= _definitions(_parsed(cell.source, path, line))
        else:
            kept.append((cell, line))
        if cell.cell_type == "code" and not is_test(cell):
            found.program.append((cell.source, line))
        if is_answer(cell) and cell.cell_type == "code":
            tree = _parsed(cell.source, path, line)
            names = [node.name for node in tree.body if hasattr(node, "name")]
            found.exercises |= dict.fromkeys(names, number)
            references = _renamed(tree, theirs)
            definitions |= _definitions(references)
            found.program.append((ast.unparse(references), line))
    notebook.cells = [cell for cell, _ in kept]
    lines[:] = [line for _, line in kept]
    _check_names(notebook, found, path)
    for cell, line in kept:
        if cell.cell_type == "code" and is_test(cell):
            _insert(cell, line, definitions, path)
    return found


def _parsed(source: str, path: Path, line: int) -> ast.Module:
    try:
        return ast.parse(plain_python(source))
    except SyntaxError as error:
        place = line + (error.lineno or 1) - 1
        raise SourceError(path, place, f"not Python: {error.msg}") from error


def _definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    """Returns a cell's statements that bind names, by name."""
    found: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, BINDING):
            names = names_of(ast.unparse(node)).bound
            found |= dict.fromkeys(sorted(names), node)
    return found


def _check_names(notebook: NotebookNode, found: Formulas, path: Path) -> None:
    """Refuses a cell tagged `expected` that binds a name of another cell."""
    own = {
        name: line for source, line in found.cells for name in names_of(source).bound
    }
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for name in sorted(names_of(cell.source).bound & set(own)):
            raise SourceError(
                path,
                own[name],
                f"a cell tagged {TAG} binds {name!r}, which is a name of "
                f"{grade_id(cell) or 'another cell'!r}",
            )


def _insert(
    cell: NotebookNode, line: int, definitions: dict[str, ast.stmt], path: Path
) -> None:
    """Puts the definitions that a test's hidden part reads into it."""
    before, mark, hidden = cell.source.partition(f"### {HIDDEN}\n")
    names = set(definitions)
    for name in sorted(names_of(visible_part(cell.source)).read & names):
        raise SourceError(
            path,
            line,
            f"the visible part of test {grade_id(cell)!r} reads {name!r}, which only a "
            f"cell tagged {TAG} binds: students do not have it. Ask for "
            "`checks.answer(value, question)` there",
        )
    wanted: set[str] = set()
    pending = names_of(cell.source).read & names
    while pending:
        wanted |= pending
        reads = (names_of(ast.unparse(definitions[name])).read for name in pending)
        pending = frozenset().union(*reads) & names - wanted
    # One statement may bind several names.
    chosen = {id(node): node for name, node in definitions.items() if name in wanted}
    if chosen:
        text = "\n".join(ast.unparse(_undocumented(n)) for n in chosen.values())
        cell.source = f"{before}{mark}{text}\n{hidden}"


def _undocumented(node: ast.stmt) -> ast.stmt:
    """Takes the docstring out of a definition."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
        node.body = node.body[1:] or [ast.Pass()]
    return node


def _renamed(tree: ast.Module, theirs: Collection[str]) -> ast.Module:
    """Returns an answer's code with `reference_` before the names of answers."""
    copied = ast.parse(ast.unparse(tree))
    return ast.fix_missing_locations(_Rename(frozenset(theirs)).visit(copied))


class _Rename(ast.NodeTransformer):
    """Puts `reference_` before global names."""

    def __init__(self, names: frozenset[str]) -> None:
        self.names = names

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.decorator_list = [self.visit(mark) for mark in node.decorator_list]
        outer = self.names
        arguments = {
            entry.arg for entry in ast.walk(node) if isinstance(entry, ast.arg)
        }
        stored = {
            entry.id
            for entry in ast.walk(node)
            if isinstance(entry, ast.Name) and isinstance(entry.ctx, ast.Store)
        }
        if node.name in outer:
            node.name = PREFIX + node.name
        node.args = self.visit(node.args)
        self.names = outer - arguments - stored
        node.body = [self.visit(part) for part in node.body]
        self.names = outer
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.generic_visit(node)
        if node.name in self.names:
            node.name = PREFIX + node.name
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.names:
            node.id = PREFIX + node.id
        return node


def is_current(formulas: Formulas, path: Path) -> bool:
    """Returns whether the file beside a source was made of these formulas.

    Args:
        formulas: What `take_formulas` found.
        path: The source.
    """
    target = path.with_name(FILE)
    if not formulas.cells:
        return not target.exists()
    return _read(target).get("made_of") == formulas.digest


def write_expected(formulas: Formulas, path: Path) -> tuple[Path, bool] | None:
    """Evaluates formulas, unless that was done, and writes their numbers.

    Args:
        formulas: What `take_formulas` found.
        path: The source; its answers are the reference.

    Returns:
        The file, and whether it was changed; `None` if there is none.

    Raises:
        SourceError: If a formula fails.
    """
    target = path.with_name(FILE)
    if is_current(formulas, path):
        return (target, False) if formulas.cells else None
    if not formulas.cells:
        target.unlink()
        return target, True
    answers = evaluate(formulas, path)
    before = _read(target).get("answers", {})
    lines = [
        f"  {_json(name)}: {_json(_steady(entry, before.get(name)))}"
        for name, entry in answers.items()
    ]
    text = (
        f'{{\n "made_of": {_json(formulas.digest)},\n'
        f' "exercises": {_json(formulas.exercises)},\n'
        ' "answers": {\n' + ",\n".join(lines) + "\n }\n}\n"
    )
    target.write_text(text, encoding="utf-8", newline="\n")
    return target, True


def evaluate(formulas: Formulas, path: Path) -> dict[str, Any]:
    """Runs an assignment's formulas in a process of their own.

    Returns:
        From each question to its value and the values of mistakes, as data.

    Raises:
        SourceError: If a formula fails; with its line.
    """
    asked = json.dumps(formulas.program)
    done = subprocess.run(
        [sys.executable, "-m", "autograder.authoring.evaluate"],
        input=asked,
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=path.parent,
    )
    try:
        answer = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        raise SourceError(
            path, 1, f"its formulas could not be evaluated:\n{done.stderr[-2000:]}"
        ) from None
    if "fault" in answer:
        raise SourceError(path, answer["line"], answer["fault"])
    return answer["answers"]


def _steady(new: Any, old: Any) -> Any:
    """Returns what is there already, where the new numbers are the same but rounded."""
    if isinstance(new, dict) and isinstance(old, dict) and list(new) == list(old):
        return {key: _steady(value, old[key]) for key, value in new.items()}
    if isinstance(new, list) and isinstance(old, list) and len(new) == len(old):
        return [_steady(*pair) for pair in zip(new, old, strict=True)]
    if isinstance(new, float) and isinstance(old, float):
        return old if math.isclose(new, old, rel_tol=SAME, abs_tol=1e-9) else new
    return new


def _read(target: Path) -> dict[str, Any]:
    try:
        return json.loads(target.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
