"""What is remembered of a run."""

from dataclasses import replace

import pytest

from autograder.grading.assignment import load_assigned
from autograder.grading.journal import Journal
from autograder.grading.outcome import Outcome, key_of
from autograder.grading.submission import Submission
from autograder.limits import Limits

ANA = Outcome("ana", "hw00_tiny", "graded", score=5.0, cells={"t": [5.0, ""]}, key="a")


def test_what_is_appended_is_found_again(tmp_path):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    assert journal.find("ana", "hw00_tiny") is None
    journal.append(ANA)
    latest = replace(ANA, score=3.0, reason="two\nlines \u2028 and a half: \ud800")
    journal.append(latest)
    assert journal.find("ana", "hw00_tiny") == latest
    assert Journal(path).find("ana", "hw00_tiny") == latest
    assert Journal(path).find("ana", "hw01_x") is None


@pytest.mark.parametrize("torn", [1, 30, -2])
def test_a_torn_last_line_loses_itself_only(tmp_path, torn):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path)
    journal.append(ANA)
    whole = path.read_bytes()
    journal.append(replace(ANA, student="bo"))
    path.write_bytes(whole + path.read_bytes()[len(whole) :][:torn])
    journal = Journal(path)
    assert journal.find("ana", "hw00_tiny") == ANA
    assert journal.find("bo", "hw00_tiny") is None
    journal.append(replace(ANA, student="cy"))
    journal.append(replace(ANA, student="dee"))
    journal = Journal(path)
    assert [student for student, *_ in journal.latest] == ["ana", "cy", "dee"]


@pytest.mark.parametrize("line", ["5", "{}", '{"student": "x", "later": 1}', "\0\0"])
def test_a_line_that_is_no_outcome_is_passed_over(tmp_path, line):
    path = tmp_path / "journal.jsonl"
    path.write_text(line + "\n")
    journal = Journal(path)
    journal.append(ANA)
    assert list(Journal(path).latest.values()) == [ANA]


def test_the_key_changes_with_all_that_an_outcome_depends_on(tiny):
    assigned = load_assigned(tiny.course, tiny.assignment)
    submission = Submission("ana", tiny.assignment, b"{}", files={"a.py": b"1"})
    limits = Limits()
    base = key_of(submission, assigned, limits)
    assert base == key_of(replace(submission, student="bo"), assigned, limits)
    assert base == key_of(submission, assigned, replace(limits, threads=2))
    full = load_assigned(tiny.course, tiny.assignment).full
    full.cells[1].source += "\n"
    others = [
        key_of(replace(submission, notebook=b"{ }"), assigned, limits),
        key_of(replace(submission, reason="x"), assigned, limits),
        key_of(replace(submission, files={"a.py": b"2"}), assigned, limits),
        key_of(replace(submission, files={"a.p": b"y1"}), assigned, limits),
        key_of(submission, replace(assigned, full=full), limits),
        key_of(submission, replace(assigned, files={}), limits),
        key_of(submission, assigned, replace(limits, cell_seconds=3)),
        key_of(submission, assigned, replace(limits, notebook_seconds=3)),
    ]
    assert len({base, *others}) == len(others) + 1
