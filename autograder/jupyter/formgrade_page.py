"""Makes formgrader's page of a submission, of its cleaned notebook.

    python -m autograder.jupyter.formgrade_page TEMPLATES < REQUEST > PAGE

A process of its own, since the page is made of what a student wrote: one that takes too
long, or too much memory, is ended, and the instructor's server goes on.
"""

import contextlib
import copy
import functools
import html
import json
import re
import subprocess
import sys
import threading
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

# What one page may take: wall time, CPU time, memory, and its own size in bytes.
SECONDS, CPU_SECONDS, MEMORY, MOST_PAGE = 60, 30, 3_000_000_000, 50_000_000
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


class PageMaker:
    """Has pages made in processes, the next of which is always started already.

    Args:
        templates: The folder of formgrader's templates.
    """

    def __init__(self, templates: str) -> None:
        self.templates = templates
        self.lock = threading.Lock()
        self.spare: subprocess.Popen[bytes] | None = None

    def make(self, request: dict[str, Any]) -> str | None:
        """Returns a page; one without the student's text if that fails.

        Args:
            request: The arguments of `make_page` but the first.

        Returns:
            `None` if there is no page at all.
        """
        return self._ask(request) or self._ask({**request, "bare": True})

    def _ask(self, request: dict[str, Any]) -> str | None:
        with self.lock:
            process, self.spare = self.spare, None
        if process is None or process.poll() is not None:
            process = self._start()
        try:
            page, _ = process.communicate(json.dumps(request).encode(), SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            page = b""
        with self.lock:
            if self.spare is None:
                self.spare = self._start()
        return page.decode("utf-8") if process.returncode == 0 and page else None

    def close(self) -> None:
        """Ends the process that waits."""
        with self.lock:
            if self.spare is not None:
                self.spare.communicate()
                self.spare = None

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            # Nothing is imported from the folder in which the server was started.
            [
                *(sys.executable, "-P", "-m", "autograder.jupyter.formgrade_page"),
                self.templates,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )


@functools.cache
def exporter_for(templates: str) -> FormgradeExporter:
    """Returns the exporter for a folder of formgrader's templates."""
    return FormgradeExporter(
        template_name="formgrade", extra_template_basedirs=[templates]
    )


def make_page(
    templates: str, path: str, resources: dict[str, Any], nonce: str, bare: bool = False
) -> str:
    """Returns formgrader's page of a graded notebook.

    Args:
        templates: The folder of formgrader's templates.
        path: The notebook's file.
        resources: What formgrader's template is given.
        nonce: Marks the template's own scripts.
        bare: Whether to leave out all that a student wrote.
    """
    exporter = exporter_for(templates)
    exporter.nonce, exporter.bare = nonce, bare
    page, _ = exporter.from_filename(path, resources=escaped(resources))
    return page


def _bound() -> None:
    """Bounds this process, where the system can."""
    with contextlib.suppress(ImportError):
        import resource

        for kind, most in (
            (resource.RLIMIT_CPU, CPU_SECONDS),
            (resource.RLIMIT_AS, MEMORY),
        ):
            # macOS knows the second one and does not keep it.
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(kind, (most, most))


def main(templates: str) -> int:
    """Answers one request; returns the exit status.

    Args:
        templates: The folder of formgrader's templates.
    """
    _bound()
    # Compiled before the page is asked for.
    assert exporter_for(templates).template
    given = sys.stdin.buffer.read()
    if not given:
        # The server has ended.
        return 0
    page = make_page(templates, **json.loads(given)).encode("utf-8", "replace")
    if len(page) > MOST_PAGE:
        return 1
    sys.stdout.buffer.write(page)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
