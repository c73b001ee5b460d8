"""How late a submission is, in words."""

import pytest

from autograder.grading.lateness import NO_TIME, is_lateness, lateness_notes


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
