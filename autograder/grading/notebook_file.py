"""Reads a notebook file as leniently as JupyterLab does, and keeps what running needs.

What a cell is, its text, its id, its grade id and the pictures pasted into its text are
taken out of the file; a fresh notebook is made of them. Nothing else in the file
decides anything: VS Code, Colab, PyCharm, CoCalc and others each write notebooks that
are not valid in the letter, and Jupyter opens them all.
"""

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

import nbformat
from nbformat import NotebookNode

CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# More values than this take too much memory: a list of them twenty times its text.
MAX_VALUES = 1_000_000
MAX_CELLS = 5_000
# What older notebooks, and other programs, call the three kinds of cells.
KINDS = {"code": "code", "markdown": "markdown", "heading": "markdown"}
KINDS |= {"html": "markdown", "raw": "raw"}
# The one tag that changes how a cell is run.
TAGS = ("skip-execution",)
AGAIN = "Open the notebook where you wrote it, save it and hand in again"
# One that does not end goes on to the end of the file: no place is looked at twice.
STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+\\?(?:"|\Z)', re.DOTALL)
HALF_PAIRS = re.compile("[\ud800-\udfff]")
# How other files begin that are handed in under a notebook's name.
OTHER_FILES = (
    (b"PK\x03\x04", "a ZIP archive: unpack it and hand in the notebook that is in it"),
    (b"\x1f\x8b", "a compressed file: unpack it and hand in the notebook in it"),
    (b"%PDF", "a PDF file: hand in the notebook itself"),
    (b"\x89PNG", "a picture: hand in the notebook itself"),
    (b"\xff\xd8\xff", "a picture: hand in the notebook itself"),
    (b"<", "a web page: download the notebook itself and hand it in"),
)


class UnreadableError(Exception):
    """A file is no notebook: the message continues "the file ..." for the student."""


def read_notebook(content: bytes) -> NotebookNode:
    """Returns what running needs of a notebook file, as a notebook of format 4.5.

    Args:
        content: The file, as whatever program wrote it, in whatever format.

    Raises:
        UnreadableError: If it holds no cells that can be read.
    """
    found = list(_find_cells(_parse(content)))
    if len(found) > MAX_CELLS:
        raise UnreadableError(
            f"has {len(found):,} cells; at most {MAX_CELLS:,} are read. Delete those "
            "that are not part of your work, save and hand in again"
        )
    cells = [_read_cell(cell, number) for number, cell in enumerate(found, start=1)]
    give_ids(cells)
    return nbformat.from_dict(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )


def give_ids(cells: Iterable[Any]) -> None:
    """Gives cells an id of their own where they have none, or another cell's."""
    cells = list(cells)
    first: dict[str, int] = {}
    for place, cell in enumerate(cells):
        given = cell.get("id")
        if isinstance(given, str) and CELL_ID.fullmatch(given):
            first.setdefault(given, place)
    for place, cell in enumerate(cells):
        given = cell.get("id")
        if isinstance(given, str) and first.get(given) == place:
            continue
        name, number = f"added-{place + 1:03}", 1
        while name in first:
            name, number = f"added-{place + 1:03}-{number}", number + 1
        first[name] = place
        cell["id"] = name


def _parse(content: bytes) -> dict[str, Any]:
    """Returns the object that a file holds."""
    if not content.strip(b" \t\r\n\0"):
        raise UnreadableError("is empty. Save the notebook and hand in again")
    _refuse_too_many(content)
    text, is_text = _decode(content)
    try:
        # Control characters in a text, and numbers of any length, do no harm.
        data = json.loads(text, strict=False, parse_int=float)
    except json.JSONDecodeError as error:
        raise UnreadableError(_no_json(content, text, is_text, error)) from None
    except RecursionError:
        raise UnreadableError(
            f"is not a notebook: it is nested too deeply. {AGAIN}"
        ) from None
    if not isinstance(data, dict):
        raise UnreadableError(
            "is JSON but not a notebook: it has no cells. Hand in the notebook itself"
        )
    return data


def _decode(content: bytes) -> tuple[str, bool]:
    """Returns a file's text, and whether all of it is text in a Unicode encoding."""
    # Windows programs write UTF-16, and UTF-8 with a byte order mark.
    encoding = json.detect_encoding(content)
    try:
        return content.decode(encoding), True
    except UnicodeDecodeError:
        if encoding not in ("utf-8", "utf-8-sig"):
            return content.decode(encoding, "replace"), False
        return content.decode(encoding, "autograder.windows"), False


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Reads bytes that are not UTF-8 as older Windows programs mean them."""
    assert isinstance(error, UnicodeDecodeError)
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("autograder.windows", _as_windows)


def _refuse_too_many(content: bytes) -> None:
    """Refuses what would take much memory, before it is parsed."""
    values = _count(content)
    if values > MAX_VALUES:
        # One by one: a list of all texts would take much memory, too.
        values -= sum(_count(match[0]) for match in STRINGS.finditer(content))
    if values > MAX_VALUES:
        raise UnreadableError(
            f"holds more than {MAX_VALUES:,} values, more than are read. Clear all "
            "outputs, save and hand in again"
        )


def _count(content: bytes) -> int:
    return sum(map(content.count, (b",", b"[", b"{")))


def _no_json(
    content: bytes, text: str, is_text: bool, error: json.JSONDecodeError
) -> str:
    """Says what a file is that is not JSON, and what to do."""
    start = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    for begins, what in OTHER_FILES:
        if start.startswith(begins):
            return f"is not a notebook but {what}"
    if not start.startswith(b"{") and not is_text:
        return f"is not a notebook: it is not UTF-8 text. {AGAIN}"
    conflict = re.search(r"^(?:<<<<<<<|=======|>>>>>>>)", text, re.MULTILINE)
    if conflict:
        line = text.count("\n", 0, conflict.start()) + 1
        return (
            f"is not a notebook: in line {line} are the marks of a merge that git left "
            "to you. Choose one version of each part, save and hand in again"
        )
    return (
        f"is not a notebook: not JSON from line {error.lineno} on. It may have "
        f"been cut off while it was saved or copied. {AGAIN}"
    )


def _find_cells(data: dict[str, Any]) -> Iterator[Any]:
    """Yields the cells of a notebook of any format."""
    found = False
    sheets = data.get("worksheets")
    for holder in [data, *(sheets if isinstance(sheets, list) else [])]:
        cells = holder.get("cells") if isinstance(holder, dict) else None
        if isinstance(cells, list):
            found = True
            yield from cells
        elif cells is not None:
            raise UnreadableError(
                "is not a valid notebook: its cells are no list but "
                f"{_kind_of(cells)}. {AGAIN}"
            )
    if not found and not isinstance(sheets, list):
        raise UnreadableError(
            "is JSON but not a notebook: it has no cells. Hand in the notebook itself"
        )


def _read_cell(cell: Any, number: int) -> dict[str, Any]:
    """Returns what running needs of a cell."""
    if not isinstance(cell, dict):
        raise UnreadableError(
            f"is not a valid notebook: cell {number} is no cell but {_kind_of(cell)}. "
            f"Delete it in a text editor, or {AGAIN[0].lower()}{AGAIN[1:]}"
        )
    named = cell.get("cell_type")
    # What JupyterLab does not know it shows as a raw cell.
    kind = KINDS.get(named.strip().lower(), "raw") if isinstance(named, str) else "raw"
    # In format 3 code was called `input`.
    source = _read_text(cell.get("source", cell.get("input")), number)
    if named == "heading":
        level = cell.get("level")
        depth = int(level) if isinstance(level, float) and 1 <= level <= 6 else 1
        source = f"{'#' * depth} {source}"
    made: dict[str, Any] = {
        "cell_type": kind,
        "id": cell.get("id"),
        "metadata": _read_metadata(cell.get("metadata")),
        "source": source,
    }
    if kind == "code":
        made.update(execution_count=None, outputs=[])
    elif pictures := _read_attachments(cell.get("attachments")):
        made["attachments"] = pictures
    return made


def _read_text(source: Any, number: int) -> str:
    lines = source if isinstance(source, list) else [source]
    lines = ["" if line is None else line for line in lines]
    wrong = [line for line in lines if not isinstance(line, str)]
    if wrong:
        raise UnreadableError(
            f"is not a valid notebook: cell {number} holds {_kind_of(wrong[0])} where "
            f"its text should be. Type the cell again, save and hand in again"
        )
    return _whole("".join(lines)).replace("\r\n", "\n").replace("\r", "\n")


def _read_metadata(metadata: Any) -> dict[str, Any]:
    """Keeps the grade id, and the tags that count."""
    kept: dict[str, Any] = {}
    if not isinstance(metadata, dict):
        return kept
    marks, tags = metadata.get("nbgrader"), metadata.get("tags")
    name = marks.get("grade_id") if isinstance(marks, dict) else None
    if isinstance(name, str):
        kept["nbgrader"] = {"grade_id": _whole(name)}
    if isinstance(tags, list):
        known = [tag for tag in TAGS if tag in tags]
        kept |= {"tags": known} if known else {}
    return kept


def _read_attachments(attachments: Any) -> dict[str, dict[str, str]]:
    """Keeps pictures that were pasted into a text: they may be the answer."""
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in attachments.items() if isinstance(attachments, dict) else ():
        forms = {}
        for kind, data in bundle.items() if isinstance(bundle, dict) else ():
            lines = data if isinstance(data, list) else [data]
            if kind.startswith("image/") and all(isinstance(it, str) for it in lines):
                forms[_whole(kind)] = _whole("".join(lines))
        if forms:
            kept[_whole(name)] = forms
    return kept


def _whole(text: str) -> str:
    """Replaces halves of characters, which JSON can spell and no file can hold."""
    return HALF_PAIRS.sub("\ufffd", text)


def _kind_of(value: Any) -> str:
    """Returns what a value is called, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a yes or no"
    kinds = {str: "a text", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), "something else")
