"""Says which tests mean the same in a process apart from the student's code.

Tests that were not written for that bind names which other cells read, look at figures,
capture what is printed, or take a student's class apart. Such a test runs in the
student's process, as with stock nbgrader: it can be tampered with, so it is named.

What is looked at is the source alone; `autograder.grading.trial` runs the reference's
answers too.
"""

import ast
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.cells import grade_id, is_answer, is_locked, is_test
from autograder.verdict.names import Names, names_of, plain_python
from autograder.verdict.roles import assigned_names
from autograder.verdict.uses import Uses, uses_of

# What captures output, which does not cross.
CAPTURES = frozenset({"redirect_stdout", "redirect_stderr", "capture_output", "capsys"})
# IPython's own, which the process of tests does not have.
OF_IPYTHON = frozenset({"In", "Out", "_", "__", "___", "_ih", "_oh", "display"})
# Functions that reach into the namespace that they are called in.
NAMESPACES = frozenset({"globals", "locals", "vars", "exec", "eval", "dir"})
# Modules whose state is that of one process, and those that take functions apart.
OF_A_PROCESS = frozenset({"matplotlib", "pylab", "seaborn", "plotchecker"})
OF_CODE = frozenset({"inspect", "dis", "ast", "unittest.mock", "mock"})
OF_FILES = frozenset({"os", "pathlib", "glob", "shutil", "sqlite3", "subprocess"})
# Magics that mean nothing to a test.
HARMLESS = frozenset({"matplotlib", "config", "autoreload", "load_ext", "time"})


def why_together(
    notebook: NotebookNode, solution: NotebookNode
) -> tuple[dict[str, str], str]:
    """Finds the tests that must run in the student's process.

    Args:
        notebook: With solutions cleared and hidden tests in.
        solution: The notebook with the reference's answers.

    Returns:
        Dict from grade id to the reason, and code that imports what tests read and
        other cells import: of these only locked ones run where tests do.
    """
    course = _read(notebook, solution)
    reasons: dict[str, str] = {}
    for name, source in course.tests.items():
        reason = _fault(name, source, course)
        if reason:
            reasons[name] = reason
    while more := _drawn_in(course, reasons):
        reasons |= more
    found = {name: reasons[name] for name in course.tests if name in reasons}
    return found, _imports(course)


def _drawn_in(course: "_Course", reasons: Mapping[str, str]) -> dict[str, str]:
    """Finds tests that must be where others are: one binds what the other reads."""
    more = {}
    for name in course.tests.keys() - reasons.keys():
        for other in reasons:
            theirs = course.names[name].read & assigned_names(course.tests[other])
            for shared in sorted(theirs - course.theirs)[:1]:
                more[name] = (
                    f"reads {shared!r}, which test {other!r} binds in that process"
                )
            mine = course.names[other].read & assigned_names(course.tests[name])
            for shared in sorted(mine - course.theirs)[:1]:
                more.setdefault(
                    name, f"binds {shared!r}, which test {other!r} reads there"
                )
    return more


def _imports(course: "_Course") -> str:
    """Returns code that imports what tests read, as far as it is installed."""
    wanted = frozenset().union(*(names.read for names in course.names.values()))
    chosen = [
        node
        for node in course.imports
        if any(
            (name.asname or name.name.split(".")[0]) in wanted for name in node.names
        )
    ]
    lines = dict.fromkeys(map(ast.unparse, chosen))
    return "".join(f"try:\n    {line}\nexcept Exception:\n    pass\n" for line in lines)


@dataclass
class _Course:
    """What the cells of a notebook bind.

    Attributes:
        tests: The sources of tests, by grade id, as plain Python.
        names: The names that a test binds and reads.
        theirs: The names that answers bind.
        classes: Those of them that are classes.
        functions: Those of them that are functions.
        uses: Of each code cell, in order: its grade id, whether it is a test, and what
            it does with names.
        given: The names that locked cells bind without reading the student's.
        free: The names that cells bind which a student may change.
        read: The names that cells other than tests read.
        imports: The statements by which cells other than tests import.
        imported: The module of each name that is imported somewhere.
    """

    tests: dict[str, str] = field(default_factory=dict)
    names: dict[str, Names] = field(default_factory=dict)
    theirs: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    functions: set[str] = field(default_factory=set)
    uses: list[tuple[str, bool, Uses]] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    free: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    imports: list[ast.Import | ast.ImportFrom] = field(default_factory=list)
    imported: dict[str, str] = field(default_factory=dict)


def _read(notebook: NotebookNode, solution: NotebookNode) -> _Course:
    course = _Course()
    for cell in solution.cells:
        tree = _tree(cell)
        if tree is None:
            continue
        course.uses.append((grade_id(cell) or "", is_test(cell), uses_of(cell.source)))
        if is_test(cell):
            continue
        course.imported |= dict(_imported(tree))
        course.imports += _import_statements(tree)
        if is_answer(cell):
            course.theirs |= assigned_names(cell.source)
            course.read |= names_of(cell.source).read
            course.classes |= {
                node.name for node in tree.body if isinstance(node, ast.ClassDef)
            }
            course.functions |= {
                node.name for node in tree.body if isinstance(node, ast.FunctionDef)
            }
    for cell in notebook.cells:
        tree = _tree(cell)
        if cell.cell_type != "code" or is_answer(cell):
            continue
        if is_test(cell):
            course.tests[grade_id(cell) or ""] = plain_python(cell.source)
            if tree is not None:
                course.names[grade_id(cell) or ""] = names_of(cell.source)
                course.imported |= dict(_imported(tree))
            continue
        if tree is None:
            continue
        names = names_of(cell.source)
        course.read |= names.read
        if is_locked(cell) and not names.read & course.theirs:
            course.given |= names.bound
        elif is_locked(cell):
            course.theirs |= assigned_names(cell.source)
        else:
            course.free |= names.bound
    return course


def _tree(cell: NotebookNode) -> ast.Module | None:
    if cell.cell_type != "code":
        return None
    try:
        return ast.parse(plain_python(cell.source))
    except SyntaxError:
        return None


def _imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.asname or alias.name.split(".")[0], alias.name
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _import_statements(tree: ast.Module) -> list[ast.Import | ast.ImportFrom]:
    return [
        node
        for node in tree.body
        if isinstance(node, ast.Import)
        or (isinstance(node, ast.ImportFrom) and node.module != "__future__")
    ]


def _fault(test: str, source: str, course: _Course) -> str:
    """Says why a test cannot run apart; empty if it can."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return f"is not Python: {error.msg}"
    names = names_of(source)
    own = _of_bindings(test, source, course) or _of_names(names, tree, course)
    return own or next(_of_statements(tree, course), "")


def _of_bindings(test: str, source: str, course: _Course) -> str:
    """Says whether a name that a test binds matters elsewhere.

    It does not where the test binds it before it reads it, no function of another cell
    reads it, and each later cell binds it anew before it reads it.
    """
    own = uses_of(source)
    for name in sorted(assigned_names(source)):
        if name in course.theirs and (
            name in own.first_read or name in course.functions | course.classes
        ):
            return f"binds {name!r}, which is the student's"
        if any(
            name in uses.deferred for _, is_a_test, uses in course.uses if not is_a_test
        ):
            return f"binds {name!r}, which other cells read"
        if _is_read_later(test, name, course):
            return f"binds {name!r}, which other cells read"
    return ""


def _is_read_later(test: str, name: str, course: _Course) -> bool:
    """Returns whether a cell after a test reads a name as the test has bound it."""
    passed = False
    for other, is_a_test, uses in course.uses:
        if passed and name in uses.first_read:
            # Tests that run apart share their names, but for those of the student's.
            return not is_a_test or name in course.theirs
        if passed and name in uses.bound:
            return False
        passed = passed or (is_a_test and other == test)
    return False


def _of_names(names: Names, tree: ast.Module, course: _Course) -> str:
    imported_here = dict(_imported(tree))
    elsewhere = course.free | course.given | course.theirs
    for name in sorted((imported_here.keys() & course.read) - elsewhere):
        return f"imports {name!r}, which other cells read"
    for name in sorted(names.read & OF_IPYTHON):
        return f"reads {name!r}, which is IPython's"
    apart = course.given | course.theirs | imported_here.keys() | course.imported.keys()
    apart |= {name for read in course.names.values() for name in read.bound}
    for name in sorted(names.read - apart):
        where = "only a cell that is not locked" if name in course.free else "no cell"
        return f"reads {name!r}, which {where} binds"
    for name in sorted((names.read & course.imported.keys()) | imported_here.keys()):
        module = imported_here.get(name) or course.imported.get(name, "")
        for kind, why in (
            (OF_A_PROCESS, "draws or looks at figures"),
            (OF_CODE, "looks at code or replaces names"),
            (OF_FILES, "looks at files or processes"),
        ):
            if any(module == part or module.startswith(f"{part}.") for part in kind):
                return f"{why} ({name})"
    for name in sorted(names.read & course.classes):
        return f"uses the student's class {name!r}, whose objects do not cross"
    return ""


def _of_statements(tree: ast.Module, course: _Course) -> Iterator[str]:
    """Finds statements that mean something else in another process."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if node.func.id in NAMESPACES:
                yield f"calls {node.func.id}"
            elif node.func.id == "open":
                yield "opens a file"
        elif isinstance(node, ast.Compare):
            yield from _of_comparison(node)
        elif isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in CAPTURES or (
                name in ("stdout", "stderr") and ast.unparse(node).startswith("sys.")
            ):
                yield f"captures output ({name})"
        elif isinstance(node, ast.Await | ast.AsyncFor | ast.AsyncWith):
            yield "awaits"
        if isinstance(node, ast.Call):
            yield from _of_magic(node)
        for target in _changed(node):
            if target in course.theirs:
                yield f"changes {target!r}, which is the student's"


def _of_comparison(node: ast.Compare) -> Iterator[str]:
    sides = [node.left, *node.comparators]
    for place, operator in enumerate(node.ops):
        plain = any(
            (isinstance(side, ast.Constant) and not isinstance(side.value, str | bytes))
            or (isinstance(side, ast.Name) and side.id in _TYPES)
            for side in sides[place : place + 2]
        )
        if isinstance(operator, ast.Is | ast.IsNot) and not plain:
            yield "uses `is` on what crosses by value"


_TYPES = frozenset({"int", "float", "str", "bool", "list", "tuple", "dict", "set"})


def _of_magic(node: ast.Call) -> Iterator[str]:
    """Finds `%magic`, which IPython's own transformation has made a call."""
    text = ast.unparse(node.func)
    if text.startswith("get_ipython()."):
        magic = node.args[0] if node.args else None
        name = str(magic.value) if isinstance(magic, ast.Constant) else ""
        if not text.endswith("_magic") or name not in HARMLESS:
            yield f"uses IPython ({name or text})"


def _changed(node: ast.AST) -> Set[str]:
    """Returns the names of which a statement changes an attribute, or deletes it."""
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign | ast.Delete):
        targets = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        targets = [node.target]
    found = set()
    for target in targets:
        base = target
        while isinstance(base, ast.Attribute | ast.Subscript):
            base = base.value
        deleted = isinstance(node, ast.Delete) and isinstance(target, ast.Name)
        if isinstance(base, ast.Name) and (
            deleted or isinstance(target, ast.Attribute)
        ):
            found.add(base.id)
    return found
