"""Whatever is handed in is read: it can be run, or it is said in words why not."""

import codecs
import contextlib
import os
import re
import stat
import tempfile
from pathlib import Path

import nbformat
import pytest
from mutations import ODD_STUDENTS, mutate

from autograder.cells import by_id, from_bytes, is_answer
from autograder.course import load_course
from autograder.engine.folders import write_files
from autograder.grading import notebook_file
from autograder.grading.assignment import load_assigned
from autograder.grading.notebook_file import UnreadableError, read_notebook
from autograder.grading.outcome import key_of
from autograder.grading.prepare import prepare
from autograder.grading.submission import (
    MISSING,
    UNREADABLE,
    find_students,
    read_submission,
)
from autograder.limits import Limits

SEEDS = range(400)
ENCODINGS = ("cp1252", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "utf-32")
# Words of Python's and of JSON schemas, which tell a student nothing.
FOREIGN = re.compile(r"Traceback|Expecting|codec|\w+Error\b|schema|NoneType|Errno|0x")


@pytest.fixture
def place(tiny):
    """The small course where an ordinary user may read it, handed in for by nobody."""
    with tempfile.TemporaryDirectory() as top:
        os.chmod(top, 0o755)
        submitted = Path(top, "submitted")
        submitted.mkdir()
        tiny.course.config.CourseDirectory.submitted_directory = str(submitted)
        yield tiny
        tiny.course.config.CourseDirectory.submitted_directory = "classroom/submitted"
        open_again(submitted)


def open_again(top):
    """Gives folders back the modes with which they can be removed."""
    os.chmod(top, 0o755)
    for name in os.listdir(top):
        path = os.path.join(top, name)
        if stat.S_ISDIR(os.lstat(path).st_mode):
            open_again(path)


@contextlib.contextmanager
def ordinary_user():
    """Root may open everything: modes count for an ordinary user alone."""
    for encoding in ENCODINGS:
        # Python imports them at first use, from where such a user may not read.
        codecs.lookup(encoding)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


@pytest.fixture(scope="module")
def assigned(built_once):
    return load_assigned(built_once.course, built_once.assignment)


def hand_in(place, student, content):
    folder = os.path.join(os.fsencode(place.submitted), os.fsencode(student))
    folder = Path(os.fsdecode(folder), place.assignment)
    folder.mkdir(parents=True)
    (folder / f"{place.assignment}.ipynb").write_bytes(content)
    return folder


def check(place, assigned, student):
    """Reads and prepares a submission; whatever comes of it, it is in order."""
    found = read_submission(place.course, place.assignment, student)
    assert key_of(found, assigned, Limits())
    prepared = prepare(found, assigned, Limits())
    found = prepared.submission
    assert found.reason.isprintable()
    # What lies beside the notebook can be copied.
    with tempfile.TemporaryDirectory() as top:
        copied = Path(top, "d" * 200)
        write_files(copied, {**found.files, **assigned.files})
        (copied / f"{place.assignment}.ipynb").touch(exist_ok=False)
    if prepared.arguments is None:
        assert found.status in (MISSING, UNREADABLE)
        assert len(found.reason) > 15
        assert not FOREIGN.search(found.reason), found.reason
        return found.status
    assert (found.status, found.reason) == ("", "")
    document = from_bytes(prepared.arguments[0])
    nbformat.validate(document)
    originals = by_id(assigned.full)
    for name, cell in by_id(document).items():
        assert cell.metadata == originals[name].metadata
        assert is_answer(cell) or cell.source == originals[name].source
    assert {*assigned.points, "setup", "why"} <= set(by_id(document))
    for name in prepared.arguments[2]:
        assert name.isprintable()
    return ""


def test_every_submission_can_be_run_or_says_why_not(place, assigned):
    content = nbformat.writes(place.answered()).encode()
    seen = set()
    for seed in SEEDS:
        folder = hand_in(place, f"s{seed}", content)
        done = mutate(folder, f"{place.assignment}.ipynb", seed)
        with ordinary_user():
            try:
                seen.add(check(place, assigned, f"s{seed}"))
            except Exception as error:
                error.add_note(f"seed {seed}: {done}")
                raise
    assert seen == {"", MISSING, UNREADABLE}
    with ordinary_user():
        students = find_students(place.course, place.assignment)
    assert len(students) == len(SEEDS), "somebody vanished"


def test_students_whose_names_are_no_text(place, assigned):
    content = nbformat.writes(place.answered()).encode()
    for name in ODD_STUDENTS:
        hand_in(place, os.fsdecode(name), content)
    students = find_students(place.course, place.assignment)
    assert len(students) == len(ODD_STUDENTS)
    for student in students:
        assert student.isprintable()
        student.encode()
        assert check(place, assigned, student) == ""
    assert "r\\xe9mi" in students
    assert "li\\nne" in students


@pytest.mark.parametrize("part", ["student", "assignment", "notebook"])
@pytest.mark.parametrize("mode", [0o000, 0o111, 0o444])
def test_what_may_not_be_opened_is_told_of(place, assigned, part, mode):
    folder = hand_in(place, "ana", nbformat.writes(place.answered()).encode())
    notebook = folder / f"{place.assignment}.ipynb"
    closed = {"student": folder.parent, "assignment": folder, "notebook": notebook}
    closed[part].chmod(mode)
    with ordinary_user():
        assert find_students(place.course, place.assignment) == ["ana"]
        status = check(place, assigned, "ana")
    # A folder that may only be entered hides nothing whose name is known.
    may_read = mode == 0o111 if part != "notebook" else mode == 0o444
    assert bool(status) != may_read


@pytest.mark.parametrize("value", [b"[]", b'{"a":1}', b"1", b'""', b'{"a":{}}'])
def test_many_values_are_refused_before_they_are_parsed(monkeypatch, value):
    def refuse(*_, **__):
        raise AssertionError("it was parsed")

    monkeypatch.setattr(notebook_file, "MAX_VALUES", 1000)
    monkeypatch.setattr(notebook_file.json, "loads", refuse)
    many = b",".join([value] * 1100)
    for content in (b"[" + many + b"]", b'{"cells": [], "x": [' + many + b"]}"):
        with pytest.raises(UnreadableError, match="more than 1,000 values"):
            read_notebook(content)


def test_texts_without_end_are_looked_at_once(monkeypatch):
    monkeypatch.setattr(notebook_file, "MAX_VALUES", 1000)
    # Looked at again from each quotation mark, they would take hours.
    for text in (b'"' + b'\\"' * 1_000_000, b'"' * 2_000_001, b'"' + b"\\" * 2_000_001):
        with pytest.raises(UnreadableError, match="not JSON"):
            read_notebook(b"," * 900 + b'"' + b"," * 200 + b'"' + text)


def test_a_course_without_submissions_has_no_students(built_once):
    course = load_course(built_once.root)
    assert find_students(course, "hw00_tiny") == []
