"""Takes out of a notebook, and of a page, whatever a browser could run or load."""

import html
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import nbformat
import nh3
from nbformat import NotebookNode
from pygments.token import STANDARD_TYPES

from autograder.grading.html_balance import TEXT_TAGS, balance

PICTURES = ("image/png", "image/jpeg", "image/gif")
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")
DATA_PICTURE = re.compile(rf"data:(?:{'|'.join(PICTURES)});base64,{BASE64.pattern}")
# A picture over this is dropped: 4 MB of base64.
MOST_PICTURE = 4_000_000
# What a cell may show of text, all its outputs together; and of its source.
MOST_TEXT, MOST_SOURCE = 200_000, 100_000
MOST_OUTPUTS = 500
# Over so many, colours go: nbconvert copies the whole text at each of them.
MOST_COLOURS = 2000
COLOUR = re.compile(r"\x1b\[[0-9;:]*[A-Za-z]")
# HTML that is cleaned grows by what is escaped, and by little else.
MOST_GROWTH = 10
ATTRIBUTES = {
    "a": {"href", "title"},
    "div": {"class"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "span": {"class"},
    "table": {"class"},
    "td": {"colspan", "rowspan", "align"},
    "th": {"colspan", "rowspan", "align", "scope"},
}
# A page's own style sheet has classes that lie over everything, such as
# `navbar-fixed-top`: a student's text gets what pandas and coloured code need.
CLASSES = {
    "div": {"highlight"},
    "span": {name for name in STANDARD_TYPES.values() if name},
    "table": {"dataframe"},
}
WORDS = {
    "align": {"left", "right", "center", "justify"},
    "scope": {"row", "col", "rowgroup", "colgroup"},
}
# By attribute: the greatest number that it may say.
SIZES = {"width": 2000, "height": 2000, "colspan": 100, "rowspan": 1000, "start": 10**6}
NUMBER = re.compile(r"[0-9]{1,7}")
# Not `https:x` either, which a browser reads as an address of the page's own server.
ELSEWHERE = re.compile(r"https?://[^/\\\s]|mailto:", re.IGNORECASE)
ANCHOR = re.compile(r'<a href="([^"]*)"[^>]*>')
# They make text to the right of them, or around them, look like another.
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)
# Nothing in a student's part of a page is drawn outside of it.
STYLE = (
    "<style>.text_cell_render, .input_area, .output_area"
    " { contain: paint; overflow: auto; }</style>"
)
# The template's own tags: a student's were taken out before.
SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.DOTALL | re.IGNORECASE)
LINK = re.compile(r"<link\b[^>]*>", re.IGNORECASE)
HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
GRADE_ID = re.compile(r"[A-Za-z0-9_-]+")
# Where a cell that we added says which it is.
MARK = "autograder"


def clean_html(text: str) -> str:
    """Returns HTML with the tags of a text, tables and pictures in it, and no more.

    Links lead to other servers; ids, styles and all classes but those of code and
    tables are gone.
    """
    cleaned = nh3.clean(
        balance(text),
        tags=TEXT_TAGS,
        attributes=ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
    if len(cleaned) > MOST_GROWTH * len(text) + 1000:
        return f"<pre>{html.escape(text)}</pre>"
    return show_direction(cleaned)


def _keep_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Returns what is left of an attribute; `None` if nothing is."""
    if attribute == "class":
        allowed = CLASSES.get(tag, ())
        return " ".join(name for name in value.split() if name in allowed) or None
    if attribute == "src":
        is_picture = DATA_PICTURE.fullmatch(value[: MOST_PICTURE + 1])
        return value if is_picture and len(value) <= MOST_PICTURE else None
    if attribute == "href":
        return value if ELSEWHERE.match(value) else None
    if attribute in SIZES:
        fits = NUMBER.fullmatch(value) and int(value) <= SIZES[attribute]
        return value if fits else None
    if attribute in WORDS:
        return value if value in WORDS[attribute] else None
    return value


def without_links(text: str) -> str:
    """Returns clean HTML whose links lead nowhere, but say where they led.

    For a page on a server with its reader's cookies, on which an address may do
    something.
    """
    return ANCHOR.sub(r'<a title="\1">', text)


def show_direction(text: str) -> str:
    """Spells out the characters that turn the direction of the text after them."""
    return DIRECTION.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def clean_notebook(notebook: NotebookNode) -> None:
    """Leaves of a graded notebook what a page can show safely; it is changed."""
    clean_metadata(notebook)
    clean_contents(notebook)


def clean_metadata(notebook: NotebookNode) -> None:
    """Leaves of metadata what nbgrader's steps and templates read; it is changed."""
    notebook.metadata = nbformat.from_dict({"language_info": {"name": "python"}})
    seen: set[str] = set()
    for cell in notebook.cells:
        kept: dict[str, Any] = {}
        mark = cell.metadata.get(MARK)
        if declared := _clean_declared(cell.metadata.get("nbgrader"), seen):
            kept["nbgrader"] = declared
        if isinstance(mark, str):
            kept[MARK] = mark
        cell.metadata = nbformat.from_dict(kept)
        if not GRADE_ID.fullmatch(str(cell.get("id", ""))):
            cell["id"] = "added"


def clean_contents(notebook: NotebookNode) -> None:
    """Leaves of cells' sources and outputs what a page can show; it is changed."""
    for cell in notebook.cells:
        cell.pop("attachments", None)
        cell.source = show_direction(_cut(cell.source, MOST_SOURCE))
        if cell.cell_type == "raw":
            # nbconvert puts raw cells into a page unchanged.
            cell.cell_type = "markdown"
            fence = "`" * (3 + max(map(len, re.findall("`+", cell.source)), default=0))
            cell.source = f"{fence}\n{cell.source}\n{fence}"
        elif cell.cell_type == "code":
            cell.outputs = _clean_outputs(cell.outputs)
            count = cell.get("execution_count")
            cell.execution_count = count if isinstance(count, int) else None


def _clean_declared(declared: Any, seen: set[str]) -> dict[str, Any]:
    """Returns of nbgrader's metadata what templates read, each of its kind.

    Templates write them into a page as they are. Stock nbgrader keeps those of cells
    that a student added.
    """
    if not isinstance(declared, Mapping):
        return {}
    name, points = declared.get("grade_id"), declared.get("points", 0)
    if not isinstance(name, str) or not GRADE_ID.fullmatch(name) or name in seen:
        return {}
    seen.add(name)
    if not isinstance(points, int | float) or not math.isfinite(points):
        points = 0
    flags = ("grade", "solution", "locked", "task")
    texts = {
        key: declared[key]
        for key in ("checksum", "cell_type")
        if isinstance(declared.get(key), str) and GRADE_ID.fullmatch(declared[key])
    }
    return {
        "grade_id": name,
        "points": points,
        **{key: declared.get(key) is True for key in flags},
        **texts,
    }


def _clean_outputs(outputs: Sequence[NotebookNode]) -> list[NotebookNode]:
    left, cleaned = MOST_TEXT, []
    for output in outputs[:MOST_OUTPUTS]:
        if output.output_type == "stream":
            output.text = _plain(output.text, left)
            output.name = "stderr" if output.get("name") == "stderr" else "stdout"
            left -= len(output.text)
        elif output.output_type == "error" and output.ename == NOT_BEGUN:
            # No fault: it stands there in grey.
            text = html.escape(_plain(str(output.evalue), 200))
            page = f'<p style="color: #636363">{text}</p>'
            output = nbformat.v4.new_output("display_data", {"text/html": page})
        elif output.output_type == "error":
            lines = []
            for entry in output.traceback:
                lines.append(_plain(str(entry), left))
                left -= len(lines[-1])
            output.traceback = lines
            output.ename, output.evalue = str(output.ename)[:200], ""
        else:
            output.data = nbformat.from_dict(_clean_data(output.data, left))
            output.metadata = nbformat.from_dict({})
            left -= sum(len(output.data.get(kind, "")) for kind in TEXTS)
        cleaned.append(output)
    if len(outputs) > MOST_OUTPUTS:
        text = f"[{len(outputs) - MOST_OUTPUTS:,} more outputs are not shown]"
        cleaned.append(nbformat.v4.new_output("stream", name="stdout", text=text))
    return cleaned


# The error of a test whose exercise is a stub.
NOT_BEGUN = "NotBegun"
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
        return {"text/plain": _plain(plain, most)}
    kinds = ", ".join(sorted(map(str, data)))[:200] or "nothing"
    return {"text/plain": f"[output of type {_plain(kinds, 200)} is not shown]"}


def _plain(text: str, most: int) -> str:
    """Returns a text within a bound, and with no more colours than a page takes."""
    text = show_direction(_cut(text, most))
    return COLOUR.sub("", text) if text.count("\x1b") > MOST_COLOURS else text


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
    policy = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">{STYLE}'
    return HEAD.sub(lambda found: found.group(0) + policy, page, count=1)
