"""Writes a student's feedback page with nbgrader's exporter and template."""

import atexit
import copy
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbconvert.exporters.html import HTMLExporter
from nbformat import NotebookNode

from autograder.cells import named_tests, to_bytes
from autograder.compat_nbgrader import is_get_grades
from autograder.course import Course
from autograder.grading.assignment import Assigned
from autograder.grading.hidden_tests import ANSI, without_hidden_tests
from autograder.grading.html_safety import MARK, NOT_BEGUN, clean_metadata
from autograder.grading.page_exporter import page_maker
from autograder.grading.page_process import PageError, PageProcess
from autograder.grading.plain_page import plain_page
from autograder.grading.submission import read_regular
from autograder.limits import GRADED

if TYPE_CHECKING:
    from traitlets.config import Config

# Characters of a message that the list on top of a page shows.
LONGEST = 300
# Cells that we add: what happened, and a list of what failed.
BANNER = "outcome"
LOSSES = "tests-that-failed"
# `nbgrader release_feedback` reads in them which submission a page is of.
RELEASED_BY = ("timestamp.txt", "submission_secret.txt")


class FeedbackWriter:
    """Makes feedback pages; nbgrader's template is compiled once for all of them.

    Args:
        course: The class's course.
        assigned: The assignment.
        marks: Preprocessor class that gives cells their points, in place of
            nbgrader's `GetGrades`, which opens the gradebook anew for each page.
    """

    def __init__(
        self, course: Course, assigned: Assigned, marks: type | None = None
    ) -> None:
        from nbgrader.converters import GenerateFeedback

        self.course, self.assigned = course, assigned
        # nbgrader's converter finds its template and styles; only its loop over
        # folders is left out.
        converter = GenerateFeedback(coursedir=course.directory(), config=course.config)
        self.exporter = PageExporter(config=converter.config)
        for step in converter.preprocessors:
            if marks is not None and is_get_grades(step):
                step = marks
            self.exporter.register_preprocessor(step, enabled=True)

    def path(self, student: str) -> Path:
        """Returns where a student's page lies."""
        folder = self.course.feedback / student / self.assigned.assignment
        return folder / f"{self.assigned.notebook_name}.html"

    def write(self, student: str, notebook: NotebookNode) -> Path:
        """Writes the page of a graded notebook; returns where."""
        path = self.path(student)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.page(student, notebook), encoding="utf-8")
        handed_in = self.course.submitted / student / self.assigned.assignment
        for told in RELEASED_BY:
            content = read_regular(handed_in / told, 1000)
            if content is not None:
                (path.parent / told).write_bytes(content)
        return path

    def page(self, student: str, notebook: NotebookNode) -> str:
        """Returns the page of a graded notebook as HTML."""
        name = self.assigned.notebook_name
        resources = {
            "unique_key": name,
            "metadata": {"name": name},
            "nbgrader": {
                "student": student,
                "assignment": self.assigned.assignment,
                "notebook": name,
                "db_url": self.course.db_url,
            },
        }
        shown = without_hidden_tests(notebook, self.assigned.released)
        add_losses(shown)
        page, _ = self.exporter.from_notebook_node(shown, resources)
        return page


class PageExporter(HTMLExporter):
    """nbconvert's HTML exporter for pages of other people's notebooks.

    Nothing in a page runs or loads. It is made in a process of its own, which may be
    ended: the page is a plain one then, with points and messages and no more.
    """

    # Once is enough: nbconvert validates after each of nbgrader's steps otherwise.
    optimistic_validation = True

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Returns the page and the resources, as nbconvert does."""
        resources = self._init_resources(resources)
        nb = copy.deepcopy(nb)
        clean_metadata(nb)
        nb, resources = self._preprocess(nb, resources)
        # The process adds its own functions.
        data = {key: part for key, part in resources.items() if not callable(part)}
        try:
            page = page_process(self.config).make(to_bytes(nb), data)
        except PageError as error:
            name = resources["metadata"]["name"]
            self.log.warning("%s has a plain page: %s", name, error)
            page = plain_page(nb, resources, str(error))
        return page, resources


_PROCESSES: dict[str, PageProcess] = {}


def page_process(config: "Config") -> PageProcess:
    """Returns the process that makes pages by a configuration, the same each time."""
    key = repr(config)
    if key not in _PROCESSES:
        _PROCESSES[key] = PageProcess(page_maker, config)
        atexit.register(_PROCESSES[key].close)
    return _PROCESSES[key]


def set_banner(
    notebook: NotebookNode, status: str, reason: str, notes: Sequence[str]
) -> None:
    """Puts a cell on top that says what happened, where there is something to say.

    Args:
        notebook: It is changed; a banner that it has is replaced.
        status: The outcome's.
        reason: Why it is not `"graded"`.
        notes: What else a reader should know.
    """
    notebook.cells = [cell for cell in notebook.cells if not is_ours(cell, BANNER)]
    lines = []
    if status != GRADED:
        lines.append(f"**Outcome: {status}.** {_sentence(reason)}")
    lines += [_sentence(note) for note in notes]
    if lines:
        notebook.cells.insert(0, _new_cell("\n\n".join(lines), BANNER))


def add_losses(notebook: NotebookNode) -> None:
    """Puts a list of the tests that failed on top of a graded notebook, once.

    nbgrader's own list of cells gives points but neither names nor messages.
    """
    if any(is_ours(cell, LOSSES) for cell in notebook.cells):
        return
    lines: list[str] = []
    not_begun: dict[str, None] = {}
    for name, cell in named_tests(notebook):
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if errors and says_not_begun(errors[-1]):
            not_begun[_sentence(errors[-1].evalue)] = None
        elif errors:
            message = " ".join(ANSI.sub("", errors[-1].evalue).split())
            shown = message[:LONGEST] + ("..." if len(message) > LONGEST else "")
            fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
            quoted = f": {fence} {shown} {fence}" if shown else ""
            lines.append(f"- **{name}** ({errors[-1].ename}){quoted}")
    parts = [" ".join(not_begun)] if not_begun else []
    if lines:
        parts.append("**Tests that failed**\n\n" + "\n".join(lines))
    if parts:
        text = "\n\n".join(parts)
        place = 1 if notebook.cells and is_ours(notebook.cells[0], BANNER) else 0
        notebook.cells.insert(place, _new_cell(text, LOSSES))


def says_not_begun(error: NotebookNode) -> bool:
    """Returns whether a test's error says that its exercise is not begun."""
    said = re.fullmatch(
        r"(the exercise|exercise \d+|\w{1,80}) is not begun", error.evalue
    )
    return error.ename == NOT_BEGUN and said is not None


def is_ours(cell: NotebookNode, name: str) -> bool:
    """Returns whether a cell is the one that we added under a name.

    A student's cell may have its id, but not its metadata.
    """
    return cell.metadata.get(MARK) == name


def _new_cell(text: str, name: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(text, id=name, metadata={MARK: name})


def _sentence(text: str) -> str:
    text = text.strip().replace("`", "'")
    # A file's name at the start stays as it is.
    if text.split(" ")[0].isalpha():
        text = text[:1].upper() + text[1:]
    return text + ("" if text.endswith(".") else ".")
