"""Notebook files as all kinds of programs write them, and files that are none."""

import copy
import json

import nbformat
import pytest

from autograder.grading.notebook_file import (
    MAX_CELLS,
    MAX_VALUES,
    UnreadableError,
    read_notebook,
)

EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
# Words of Python, of JSON schemas and of their errors.
FOREIGN = (
    *("Expecting", "delimiter", "codec", "Error", "schema", "required property"),
    *("NoneType", "object has no", "under any of", "is not of type", "Extra data"),
)


def as_json(**changes):
    return json.dumps({**EMPTY, **changes}).encode()


def code(source, **details):
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": "a",
        "metadata": {},
        "outputs": [],
        "source": source,
        **details,
    }


def without(cell, *names):
    return {name: value for name, value in cell.items() if name not in names}


def read(content):
    """Returns the cells that are read of a file, which must be valid."""
    document = read_notebook(content)
    nbformat.validate(document)
    # What is written must be what was read: half a character cannot be written.
    written = nbformat.writes(document).encode()
    assert nbformat.reads(written.decode(), as_version=4) == document
    return document.cells


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\0" * 4096, "is empty"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not a notebook but a picture"),
        (b"PK\x03\x04\x14\0", "not a notebook but a ZIP archive: unpack it"),
        (b"%PDF-1.7", "not a notebook but a PDF file"),
        (b"\n<!DOCTYPE html><html>", "not a notebook but a web page: download"),
        (b"\xff\xfa\xfb text", "not UTF-8"),
        (as_json()[:40], "not JSON from line 1 on"),
        (b'{\n"cells": [\n', "not JSON from line 3 on"),
        (
            b'{\n<<<<<<< HEAD\n"cells": []\n=======\n}',
            "in line 2 are the marks of a merge",
        ),
        (as_json() + as_json(), "not JSON from line 1 on"),
        (b'{"a": 1}', "it has no cells"),
        (b"[1, 2]", "it has no cells"),
        (b"null", "it has no cells"),
        (b"[" * 200_000, "nested too deeply"),
        (as_json(cells=3), "its cells are no list but a number"),
        (as_json(cells=None), "it has no cells"),
        (as_json(cells={"a": 1}), "its cells are no list but an object"),
        (as_json(cells=[code("1"), "print(1)"]), "cell 2 is no cell but a text"),
        (as_json(cells=[None]), "cell 1 is no cell but nothing"),
        (as_json(cells=[code(5)]), "cell 1 holds a number where its text should be"),
        (as_json(cells=[code(["a", ["b"]])]), "cell 1 holds a list where its text"),
        (as_json(cells=[code({})]), "cell 1 holds an object where its text should be"),
        (as_json(cells=[{}] * (MAX_CELLS + 1)), "has 5,001 cells; at most 5,000"),
        (b"[" + b"[]," * MAX_VALUES + b"[]]", "holds more than 1,000,000 values"),
    ],
)
def test_a_file_that_is_no_notebook_is_described_in_words(content, fault):
    with pytest.raises(UnreadableError) as caught:
        read_notebook(content)
    found = str(caught.value)
    assert fault in found
    assert "\n" not in found
    assert not [word for word in FOREIGN if word in found]
    # What to do is said too.
    assert "hand " in found.lower()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"nbformat_minor": 2},
        {"nbformat_minor": 9},
        {"nbformat_minor": None},
        {"nbformat": "4"},
        {"nbformat": 4.0},
        {"nbformat": 7},
        {"nbformat": None},
        {"metadata": None},
        {"metadata": []},
        {"metadata": {"kernelspec": {"display_name": "x"}}},
        {"metadata": {"kernelspec": "python3", "language_info": []}},
        {"metadata": {"widgets": {"state": {}}, "colab": {"provenance": []}}},
        {"metadata": {"deep": float("nan"), "far": float("inf")}},
        {"worksheets": "none"},
        {"deepnote": 1, "cells_": None},
    ],
)
def test_what_stands_around_the_cells_decides_nothing(changes):
    (cell,) = read(as_json(cells=[code("a = 1")], **changes))
    assert (cell.cell_type, cell.source) == ("code", "a = 1")


def test_a_notebook_without_format_and_metadata_is_read():
    (cell,) = read(json.dumps({"cells": [code("a = 1")]}).encode())
    assert cell.source == "a = 1"


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (code("1"), "code"),
        (without(code("1"), "execution_count"), "code"),
        (without(code("1"), "outputs"), "code"),
        (without(code("1"), "metadata"), "code"),
        (code("1", metadata=None), "code"),
        (code("1", metadata=[]), "code"),
        (code("1", metadata={"tags": ["a", "a"]}), "code"),
        (code("1", metadata={"tags": None, "nbgrader": "yes"}), "code"),
        (code("1", attachments={}), "code"),
        (code("1", attachments=[3]), "code"),
        (code("1", outputs=None), "code"),
        (code("1", outputs=[{"output_type": "stream", "text": 5}, None]), "code"),
        (code("1", execution_count="4"), "code"),
        (code("1", execution_count=1.0), "code"),
        (code("1", cell_type="Code "), "code"),
        (code("1", cell_type="markdown"), "markdown"),
        (code("1", cell_type="raw"), "raw"),
        (code("1", cell_type="text-cell-h1"), "raw"),
        (code("1", cell_type=None), "raw"),
        (without(code("1"), "cell_type"), "raw"),
        (code(["1"]), "code"),
        (code([None, "1", ""]), "code"),
        (code("1", cellUniqueIdWithIncreasingSuffix="x", outputId="y"), "code"),
    ],
)
def test_cells_of_all_programs_are_read(cell, kind):
    (found,) = read(as_json(cells=[cell]))
    assert (found.cell_type, found.source) == (kind, "1")


@pytest.mark.parametrize("source", [None, "", [], [None], [""]])
def test_a_cell_may_have_no_text(source):
    assert read(as_json(cells=[code(source)]))[0].source == ""
    assert read(as_json(cells=[without(code(""), "source")]))[0].source == ""


def test_lines_end_in_one_way():
    (cell,) = read(as_json(cells=[code(["a = 1\r\n", "b = 2\r", "c = 3\n"])]))
    assert cell.source == "a = 1\nb = 2\nc = 3\n"


@pytest.mark.parametrize(
    ("ids", "kept"),
    [
        (["a", "b"], ["a", "b"]),
        (["a", "a"], ["a", "added-002"]),
        (["added-002", "added-002"], ["added-002", "added-002-1"]),
        (["", "not an id"], ["added-001", "added-002"]),
        ([None, 5], ["added-001", "added-002"]),
        (["x" * 65, ["a"]], ["added-001", "added-002"]),
        (["added-002", None, "b"], ["added-002", "added-002-1", "b"]),
    ],
)
def test_every_cell_has_an_id_of_its_own(ids, kept):
    cells = [code("1", id=id) for id in ids]
    assert [cell["id"] for cell in read(as_json(cells=cells))] == kept
    assert read_notebook(as_json(cells=[without(code("1"), "id")]))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_text_of_any_encoding_is_read(encoding):
    text = json.dumps({**EMPTY, "cells": [code("é = '数据 \U0001f600'")]})
    for lines in (text, text.replace(", ", ",\r\n")):
        (cell,) = read(lines.encode(encoding))
        assert cell.source == "é = '数据 \U0001f600'"


def test_single_bytes_that_are_not_utf_8_are_read_as_windows_means_them():
    text = json.dumps({**EMPTY, "cells": [code("# é and X")]}, ensure_ascii=False)
    (cell,) = read(text.encode().replace(b"X", b"\x93r\xe9sum\xe9\x94"))
    assert cell.source == "# é and “résumé”"


def test_half_a_character_is_replaced():
    cells = [code("a = '\ud800'", metadata={"nbgrader": {"grade_id": "\udfff"}})]
    (cell,) = read(as_json(cells=cells))
    assert cell.source == "a = '\ufffd'"


def test_the_last_of_two_equal_keys_counts_as_in_every_browser():
    (cell,) = read(b'{"cells": 3, "cells": [{"source": "0", "source": "1"}]}')
    assert cell.source == "1"


def test_odd_numbers_and_control_characters_do_no_harm():
    text = as_json(cells=[code("a\tb")]).decode().replace("\\t", "\t")
    for odd in ("NaN", "-Infinity", "1e999999", "1" * 5000):
        content = text.replace('"metadata": {', f'"metadata": {{"odd": {odd}', 1)
        assert read(content.encode())[0].source == "a\tb"


def test_notebooks_of_older_formats_are_read():
    cells = [
        {"cell_type": "heading", "level": 2, "source": ["Part"], "metadata": {}},
        {"cell_type": "code", "input": ["a = 1"], "language": "python", "outputs": []},
        {"cell_type": "html", "source": "<b>bold</b>"},
    ]
    for version in (2, 3):
        old = {"metadata": {"name": ""}, "nbformat": version, "nbformat_minor": 0}
        old["worksheets"] = [{"cells": cells[:1]}, {"cells": cells[1:]}]
        found = [
            (cell.cell_type, cell.source) for cell in read(json.dumps(old).encode())
        ]
        assert found == [
            ("markdown", "## Part"),
            ("code", "a = 1"),
            ("markdown", "<b>bold</b>"),
        ]


def test_outputs_and_foreign_keys_are_left_behind():
    cell = code("1", outputs=[{"output_type": "stream", "text": "x" * 1000}])
    cell["metadata"] = {"jupyter": {"source_hidden": True}, "deletable": False}
    (found,) = read(as_json(cells=[copy.deepcopy(cell)], metadata={"a": "x"}))
    assert found == {
        "cell_type": "code",
        "execution_count": None,
        "id": "a",
        "metadata": {},
        "outputs": [],
        "source": "1",
    }


def test_what_counts_is_kept():
    marks = {"grade_id": "essay", "points": 100, "solution": True}
    cell = without(code("![x](attachment:x.png)"), "outputs", "execution_count")
    cell |= {"cell_type": "markdown"}
    cell["metadata"] = {"nbgrader": marks, "tags": ["mine", "skip-execution"]}
    cell["attachments"] = {
        "x.png": {"image/png": ["AA", "=="], "text/html": "<b>"},
        "y": {"text/html": "<script>"},
        "z": None,
    }
    (found,) = read(as_json(cells=[cell]))
    assert found.metadata == {
        "nbgrader": {"grade_id": "essay"},
        "tags": ["skip-execution"],
    }
    assert found.attachments == {"x.png": {"image/png": "AA=="}}


def test_a_long_list_in_a_text_is_no_list_of_values():
    text = "[" * (MAX_VALUES + 1)
    assert read(as_json(cells=[code(text)]))[0].source == text
