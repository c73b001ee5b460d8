"""What students hand in, and why some of it cannot be run."""

import json
import os

import nbformat
import pytest

from autograder.grading.submission import (
    MAX_BYTES,
    find_fault,
    find_students,
    read_notebook,
    read_submission,
)

EMPTY = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
NAME = "hw00_tiny.ipynb"


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


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "not UTF-8"),
        (as_json()[:40], "not JSON from line 1 on"),
        (b'{\n"cells": [\n', "not JSON from line 3 on"),
        (b'{"a": 1}', "it has no cells"),
        (b"[1, 2]", "it has no cells"),
        (b"null", "it has no cells"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"cells": [], "n": ' + b"1" * 5000 + b"}", "is not a notebook"),
        (as_json(cells=3), "is not a valid notebook"),
        (as_json(cells=["print(1)"]), "is not a valid notebook"),
        (as_json(cells=[{"cell_type": "code"}]), "is not a valid notebook"),
        (as_json(cells=[code(5)]), "is not a valid notebook"),
        (as_json(nbformat=7), "is not a valid notebook"),
        (as_json(nbformat="four"), "is not a valid notebook"),
        (as_json(metadata=None), "is not a valid notebook"),
        (as_json(cells=[code("a = '\ud800'")]), "is not a valid notebook"),
    ],
)
def test_a_file_that_is_no_notebook_is_described(content, fault):
    assert fault in find_fault(content)
    assert "\n" not in find_fault(content)


@pytest.mark.parametrize(
    "content",
    [
        as_json(),
        as_json(cells=[code("1")]),
        as_json(cells=[code(["a = 1\n", "b = 2"])]),
        as_json(cells=[code("1"), code("2")]),
        as_json(cells=[{k: v for k, v in code("1").items() if k != "id"}]),
        as_json(nbformat_minor=2),
        as_json(nbformat_minor=9),
        as_json(cells=[code("1", id="not an id")]),
        as_json(cells=[code("π = '\U0001f600'")]),
    ],
    ids=[
        "empty",
        "cell",
        "lines",
        "one id twice",
        "no id",
        "4.2",
        "4.9",
        "bad id",
        "signs",
    ],
)
def test_notebooks_of_any_kind_are_read(content):
    assert find_fault(content) is None
    document = read_notebook(content)
    assert document.nbformat_minor >= 5
    nbformat.validate(document)


def test_an_old_notebook_is_brought_up_to_date():
    cell = {"cell_type": "code", "input": ["a = 1"], "language": "python"}
    cell |= {"metadata": {}, "outputs": [], "collapsed": False}
    old = {"metadata": {}, "nbformat": 3, "nbformat_minor": 0}
    content = json.dumps({**old, "worksheets": [{"cells": [cell]}]}).encode()
    assert find_fault(content) is None
    (cell,) = read_notebook(content).cells
    assert cell.source == "a = 1"


def test_a_good_submission_comes_with_the_files_beside_it(tiny):
    path = tiny.hand_in("ana", tiny.released(), timestamp="2027-03-12 18:30:00 UTC")
    folder = path.parent
    (folder / "plots").mkdir()
    (folder / "plots" / "a.csv").write_text("1")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / NAME).write_text("{}")
    (folder / "scratch.ipynb").write_text("{}")
    (folder / "link.txt").symlink_to("/etc/hostname")
    found = read_submission(tiny.course, tiny.assignment, "ana")
    assert found.status == ""
    assert found.reason == ""
    assert found.notebook == path.read_bytes()
    assert sorted(found.files) == ["plots/a.csv", "timestamp.txt"]


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        ([], ["is not there; found an empty folder"]),
        (["hw00_tiny (1).ipynb"], ["found hw00_tiny (1).ipynb", f"Name it {NAME}"]),
        (["notes.txt"], ["is not there; found notes.txt"]),
        (["timestamp.txt"], ["is not there; found timestamp.txt"]),
    ],
)
def test_what_is_missing_is_said_with_what_is_there(tiny, names, parts):
    tiny.hand_in("ana", None)
    for name in names:
        tiny.hand_in("ana", b"{}", name=name)
    found = read_submission(tiny.course, tiny.assignment, "ana")
    assert found.status == "missing"
    assert found.notebook is None
    for part in parts:
        assert part in found.reason


def test_no_folder_a_link_a_folder_for_a_file_and_a_huge_file(tiny):
    def read(student):
        found = read_submission(tiny.course, tiny.assignment, student)
        return found.status, found.reason

    assert read("nobody") == ("missing", "nothing was handed in")
    path = tiny.hand_in("ana", tiny.released())
    link = tiny.hand_in("bo", None)
    link.symlink_to(path)
    assert read("bo") == ("missing", f"{NAME} is a link, which is not followed")
    tiny.hand_in("cy", None).mkdir()
    assert read("cy") == ("missing", f"{NAME} is a folder, not a notebook")
    os.truncate(tiny.hand_in("dee", b"{}"), MAX_BYTES + 1)
    outcome, reason = read("dee")
    assert outcome == "unreadable"
    assert "20,000,001 bytes; at most 20,000,000 are read" in reason


def test_files_beside_the_notebook_are_bounded(tiny):
    path = tiny.hand_in("ana", tiny.released())
    for name in ("a.bin", "b.bin"):
        (path.parent / name).touch()
        os.truncate(path.parent / name, MAX_BYTES // 2 + 1)
    found = read_submission(tiny.course, tiny.assignment, "ana")
    assert found.status == ""
    assert sorted(found.files) == ["a.bin"]


def test_students_are_found_in_the_order_of_their_ids(tiny):
    for student in ("s10", "s9", "ana"):
        tiny.hand_in(student, None)
    (tiny.submitted / "zed").mkdir()
    (tiny.submitted / ".hidden" / tiny.assignment).mkdir(parents=True)
    assert find_students(tiny.course, tiny.assignment) == ["ana", "s9", "s10"]
    assert find_students(tiny.course, "hw99_x") == []
