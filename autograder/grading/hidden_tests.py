"""Takes out of a graded notebook what hidden tests are, and what they ask.

A student learns of a hidden test its points and its message. The inputs reach the
student's functions all the same, and from there whatever these print, raise or keep for
a later cell.
"""

import builtins
import re
from collections.abc import Collection

import nbformat
from nbformat import NotebookNode

from autograder.authoring.metadata import HIDDEN, hidden_lines
from autograder.cells import by_id, copy_of, is_test, named_tests

NUMBERED = re.compile(r"^(-+> *)? *\d+ ?")
# A line around the one that failed, as IPython shows it.
NEARBY = re.compile(r"^ *\d+ ")
ANSI = re.compile(r"\x1b\[[0-9;]*m")
# A frame of the test itself: in the verdict process, and in a kernel of IPython's.
FRAME = re.compile(r'File "<[^"]*>", line (\d+)')
CELL_FRAME = re.compile(r"Cell In\[(\d+)\], line (\d+)")
# How a frame of the student's code begins.
SUBMITTED = re.compile(
    r"In the submitted code(?:, called in line (\d+) of this test)?:"
)
NOT_SHOWN = (
    "[what this cell put out is not shown: it ran after hidden tests. Your own "
    "notebook shows it.]"
)
LIMIT = "the cell ran over its limit and was interrupted"
NO_MESSAGE = "raised by your own code in a hidden test; its message is not shown"

KINDS = frozenset(
    name
    for name, kind in vars(builtins).items()
    if isinstance(kind, type) and issubclass(kind, BaseException)
)


def without_hidden_tests(
    notebook: NotebookNode, released: NotebookNode
) -> NotebookNode:
    """Takes the hidden tests and their inputs out of a graded notebook.

    Points and the tests' own messages stay. Of an error that the student's code raises
    for a hidden input the kind stays, and the lines of the student's that it passed.
    Nothing stays of what is printed from the first cell with hidden tests on: until
    then no hidden input is known to the student's code.

    Args:
        notebook: The notebook as it was graded.
        released: The notebook that students received.

    Returns:
        A new notebook.
    """
    shown, visible = copy_of(notebook), by_id(released)
    own = own_lines(shown)
    known = False
    for cell in shown.cells:
        if cell.cell_type != "code":
            continue
        if not is_test(cell):
            if known:
                cell.outputs = _later_outputs(cell.outputs, own)
            continue
        hidden = HIDDEN in cell.source
        known = known or hidden
        if known:
            errors = [out for out in cell.outputs if out.output_type == "error"]
            cell.outputs = [_clean_error(error, cell, own) for error in errors]
        if hidden:
            source = visible[cell.metadata.nbgrader.grade_id].source
            secret = _lines(cell.source) - _lines(source)
            for output in cell.outputs:
                output.traceback = _without(output.traceback, secret)
            cell.source = source.rstrip() + "\n# Hidden tests ran here too."
    return shown


def own_lines(notebook: NotebookNode) -> set[str]:
    """Returns the lines of a notebook's code that are not the tests'."""
    tests = {id(cell) for _, cell in named_tests(notebook)}
    found: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type == "code" and id(cell) not in tests:
            found |= _lines(cell.source)
    return {line for line in found if any(map(str.isalnum, line))}


def _lines(source: str) -> set[str]:
    return {line.strip() for line in source.splitlines() if line.strip()}


def _later_outputs(
    outputs: Collection[NotebookNode], own: Collection[str]
) -> list[NotebookNode]:
    """Returns what is left of the outputs of a cell that ran after hidden tests."""
    errors = [out for out in outputs if out.output_type == "error"]
    kept = [_nameless(error, own) for error in errors]
    if len(errors) < len(outputs):
        note = nbformat.v4.new_output("stream", name="stdout", text=f"{NOT_SHOWN}\n")
        kept.insert(0, note)
    return kept


def _clean_error(
    error: NotebookNode, cell: NotebookNode, own: Collection[str]
) -> NotebookNode:
    """Takes hidden inputs out of a test's error, if the student's code raised it."""
    return _nameless(error, own) if _is_theirs(error, cell) else error


def _is_theirs(error: NotebookNode, cell: NotebookNode) -> bool:
    """Returns whether the student's code raised an error for a hidden input."""
    lines: list[int] = []
    theirs = error.ename == "BrokenLinkError"
    for entry in map(_plain, error.traceback[:-1]):
        if (submitted := SUBMITTED.match(entry)) is not None:
            theirs = True
            lines += map(int, filter(None, submitted.groups()))
            break
        if (found := FRAME.search(entry)) is not None:
            lines.append(int(found[1]))
        for number, line in CELL_FRAME.findall(entry):
            if int(number) == cell.execution_count:
                lines.append(int(line))
            else:
                theirs = True
    hidden = hidden_lines(cell.source)
    return theirs and (not lines or not hidden.isdisjoint(lines))


def _is_limit(error: NotebookNode) -> bool:
    """Returns whether an error says what the engine says of a cell that met a limit."""
    said = r"cell [\w-]+ ran over \d+ s( of CPU time)? and was interrupted"
    return bool(error.ename == "CellTimeout" and re.fullmatch(said, error.evalue))


def _nameless(error: NotebookNode, own: Collection[str]) -> NotebookNode:
    """Returns an error without its message: its kind, and the student's lines.

    A line counts if it stands in the notebook. Names of files and functions, and the
    error's class too, can be made of an input while the code runs.
    """
    name, message = error.ename, NO_MESSAGE
    if _is_limit(error):
        # In words of our own: its numbers could be the student's.
        message = LIMIT
    elif name not in KINDS:
        name = "An error"
    passed = [
        text
        for entry in map(_plain, error.traceback[:-1])
        for line in entry.splitlines()
        if not NEARBY.match(line) and (text := NUMBERED.sub("", line).strip()) in own
    ]
    lines = "".join(f"\n    {line}" for line in passed[-20:])
    traceback = [f"In your code:{lines}"] if lines else []
    return nbformat.v4.new_output(
        "error",
        ename=name,
        evalue=message,
        traceback=[*traceback, f"\x1b[31m{name}\x1b[0m: {message}"],
    )


def _without(traceback: list[str], secret: set[str]) -> list[str]:
    """Drops the frames that quote a line of the hidden tests.

    The last entry is the error's own name and message and stays.
    """
    telling = {line for line in secret if any(map(str.isalnum, line))}
    kept = [
        entry
        for entry in traceback[:-1]
        if not any(line in telling for line in _quoted_lines(entry))
    ]
    return kept + traceback[-1:]


def _quoted_lines(entry: str) -> list[str]:
    """Returns a frame's lines without the numbers and arrows that IPython sets."""
    return [NUMBERED.sub("", line).strip() for line in _plain(entry).splitlines()]


def _plain(entry: str) -> str:
    return ANSI.sub("", entry)
