"""Grading a class refuses to do with less of a sandbox than was asked for."""

import pytest

from autograder.course import CourseError
from autograder.limits import NONE, Limits
from autograder.sandbox import levels
from autograder.sandbox.policy import LANDLOCK, NAMESPACES, RLIMITS
from autograder.sandbox.required import require


@pytest.fixture
def only_rlimits(monkeypatch):
    found = levels.Found(RLIMITS, {NAMESPACES: "unshare: no", LANDLOCK: "no Landlock"})
    monkeypatch.setattr(levels, "detect", lambda: found)


def test_the_best_level_is_taken(monkeypatch):
    monkeypatch.setattr(levels, "detect", lambda: levels.Found(NAMESPACES))
    assert require(Limits()).sandbox == NAMESPACES


def test_a_lower_level_is_refused_with_the_reason(only_rlimits):
    with pytest.raises(CourseError) as caught:
        require(Limits())
    message = str(caught.value)
    for part in ("Nothing was run", "'landlock'", "rlimits", "unshare: no", "doctor"):
        assert part in message
    assert "\n" not in message


def test_less_may_be_asked_for(only_rlimits):
    assert require(Limits(), RLIMITS).sandbox == RLIMITS
    assert require(Limits(), NONE).sandbox == RLIMITS


def test_a_plain_kernel_has_none(only_rlimits):
    with pytest.raises(CourseError, match="--plain"):
        require(Limits(), LANDLOCK, plain=True)
    assert require(Limits(), NONE, plain=True).sandbox == NONE


def test_a_named_level_is_kept(monkeypatch):
    monkeypatch.setattr(levels, "detect", lambda: levels.Found(NAMESPACES))
    assert require(Limits(sandbox=LANDLOCK)).sandbox == LANDLOCK
