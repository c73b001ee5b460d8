"""Makes a page of a notebook in which nothing runs or loads."""

import copy
import functools
import html
import re
from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters.html import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from traitlets import default
from traitlets.config import Config

from autograder.cells import from_bytes
from autograder.compat_nbgrader import render_page
from autograder.grading.html_safety import clean_contents, clean_html, close_page

WITHOUT_TEXT = re.compile(r"<img(?![^>]*\salt=)")


class CleanExporter(HTMLExporter):
    """nbconvert's HTML exporter for pages of other people's notebooks.

    Most cells of a class are the same, so that each text is coloured once. Metadata
    must be clean already: nbgrader's steps have added points and comments to it.
    """

    # Once is enough: nbconvert validates after each step of its own otherwise.
    optimistic_validation = True

    @default("exclude_anchor_links")
    def _exclude_anchor_links_default(self) -> bool:
        # They lead to a heading's id, which a student could make another part's.
        return True

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Returns the page and the resources, as nbconvert does."""
        nb = copy.deepcopy(nb)
        clean_contents(nb)
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


def page_maker(config: Config) -> Callable[[bytes, dict[str, Any]], str]:
    """Returns a function that makes the page of a notebook's file.

    Args:
        config: For the exporter: it names the template.
    """
    exporter = CleanExporter(config=config)

    def make(notebook: bytes, resources: dict[str, Any]) -> str:
        page, _ = exporter.from_notebook_node(from_bytes(notebook), resources)
        return page

    return make
