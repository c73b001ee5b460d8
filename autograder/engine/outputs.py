"""The outputs that the engine itself gives a cell."""

from collections.abc import Iterable
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.cells import is_test

# Of an error: entries of its traceback, and characters of its class's name.
MOST_ENTRIES, MOST_NAME = 100, 1_000


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


def is_nested_deeper(value: object, most: int) -> bool:
    """Returns whether data of JSON's is nested deeper than a number of levels."""
    layer = [value]
    for _ in range(most):
        parts = [
            part.values() if isinstance(part, dict) else part
            for part in layer
            if isinstance(part, dict | list)
        ]
        layer = [entry for part in parts for entry in part]
        if not layer:
            return False
    return True


def keep_text(content: dict[str, Any]) -> bool:
    """Leaves of an output's data what is no structure; content is changed.

    Nested data take many times their size in each process that parses them, and none of
    those shows them.

    Args:
        content: As a kernel sends it.

    Returns:
        Whether the output can be kept: it has no data, or some is left.
    """
    if "data" not in content:
        return True
    data = content["data"]
    if not isinstance(data, dict) or not isinstance(content.get("metadata"), dict):
        return False
    content["metadata"] = {}
    kept: dict[str, Any] = {}
    for kind, value in data.items():
        lines = value if isinstance(value, list) else [value]
        if all(isinstance(line, str) for line in lines):
            kept[kind] = value
        elif kind.endswith("json"):
            kept[kind] = None if isinstance(value, dict | list) else value
    content["data"] = kept
    return bool(kept) or not data


def cut_error(content: dict[str, Any], most: int) -> int:
    """Cuts an error's message, and its traceback, to a number of characters.

    Args:
        content: As a kernel sends it; it is changed.
        most: Of the message, and of all entries of the traceback together.

    Returns:
        How many characters are left.

    Raises:
        TypeError: If a part is no text.
    """
    for name in ("ename", "evalue"):
        content[name] = cut(content[name], MOST_NAME if name == "ename" else most)
    entries = []
    room = most
    for entry in content["traceback"][:MOST_ENTRIES]:
        if room > 0:
            entries.append(cut(entry, room))
            room -= len(entry)
    content["traceback"] = entries
    return sum(map(len, [content["ename"], content["evalue"], *entries]))


def cut(text: str, most: int) -> str:
    """Returns a text, and where it was longer than `most` how long it was."""
    if not isinstance(text, str):
        raise TypeError(f"an output's text must be a string. Received: {type(text)}")
    return text if len(text) <= most else f"{text[:most]} [{len(text):,} characters]"
