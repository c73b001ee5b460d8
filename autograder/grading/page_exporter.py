"""Makes a page of a notebook in which nothing runs or loads."""

import copy
import functools
import html
import re
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from nbconvert.exporters.html import HTMLExporter
from nbconvert.filters import Highlight2HTML
from nbformat import NotebookNode
from traitlets import default

from autograder.compat_nbgrader import render_page
from autograder.grading.html_safety import clean_html, clean_notebook, close_page

WITHOUT_TEXT = re.compile(r"<img(?![^>]*\salt=)")
# Longer texts are shown without colours, Markdown as it was typed. Characters.
LONGEST_CODE, LONGEST_MARKDOWN = 100_000, 100_000


class CleanExporter(HTMLExporter):
    """nbconvert's HTML exporter for pages of other people's notebooks.

    Most cells of a class are the same, so that each text is coloured once.
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
        if len(source) > LONGEST_MARKDOWN:
            return _as_typed(source)
        try:
            return clean_html(super().markdown2html(context, source))
        except Exception:
            # nbconvert raises where a picture is not attached, and the page would fail.
            return _as_typed(source)

    def _highlight(
        self,
        source: str,
        language: str | None = None,
        metadata: dict[str, Any] | None = None,
    ) -> str:
        if len(source) > LONGEST_CODE:
            return f'<div class="highlight">{_as_typed(source)}</div>'
        language = language or (metadata or {}).get("magics_language")
        return _coloured(source, language)


def _as_typed(source: str) -> str:
    return f"<pre>{html.escape(source)}</pre>"


@functools.lru_cache(maxsize=500)
def _coloured(source: str, language: str | None) -> str:
    return Highlight2HTML(pygments_lexer="ipython3")(source, language)
