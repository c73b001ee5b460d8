"""Takes out of a notebook, and of a page, whatever a browser could run or load."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import nbformat
import nh3
from nbformat import NotebookNode

PICTURES = ("image/png", "image/jpeg", "image/gif")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
# A picture over this is dropped: 4 MB of base64.
MOST_PICTURE = 4_000_000
# What a cell may show of text, all its outputs together.
MOST_TEXT = 200_000
TEXT_TAGS = {
    *("a", "b", "blockquote", "br", "caption", "code", "dd", "del", "details", "div"),
    *("dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "kbd"),
    *("li", "ol", "p", "pre", "s", "samp", "small", "span", "strong", "sub", "summary"),
    *("sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"),
}
ATTRIBUTES = {
    "*": {"class"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
    **{f"h{level}": {"id", "class"} for level in range(1, 7)},
}
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# The template's own tags: a student's were taken out before.
SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
LINK = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)


def clean_html(text: str) -> str:
    """Returns HTML with the tags of a text, tables and pictures in it, and no more."""
    return nh3.clean(
        text,
        tags=TEXT_TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
    )


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Keeps pictures that are in the page, and links that are not."""
    if attribute == "src":
        return value if value.startswith("data:image/") else None
    if attribute == "href":
        return None if value.startswith("data:") else value
    return value


def clean_notebook(notebook: NotebookNode) -> None:
    """Leaves of a graded notebook what a page can show safely; it is changed."""
    notebook.metadata = nbformat.from_dict({"language_info": {"name": "python"}})
    for cell in notebook.cells:
        declared = cell.metadata.get("nbgrader")
        cell.metadata = nbformat.from_dict({"nbgrader": declared} if declared else {})
        cell.pop("attachments", None)
        if cell.cell_type == "raw":
            # nbconvert puts raw cells into a page unchanged.
            cell.cell_type = "markdown"
            fence = "`" * (3 + max(map(len, re.findall("`+", cell.source)), default=0))
            cell.source = f"{fence}\n{cell.source}\n{fence}"
        elif cell.cell_type == "code":
            cell.outputs = _clean_outputs(cell.outputs)


def _clean_outputs(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    left, cleaned = MOST_TEXT, []
    for output in outputs:
        if output.output_type == "stream":
            output.text = _cut(output.text, left)
            left -= len(output.text)
        elif output.output_type == "error":
            output.traceback = [_cut(str(entry), left) for entry in output.traceback]
        else:
            output.data = nbformat.from_dict(_clean_data(output.data, left))
            output.metadata = nbformat.from_dict({})
            left -= sum(len(output.data.get(kind, "")) for kind in TEXTS)
        cleaned.append(output)
    return cleaned


TEXTS = ("text/plain", "text/html")


def _clean_data(data: Mapping[str, Any], most: int) -> dict[str, str]:
    """Returns the one form of an output that is shown."""
    for kind in PICTURES:
        picture = data.get(kind)
        if isinstance(picture, str) and BASE64.fullmatch(picture):
            if len(picture) <= MOST_PICTURE:
                return {kind: picture}
            return {"text/plain": f"[a picture of {len(picture):,} bytes was dropped]"}
    page = data.get("text/html")
    if isinstance(page, str) and len(page) <= most:
        return {"text/html": clean_html(page)}
    plain = data.get("text/plain")
    if isinstance(plain, str):
        return {"text/plain": _cut(plain, most)}
    kinds = ", ".join(sorted(map(str, data)))[:200] or "nothing"
    return {"text/plain": f"[output of type {kinds} is not shown]"}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= max(most, 0) else f"{text[: max(most, 0)]} [cut]"


def close_page(page: str) -> str:
    """Takes scripts and remote style sheets out of a page, and forbids them.

    Args:
        page: HTML that a template made of a clean notebook.

    Returns:
        HTML with a content security policy.
    """
    page = LINK.sub("", SCRIPT.sub("", page))
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    return HEAD.sub(lambda found: found.group(0) + policy, page, count=1)
