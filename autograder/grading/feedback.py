"""Writes a student's feedback page with nbgrader's exporter and template."""

import copy
import functools
import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters.html import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from traitlets import default

from autograder.cells import named_tests
from autograder.compat_nbgrader import is_get_grades, render_page
from autograder.course import Course
from autograder.grading.assignment import Assigned
from autograder.grading.hidden_tests import ANSI, without_hidden_tests
from autograder.grading.html_safety import clean_html, clean_notebook, close_page
from autograder.grading.submission import read_regular
from autograder.limits import GRADED

# Characters of a message that the list on top of a page shows.
LONGEST = 300
# The id of the cell that lists them.
LOSSES = "tests-that-failed"
WITHOUT_TEXT = re.compile(r"<img(?![^>]*\salt=)")
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

    def write(self, student: str, notebook: NotebookNode) -> Path:
        """Writes the page of a graded notebook; returns where."""
        name = self.assigned.assignment
        path = self.course.feedback / student / name / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.page(student, notebook), encoding="utf-8")
        for told in RELEASED_BY:
            content = read_regular(self.course.submitted / student / name / told, 1000)
            if content is not None:
                (path.parent / told).write_bytes(content)
        return path

    def page(self, student: str, notebook: NotebookNode) -> str:
        """Returns the page of a graded notebook as HTML."""
        name = self.assigned.assignment
        resources = {
            "unique_key": name,
            "metadata": {"name": name},
            "nbgrader": {
                "student": student,
                "assignment": name,
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

    Nothing in a page runs or loads. Most cells of a class are the same, so that each
    text is coloured once.
    """

    @default("exclude_anchor_links")
    def _exclude_anchor_links_default(self) -> bool:
        # They lead to a heading's id, which a student could make another part's.
        return True

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Returns the page and the resources, as nbconvert does."""
        nb = copy.deepcopy(nb)
        clean_notebook(nb)
        page, resources = render_page(self, nb, resources, self._highlight, **kw)
        page = WITHOUT_TEXT.sub('<img alt="No description"', page)
        return close_page(page), resources

    @pass_context
    def markdown2html(self, context: Context, source: str) -> str:
        """Returns Markdown as HTML, in which raw HTML is cleaned."""
        try:
            return clean_html(super().markdown2html(context, source))
        except Exception:
            # nbconvert raises where a picture is not attached, and the page would fail.
            return f"<pre>{html.escape(source)}</pre>"

    def _highlight(
        self,
        source: str,
        language: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> str:
        language = language or (metadata or {}).get("magics_language")
        return _coloured(source, language)


@functools.lru_cache(maxsize=500)
def _coloured(source: str, language: str | None) -> str:
    return Highlight2HTML(pygments_lexer="ipython3")(source, language)


def add_banner(
    notebook: NotebookNode, status: str, reason: str, notes: Sequence[str]
) -> None:
    """Puts a cell on top that says what happened, where there is something to say.

    Args:
        notebook: It is changed.
        status: The outcome's.
        reason: Why it is not `"graded"`.
        notes: What else a reader should know.
    """
    lines = []
    if status != GRADED:
        lines.append(f"**Outcome: {status}.** {_sentence(reason)}")
    lines += [_sentence(note) for note in notes]
    if lines:
        cell = nbformat.v4.new_markdown_cell("\n\n".join(lines), id="outcome")
        notebook.cells.insert(0, cell)


def add_losses(notebook: NotebookNode) -> None:
    """Puts a list of the tests that failed on top of a graded notebook, once.

    nbgrader's own list of cells gives points but neither names nor messages.
    """
    if any(cell["id"] == LOSSES for cell in notebook.cells):
        return
    lines = []
    for name, cell in named_tests(notebook):
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if errors:
            message = " ".join(ANSI.sub("", errors[-1].evalue).split())
            shown = message[:LONGEST] + ("..." if len(message) > LONGEST else "")
            fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
            quoted = f": {fence} {shown} {fence}" if shown else ""
            lines.append(f"- **{name}** ({errors[-1].ename}){quoted}")
    if lines:
        text = "**Tests that failed**\n\n" + "\n".join(lines)
        place = 1 if notebook.cells and notebook.cells[0]["id"] == "outcome" else 0
        cell = nbformat.v4.new_markdown_cell(text, id=LOSSES)
        notebook.cells.insert(place, cell)


def _sentence(text: str) -> str:
    text = text.strip().replace("`", "'")
    # A file's name at the start stays as it is.
    if text.split(" ")[0].isalpha():
        text = text[:1].upper() + text[1:]
    return text + ("" if text.endswith(".") else ".")
