"""Every known answer scores what it must."""

import pytest
from whole import ASSIGNMENTS, COURSE

from autograder.limits import Limits
from autograder.proof.answers import Options, run_answers

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_answer_scores_what_it_declares(assignment, capsys):
    options = Options(workers=1, fast=True)
    status = run_answers(COURSE, [assignment], Limits(), options)
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert "SURPRISE" not in printed


@pytest.mark.nightly
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_every_answer_scores_what_it_declares_in_every_test(assignment, capsys):
    status = run_answers(COURSE, [assignment], Limits(), Options(workers=1))
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert "SURPRISE" not in printed
