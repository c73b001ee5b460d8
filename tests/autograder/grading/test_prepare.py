"""What a run is given."""

import pytest

from autograder.grading.assignment import load_assigned
from autograder.grading.prepare import files_beside, prepare
from autograder.grading.submission import UNREADABLE, Submission
from autograder.limits import Limits


@pytest.fixture(scope="module")
def assigned(built_once):
    return load_assigned(built_once.course, built_once.assignment)


def test_files_that_cannot_lie_beside_the_assignment_s_are_left_out(assigned):
    assert set(assigned.files) == {"helper.py", "data/table.csv"}
    names = [
        *("helper.py", "helper.py.txt", "data/mine.csv", "data2", "a/helper.py"),
        *("helper.py/x.csv", "data", "data/table.csv/x", "hw00_tiny.ipynb/a.csv"),
    ]
    files = dict.fromkeys(names, b"1")
    beside = files_beside(Submission("ana", "hw00_tiny", None, files=files), assigned)
    assert list(beside) == names[:5]


def test_what_is_no_notebook_is_told_of_in_words(assigned):
    prepared = prepare(Submission("ana", "hw00_tiny", b"{}"), assigned, Limits())
    assert prepared.arguments is None
    assert prepared.submission.status == UNREADABLE
    assert prepared.submission.reason.startswith("hw00_tiny.ipynb is JSON but not a")


def test_whatever_goes_wrong_costs_one_submission(assigned, monkeypatch):
    def fail(*_):
        raise RecursionError("maximum recursion depth exceeded")

    monkeypatch.setattr("autograder.grading.prepare.restore", fail)
    content = b'{"cells": []}'
    prepared = prepare(Submission("ana", "hw00_tiny", content), assigned, Limits())
    assert prepared.submission.status == UNREADABLE
    assert "copy your answers into it and hand in again" in prepared.submission.reason
    assert "maximum" not in prepared.submission.reason
