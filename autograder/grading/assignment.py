"""The two forms of an assignment that grading needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from autograder.authoring.notebooks import require_built
from autograder.cells import by_id, copy_of, from_bytes, named_tests, to_bytes
from autograder.course import Course
from autograder.verdict.roles import answer_names_of

if TYPE_CHECKING:
    from traitlets.config import Config


@dataclass(frozen=True)
class Assigned:
    """An assignment as grading sees it.

    Attributes:
        assignment: Its id.
        full: The notebook with solutions cleared and hidden tests in.
        released: The notebook that students received: without the hidden tests.
        files: The helper files that travel with it, by relative path.
        points: The points of each autograded test, by grade id.
        answer_names: The names that the reference's answers bind.
    """

    assignment: str
    full: NotebookNode
    released: NotebookNode
    files: Mapping[str, bytes]
    points: Mapping[str, float]
    answer_names: frozenset[str]


# By folder: the state of its files, and the assignment that was loaded from them.
_loaded: dict[Path, tuple[list[tuple[Path, int]], Assigned]] = {}


def load_assigned(course: Course, assignment: str) -> Assigned:
    """Loads an assignment from its built solution.

    Raises:
        CourseError: If there is no such assignment or it is not built.
    """
    course.check_assignment(assignment)
    text = require_built(course, assignment)
    solution = nbformat.reads(text, as_version=4)
    full, released = forms_of(solution, course.config)
    points = {
        name: float(cell.metadata.nbgrader.points) for name, cell in named_tests(full)
    }
    return Assigned(
        assignment,
        full,
        released,
        _helper_files(course, assignment),
        points,
        answer_names_of(solution),
    )


def forms_of(
    solution: NotebookNode, config: "Config"
) -> tuple[NotebookNode, NotebookNode]:
    """Clears a solution with nbgrader's own preprocessors, in the order of a release.

    Args:
        solution: The notebook with answers and hidden tests.

    Returns:
        The notebook without answers, and the one without hidden tests either.
    """
    from nbgrader import preprocessors as steps

    def run(notebook: NotebookNode, *classes: type) -> NotebookNode:
        for step in classes:
            notebook, _ = step(config=config).preprocess(notebook, {})
        return notebook

    full = run(
        nbformat.from_dict(solution),
        steps.LockCells,
        steps.ClearSolutions,
        steps.ClearOutput,
        steps.CheckCellMetadata,
        steps.ComputeChecksums,
    )
    released = run(copy_of(full), steps.ClearHiddenTests, steps.ComputeChecksums)
    return full, released


def as_student(notebook: NotebookNode | bytes, assigned: Assigned) -> bytes:
    """Returns a notebook as a student hands it in: without hidden tests."""
    notebook = from_bytes(notebook) if isinstance(notebook, bytes) else notebook
    released = by_id(assigned.released)
    for name, cell in named_tests(notebook):
        cell.source = released[name].source
    return to_bytes(notebook)


def _helper_files(course: Course, assignment: str) -> dict[str, bytes]:
    from nbgrader.utils import find_all_files

    folder = course.source / assignment
    ignored = [*course.config.CourseDirectory.ignore, "*.ipynb"]
    files = {}
    for name in sorted(find_all_files(str(folder), ignored)):
        path = folder / name
        files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return files


def load_current(course: Course, assignment: str) -> Assigned:
    """Loads an assignment as `load_assigned` does, once for each state of its files."""
    folder = course.source / assignment
    state = [(path, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))]
    if folder not in _loaded or _loaded[folder][0] != state:
        _loaded[folder] = state, load_assigned(course, assignment)
    return _loaded[folder][1]
