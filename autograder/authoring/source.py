"""Reads a py:percent source into a notebook whose cells know their line."""

import re
from pathlib import Path

import jupytext
import nbformat
from nbformat import NotebookNode

from autograder.cells import grade_id

MARKER = re.compile(r"^# %%( |$)")
KERNELSPEC = {
    "display_name": "Python 3 (ipykernel)",
    "language": "python",
    "name": "python3",
}


class SourceError(Exception):
    """A fault in a source file, with its file and line."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")


def read_source(path: Path) -> tuple[NotebookNode, list[int]]:
    """Reads a py:percent file.

    Returns:
        A notebook of format 4.5 without outputs, and each cell's line: that of its
        first line that is not blank.

    Raises:
        SourceError: If a cell's metadata cannot be read or lack their `nbgrader=`, or
            text stands before the first cell.
    """
    text = path.read_text(encoding="utf-8")
    markers = [
        number
        for number, line in enumerate(text.splitlines(), start=1)
        if MARKER.match(line)
    ]
    notebook = jupytext.reads(text, fmt="py:percent")
    if len(notebook.cells) != len(markers):
        raise SourceError(
            path,
            1,
            f"{len(markers)} lines begin a cell (`# %%`) but {len(notebook.cells)} "
            "cells were read: text stands before the first cell, or inside a string",
        )
    for cell, line in zip(notebook.cells, markers, strict=True):
        if "incorrectly_encoded_metadata" in cell.metadata:
            raise SourceError(
                path,
                line,
                "the cell's metadata is not JSON: "
                f"{cell.metadata['incorrectly_encoded_metadata']}",
            )
        if {"grade_id", "points", "fails"} & set(cell.metadata):
            raise SourceError(
                path,
                line,
                "metadata without `nbgrader=` or `answer=` before it: "
                f"{dict(cell.metadata)}",
            )
        # jupytext's own notes on blank lines are of no use in a notebook.
        for key in [key for key in cell.metadata if key.startswith("lines_to_")]:
            del cell.metadata[key]
    notebook.metadata = nbformat.from_dict(
        {"kernelspec": KERNELSPEC, "language_info": {"name": "python"}}
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook, [_first_line(text, marker) for marker in markers]


def _first_line(text: str, marker: int) -> int:
    """Returns the first line below a marker that is not blank, as a cell begins."""
    lines = text.splitlines()
    line = marker + 1
    while line <= len(lines) and not lines[line - 1].strip():
        line += 1
    return line if line <= len(lines) else marker + 1


def set_cell_ids(notebook: NotebookNode) -> None:
    """Gives each cell an id that the next build gives again.

    A cell with a grade id takes that; the others are numbered.
    """
    for position, cell in enumerate(notebook.cells, start=1):
        cell["id"] = grade_id(cell) or f"cell-{position:03}"


def to_text(notebook: NotebookNode) -> str:
    """Returns a notebook as the text of its file."""
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"
