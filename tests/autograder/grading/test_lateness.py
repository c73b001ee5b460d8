"""How late a submission is, in words."""

from datetime import datetime

import pytest

from autograder.grading.dates import DateError
from autograder.grading.lateness import (
    NO_TIME,
    is_lateness,
    lateness_notes,
    read_stamp,
)


@pytest.mark.parametrize(
    ("seconds", "notes"),
    [
        (-60.0, []),
        (0.0, []),
        (1.0, ["late by less than a minute"]),
        (59.9, ["late by less than a minute"]),
        (60.0, ["late by 0 h 1 min"]),
        (3 * 3600 + 5 * 60 + 59, ["late by 3 h 5 min"]),
        (100 * 3600.0, ["late by 100 h 0 min"]),
    ],
)
def test_lateness_is_said_to_the_minute(seconds, notes):
    assert lateness_notes(seconds) == notes
    assert all(map(is_lateness, notes))


def test_what_else_is_noted_is_no_lateness():
    assert is_lateness(NO_TIME)
    assert not is_lateness("put back: test_one was changed")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_stamp_is_read_as_editors_write_it(tmp_path, encoding):
    text = "\r\n2027-03-12 18:30:00 UTC\r\n"
    (tmp_path / "timestamp.txt").write_bytes(text.encode(encoding))
    assert read_stamp(tmp_path) == datetime(2027, 3, 12, 18, 30)


def test_no_stamp_is_no_fault(tmp_path):
    assert read_stamp(tmp_path) is None


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", "empty"),
        (b"soon", "Received: 'soon'"),
        (b"\xff\x00\xfe", "no text in UTF-8"),
        (b"2" * 2000, "no file, or a long one"),
    ],
)
def test_a_stamp_that_cannot_be_read_says_why(tmp_path, content, fault):
    (tmp_path / "timestamp.txt").write_bytes(content)
    with pytest.raises(DateError, match=fault):
        read_stamp(tmp_path)
