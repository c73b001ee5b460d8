"""This engine, a plain kernel and stock nbgrader give the same points."""

from datetime import date

import pytest
from whole import ASSIGNMENTS, COURSE

from autograder.limits import Limits
from autograder.proof.agreement import run_agreement

pytestmark = pytest.mark.kernel
# One assignment is the same each time; each day another one joins it.
FIXED = "hw04_resnet"
OTHERS = [assignment for assignment in ASSIGNMENTS if assignment != FIXED]
BY_TURN = OTHERS[date.today().toordinal() % len(OTHERS)]


def agree(assignment, capsys, fresh=False):
    status = run_agreement(COURSE, [assignment], Limits(), fresh=fresh)
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert printed.count("same points") == 2


@pytest.mark.parametrize("assignment", [FIXED, BY_TURN])
def test_three_engines_give_a_right_and_a_wrong_answer_the_same_points(
    assignment, capsys
):
    agree(assignment, capsys)


@pytest.mark.nightly
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_three_engines_agree_on_every_assignment(assignment, capsys):
    agree(assignment, capsys, fresh=True)
