"""The attacks of `tests/redteam`: reads them, and puts their cells into a notebook."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.authoring.source import SourceError, read_source
from autograder.course import CourseError

CLASSES = ("marks", "secrets", "damage", "denial", "escape", "feedback", "files")
# What each attack aims at: see `autograder.proof.redteam.observe`.
CHECKS = (
    *("points", "outcome", "batch", "others", "secrets", "files"),
    *("network", "processes", "reach", "size", "script"),
)
RUN = "run"
FOLDER = Path(__file__).resolve().parents[3] / "tests" / "redteam"
DECLARED = re.compile(r"- (\w+): (.+)")


@dataclass(frozen=True)
class Attack:
    """One attack.

    Attributes:
        name: `class/file`.
        title: The heading of its first cell.
        tries: What it tries.
        observe: The checks that it is aimed at.
        outcomes: Each a status that it may get.
        points: What it must score.
        stock: `"run"`, or why stock nbgrader is spared.
        cells: The notebook's cells, without the first.
    """

    name: str
    title: str
    tries: str
    observe: tuple[str, ...]
    outcomes: tuple[str, ...]
    points: float
    stock: str = RUN
    cells: list[NotebookNode] = field(default_factory=list, compare=False)

    @property
    def kind(self) -> str:
        return self.name.split("/")[0]


def read_attacks(folder: Path = FOLDER, only: str | None = None) -> list[Attack]:
    """Reads the attacks, class by class.

    Args:
        folder: It has one folder for each class.
        only: A part of the names of those that are wanted.

    Raises:
        CourseError: If there is none.
        SourceError: If one does not say what it must.
    """
    attacks = [
        read_attack(path)
        for kind in CLASSES
        for path in sorted((folder / kind).glob("*.py"))
        if only is None or only in f"{kind}/{path.stem}"
    ]
    if not attacks:
        raise CourseError(
            f"No attack under {folder}"
            + (f" has {only!r} in its name" if only else ": run this in a checkout")
        )
    return attacks


def read_attack(path: Path) -> Attack:
    """Reads one attack, a py:percent file; `tests/redteam/README.md` has the format.

    Raises:
        SourceError: If its first cell does not say what it must.
    """
    notebook, lines = read_source(path)
    first, *cells = notebook.cells
    title, *rest = [line.strip() for line in first.source.splitlines() if line.strip()]
    matches = [DECLARED.fullmatch(line) for line in rest]
    declared = {match[1]: match[2] for match in matches if match}
    tries = " ".join(
        line for line, match in zip(rest, matches, strict=True) if not match
    )
    missing = {"observe", "outcome", "points"} - set(declared)
    unknown = set(declared) - {"observe", "outcome", "points", "stock"}
    if missing or unknown or not title.startswith("# ") or not tries or not cells:
        raise SourceError(
            path,
            lines[0],
            "an attack begins with a Markdown cell of a heading, what it tries and a "
            "list of observe, outcome and points. Missing: "
            f"{sorted(missing)}, unknown: {sorted(unknown)}",
        )
    observe = tuple(re.split(r", *", declared["observe"]))
    if set(observe) - set(CHECKS):
        raise SourceError(path, lines[0], f"observe names none of {', '.join(CHECKS)}")
    return Attack(
        f"{path.parent.name}/{path.stem}",
        title.removeprefix("# "),
        tries,
        observe,
        tuple(declared["outcome"].split(" or ")),
        float(declared["points"]),
        declared.get("stock", RUN),
        cells,
    )


def find(notebook: NotebookNode, grade_id: str) -> NotebookNode:
    """Returns the cell with a grade id."""
    return next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def place_cells(
    notebook: NotebookNode, cells: list[NotebookNode], told: Mapping[str, Any]
) -> list[str]:
    """Puts an attack's cells into a notebook, before the part that is not answered.

    Args:
        notebook: The notebook as released; it is changed.
        cells: One with a grade id takes that cell's place.
        told: From name to what stands for `{name}`.

    Returns:
        The sources of the cells that define `hand_in`.
    """
    prepare = []
    place = notebook.cells.index(find(notebook, "double"))
    for number, given in enumerate(cells):
        source = given.source
        for name, value in told.items():
            source = source.replace(f"{{{name}}}", str(value))
        if "hand-in" in given.metadata.get("tags", []):
            prepare.append(source)
            continue
        grade_id = given.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id is not None:
            cell = find(notebook, grade_id)
            cell.source = source
            place = max(place, notebook.cells.index(cell) + 1)
        else:
            cell = nbformat.from_dict({**given, "source": source})
            cell["id"] = f"attack-{number}"
            notebook.cells.insert(place, cell)
            place += 1
    return prepare
