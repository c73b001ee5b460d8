"""The class of the small course again, with tests in a process of their own."""

import shutil

import pytest
from small_class import EXPECTED, LIMITS, ROSTER

from autograder.grading.grade_class import grade_class
from autograder.warm import client

pytestmark = pytest.mark.kernel


@pytest.mark.skipif(not client.available(), reason="no warm kernels on this system")
def test_the_split_verdict_gives_the_class_the_same_grades(graded, entered):
    shutil.copytree(graded.submitted, entered.submitted, symlinks=True)
    entered.write_roster(ROSTER)
    outcomes = grade_class(entered.course, entered.assignment, LIMITS, workers=2)
    received = {
        outcome.student: (outcome.status, outcome.score) for outcome in outcomes
    }
    assert received == {
        student: (outcome, points) for student, (outcome, points, _) in EXPECTED.items()
    }
    for outcome in outcomes:
        assert outcome.flags == graded.outcomes[outcome.student].flags
        said = " ".join([outcome.reason, *outcome.notes])
        assert EXPECTED[outcome.student][2] in said
    assert not list((entered.course.classroom / "executed").glob("*"))
