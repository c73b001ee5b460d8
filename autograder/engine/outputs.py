"""The outputs that the engine itself gives a cell."""

from collections.abc import Iterable

import nbformat
from nbformat import NotebookNode

from autograder.cells import is_test


def add_error(cell: NotebookNode, name: str, text: str) -> None:
    """Adds an error to what a cell has put out."""
    traceback = [f"\x1b[0;31m{name}\x1b[0m: {text}"]
    cell.outputs.append(
        nbformat.v4.new_output("error", ename=name, evalue=text, traceback=traceback)
    )


def mark_not_run(cells: Iterable[NotebookNode], reason: str) -> None:
    """Gives test cells that did not finish an error.

    nbgrader gives a test cell without output full marks.
    """
    for cell in filter(is_test, cells):
        add_error(cell, "NotRun", f"this test did not finish: {reason}")


def keep_warnings_harmless(cell: NotebookNode) -> None:
    """Moves a test cell's stderr to stdout: nbgrader scores a cell with stderr 0.

    TensorFlow and Keras write log lines there; whether the test passed is told by its
    error alone.
    """
    for output in cell.outputs:
        if output.output_type == "stream":
            output["name"] = "stdout"


def size_of(value: object) -> int:
    """Returns roughly how many bytes a value of JSON takes."""
    if isinstance(value, dict):
        return sum(size_of(key) + size_of(entry) for key, entry in value.items())
    if isinstance(value, list):
        return sum(map(size_of, value))
    return len(value) if isinstance(value, str) else 8


def cut(text: str, most: int) -> str:
    """Returns a text, and where it was longer than `most` how long it was."""
    return text if len(text) <= most else f"{text[:most]} [{len(text):,} characters]"
