"""Makes formgrader's page of a submission, of its cleaned notebook.

The page is made of what a student wrote, and so in a process of its own: one that takes
too long, or too much memory, is ended, and the instructor's server goes on.
"""

import contextlib
import copy
import functools
import html
import re
from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from autograder.compat_nbgrader import render_page
from autograder.grading.html_safety import (
    LINK,
    SCRIPT,
    STYLE,
    clean_notebook,
    without_links,
)
from autograder.grading.page_exporter import CleanExporter
from autograder.grading.page_process import PageError, PageProcess

NOT_SHOWN = "[not shown: a page of this submission takes too long, or is too large]"
# What comes before it in a page is the template's own.
CONTENT = 'id="notebook-container"'
# Formgrader's script waits until MathJax says that it is done. MathJax itself comes
# from another server, and does what a formula says: `\href`, `\class`, `\require`.
NO_MATHJAX = (
    "var MathJax = {Hub: {Startup: {signal: {Interest: function (tell) {"
    " setTimeout(tell, 0, 'End'); }}}}};"
)
REMOTE = re.compile(r'^<script\b[^>]*(\bsrc="?https?:|text/x-mathjax)', re.IGNORECASE)


class FormgradeExporter(CleanExporter):
    """nbconvert's HTML exporter for formgrader's template.

    Attributes:
        nonce: Marks the template's own scripts: the page's policy lets no other run.
        bare: Whether to leave out all that a student wrote.
    """

    nonce = ""
    bare = False

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Returns the page and the resources, as nbconvert does."""
        nb = copy.deepcopy(nb)
        if self.bare:
            for cell in nb.cells:
                cell.source = NOT_SHOWN
                if "outputs" in cell:
                    cell.outputs = []
        clean_notebook(nb)
        page, resources = render_page(self, nb, resources, self._highlight, **kw)
        return mark_scripts(page, self.nonce), resources


class CleanNotebook(Preprocessor):
    """Cleans a notebook where formgrader runs without our server extension.

    `nbgrader_config.py` names it, and `clean_markdown`, for all HTML exporters.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Returns what a page can show safely."""
        clean_notebook(nb)
        return nb, resources


@pass_context
def clean_markdown(context: Context, source: str) -> str:
    """Returns Markdown as HTML in which nothing runs, and whose links lead nowhere."""
    return without_links(_exporter().markdown2html(context, source))


@functools.cache
def _exporter() -> CleanExporter:
    return CleanExporter()


def mark_scripts(page: str, nonce: str) -> str:
    """Marks the template's own scripts, and leaves no other and no link.

    Args:
        page: HTML that formgrader's template made of a clean notebook.
        nonce: What the content security policy asks for.
    """
    head, mark, body = page.partition(CONTENT)

    def own(found: re.Match[str]) -> str:
        if REMOTE.match(found[0]):
            return ""
        return found[0].replace("<script", f'<script nonce="{nonce}"', 1)

    head = SCRIPT.sub(own, head)
    ours = f'{STYLE}<script nonce="{nonce}">{NO_MATHJAX}</script></head>'
    head = head.replace("</head>", ours, 1)
    return head + mark + without_links(LINK.sub("", SCRIPT.sub("", body)))


def escaped(resources: dict[str, Any]) -> dict[str, Any]:
    """Returns a page's values as HTML: formgrader's template writes them unchanged."""
    return {
        key: html.escape(value) if isinstance(value, str) else value
        for key, value in resources.items()
    }


def formgrade_page_maker(templates: str) -> Callable[..., str]:
    """Returns a function that makes formgrader's page of a graded notebook.

    Args:
        templates: The folder of formgrader's templates.
    """
    exporter = FormgradeExporter(
        template_name="formgrade", extra_template_basedirs=[templates]
    )

    def make(path: str, resources: dict[str, Any], nonce: str, bare: bool) -> str:
        exporter.nonce, exporter.bare = nonce, bare
        page, _ = exporter.from_filename(path, resources=escaped(resources))
        return page

    return make


def make_or_bare(process: PageProcess, *request: Any) -> str | None:
    """Returns a page; one without the student's text if that fails.

    Args:
        process: It makes pages by `formgrade_page_maker`.
        *request: The notebook's path, what formgrader's template is given, and what
            marks the template's own scripts.

    Returns:
        `None` if there is no page at all.
    """
    for bare in (False, True):
        with contextlib.suppress(PageError):
            return process.make(*request, bare)
    return None
