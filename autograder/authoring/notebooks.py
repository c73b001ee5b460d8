"""Makes every notebook of a course: chapters, solutions and releases."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.cell_contract import check_references, check_test_cells
from autograder.authoring.expected import (
    FILE,
    Formulas,
    is_current,
    take_formulas,
    write_expected,
)
from autograder.authoring.include import resolve_includes
from autograder.authoring.metadata import fill_metadata
from autograder.authoring.source import read_source, set_cell_ids, to_text
from autograder.course import Course, CourseError


@dataclass(frozen=True)
class Built:
    """One made file.

    Attributes:
        path: The file.
        changed: Whether its bytes differ from what was there.
    """

    path: Path
    changed: bool


def chapter_notebook(path: Path, library: Path) -> str:
    """Makes a chapter's notebook of its source.

    Args:
        path: `NN_topic.py`.
        library: The folder that holds the package `layerwise`.

    Returns:
        The text of the `.ipynb` file.

    Raises:
        SourceError: With file and line, if the source is at fault.
    """
    notebook, lines = read_source(path)
    resolve_includes(notebook, lines, path, library)
    set_cell_ids(notebook)
    return to_text(notebook)


def solution_notebook(
    path: Path, remark: Callable[[str], object] | None = None
) -> tuple[str, Formulas]:
    """Makes an assignment's notebook, answers and hidden tests included.

    Args:
        path: `hwNN_topic.py`.
        remark: Called with what an author should know of its test cells. Without it
            nobody looks where they take what they expect from: that takes as long as
            the rest, and whoever built the notebook has looked.

    Returns:
        The text of the `.ipynb` file, and the formulas of what its tests expect.

    Raises:
        SourceError: With file and line, if the source is at fault.
    """
    notebook, lines = read_source(path)
    fill_metadata(notebook, lines, path)
    formulas = take_formulas(notebook, lines, path)
    check_test_cells(notebook, lines, path)
    if remark is not None:
        check_references(notebook, lines, path, remark)
    set_cell_ids(notebook)
    return to_text(notebook), formulas


def build(
    course: Course,
    report: Callable[[Built], object] = lambda built: None,
    names: Collection[str] = (),
    remark: Callable[[str], object] = lambda text: None,
) -> list[Built]:
    """Makes the notebooks of a course.

    Args:
        course: Where the sources are.
        report: Called with each file, once it is made.
        names: Beginnings of the names of chapters and assignments, such as `"04"` or
            `"hw04"`; empty for all.
        remark: Called with what an author should know of an assignment's test cells.

    Raises:
        CourseError: If nothing has such a name.
        SourceError: At the first fault in a source; nothing of that source is written.
    """
    made: list[Built] = []
    chapters = sorted(course.chapters.glob("[0-9]*.py"))
    known = [*(path.stem for path in chapters), *course.assignments()]
    for name in names:
        if not any(entry.startswith(name) for entry in known):
            raise CourseError(
                f"There is no chapter or assignment {name!r}. There are: "
                f"{', '.join(known)}"
            )

    def wanted(entry: str) -> bool:
        return not names or entry.startswith(tuple(names))

    def write(path: Path, text: str) -> None:
        made.append(_write(path, text))
        report(made[-1])

    # formgrader's database lies there, and SQLite makes no folder.
    course.classroom.mkdir(parents=True, exist_ok=True)
    for path in filter(lambda path: wanted(path.stem), chapters):
        target = course.notebooks / f"{path.stem}.ipynb"
        write(target, chapter_notebook(path, course.root / "course"))
    for assignment in filter(wanted, course.assignments()):
        path = course.source / assignment / f"{assignment}.py"
        text, formulas = solution_notebook(path, remark)
        if (expected := write_expected(formulas, path)) is not None:
            made.append(Built(*expected))
            report(made[-1])
        write(path.with_suffix(".ipynb"), text)
        target = course.release / assignment / f"{assignment}.ipynb"
        before = target.read_bytes() if target.is_file() else None
        make_release(course, assignment)
        made.append(Built(target, before != target.read_bytes()))
        report(made[-1])
    return made


def make_release(course: Course, assignment: str) -> None:
    """Makes what a student receives, with nbgrader's own preprocessors.

    The gradebook is left alone: nbgrader would refuse, or delete the release, once the
    gradebook has submissions.

    Raises:
        CourseError: With nbgrader's words, if it refuses the notebook.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.preprocessors import SaveCells

    directory = course.directory()
    directory.assignment_id = assignment
    converter = GenerateAssignment(coursedir=directory, config=course.config)
    converter.force = converter.no_database = True
    converter.preprocessors = [
        step for step in converter.preprocessors if step is not SaveCells
    ]
    errors = _Messages(logging.ERROR)
    log = logging.getLogger("autograder.release")
    log.propagate = False
    log.handlers = [errors]
    converter.log = log
    try:
        converter.start()
    except NbGraderException as error:
        raise CourseError(
            f"nbgrader could not make the release of {assignment}:\n"
            + "\n".join(errors.texts)
        ) from error


class _Messages(logging.Handler):
    """Keeps the texts of what is logged."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def require_built(course: Course, assignment: str) -> str:
    """Returns the text of an assignment's notebook, solutions included.

    Raises:
        CourseError: If the notebook is missing or not that of its source.
    """
    path = course.source / assignment / f"{assignment}.py"
    target = path.with_suffix(".ipynb")
    text, formulas = solution_notebook(path)
    if not target.is_file() or target.read_text(encoding="utf-8") != text:
        raise CourseError(
            f"{target} is missing or older than its source: run `autograder build`."
        )
    if not is_current(formulas, path):
        raise CourseError(
            f"{target.with_name(FILE)} is missing or older than its source: run "
            "`autograder build`."
        )
    return text


def _write(path: Path, text: str) -> Built:
    before = path.read_text(encoding="utf-8") if path.is_file() else None
    if before != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The same bytes on every system.
        path.write_text(text, encoding="utf-8", newline="\n")
    return Built(path, before != text)
