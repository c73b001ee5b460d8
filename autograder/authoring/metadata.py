"""Fills in nbgrader's metadata from the little that an author writes.

`grade_id` and, for a cell that is worth points, `points`. What kind of cell it is
follows from the cell itself:

| cell | kind |
| --- | --- |
| code with a solution region | solution |
| code with points | autograded test |
| code with neither | locked, read only |
| code with both | code that a person grades |
| Markdown with points | answer that a person grades |
"""

import re
from collections.abc import Sequence
from pathlib import Path

from nbformat import NotebookNode

from autograder.authoring.source import SourceError

GRADE_ID = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
SOLUTION, HIDDEN = "BEGIN SOLUTION", "BEGIN HIDDEN TESTS"
SCHEMA_VERSION = 3


def fill_metadata(notebook: NotebookNode, lines: Sequence[int], path: Path) -> None:
    """Completes the nbgrader metadata of each cell.

    Args:
        notebook: Its cells' metadata are changed.
        lines: Each cell's line in the source.
        path: The source, for errors.

    Raises:
        SourceError: If an id is missing, not allowed or there twice, points are not
            positive, a region does not end, or it stands in a cell of another kind.
    """
    first_use: dict[str, int] = {}
    for cell, line in zip(notebook.cells, lines, strict=True):
        given = cell.metadata.get("nbgrader")
        solution = SOLUTION in cell.source
        if given is None:
            for region in (SOLUTION, HIDDEN):
                if region in cell.source:
                    raise SourceError(
                        path,
                        line,
                        f"`{region}` in a cell without nbgrader metadata: give it "
                        'nbgrader={"grade_id": ...}',
                    )
            continue
        _check_given(given, line, path)
        grade_id = given["grade_id"]
        if grade_id in first_use:
            raise SourceError(
                path,
                line,
                f"grade_id {grade_id!r} is there twice, first in line "
                f"{first_use[grade_id]}",
            )
        first_use[grade_id] = line
        for region in (SOLUTION, HIDDEN):
            _check_region(region, cell.source, line, path)
        has_points = "points" in given
        if cell.cell_type == "markdown" and not has_points:
            raise SourceError(
                path, line, f"Markdown cell {grade_id!r} has an id but no points"
            )
        manual = has_points and (solution or cell.cell_type == "markdown")
        if HIDDEN in cell.source and (not has_points or manual):
            raise SourceError(
                path, line, f"`{HIDDEN}` in {grade_id!r}, which is no autograded test"
            )
        cell.metadata["nbgrader"] = {
            "grade": has_points,
            "grade_id": grade_id,
            "locked": not solution and not manual,
            "schema_version": SCHEMA_VERSION,
            "solution": solution or manual,
            "task": False,
            **({"points": given["points"]} if has_points else {}),
        }


def _check_given(given: object, line: int, path: Path) -> None:
    if not isinstance(given, dict):
        raise SourceError(
            path, line, f"nbgrader metadata must be a dict. Received: {given!r}"
        )
    if set(given) - {"grade_id", "points"}:
        raise SourceError(
            path,
            line,
            f"nbgrader metadata takes grade_id and points. Received: {dict(given)}",
        )
    grade_id, points = given.get("grade_id"), given.get("points", 1)
    if not isinstance(grade_id, str) or not GRADE_ID.fullmatch(grade_id):
        raise SourceError(
            path,
            line,
            "grade_id must be a letter, then letters, digits, _ or -, 64 at most. "
            f"Received: {grade_id!r}",
        )
    number = isinstance(points, int | float) and not isinstance(points, bool)
    if not number or not 0 < points < float("inf"):
        raise SourceError(
            path, line, f"points of {grade_id!r} must be positive. Received: {points!r}"
        )


def _check_region(begin: str, source: str, line: int, path: Path) -> None:
    """Raises `SourceError` unless each region ends before the next begins."""
    end = begin.replace("BEGIN", "END")
    marks = re.findall(f"{begin}|{end}", source)
    if marks != [begin, end] * (len(marks) // 2):
        raise SourceError(path, line, f"{begin} and {end} must come in turns")


def hidden_lines(source: str) -> set[int]:
    """Returns the numbers, from 1, of the lines of a test's hidden parts."""
    inside, found, end = False, set(), HIDDEN.replace("BEGIN", "END")
    for number, line in enumerate(source.splitlines(), start=1):
        inside = inside or HIDDEN in line
        if inside:
            found.add(number)
        inside = inside and end not in line
    return found


def visible_part(source: str) -> str:
    """Returns a test without its hidden parts, as a release has it."""
    hidden = hidden_lines(source)
    lines = enumerate(source.splitlines(), start=1)
    return "\n".join(line for number, line in lines if number not in hidden)
