"""Notebooks as people hand them in get the points that they are worth."""

import pytest
from inputs_course import INPUTS, make_inputs_course

from autograder.cells import by_id, is_answer
from autograder.grading.judge import judge
from autograder.grading.run import Task, run
from autograder.grading.submission import read_submission
from autograder.limits import GRADED, Limits

pytestmark = pytest.mark.kernel

# What a student did change, and is told; of all others nothing is remarked.
KEPT = "put back: given was changed (what was added to it is kept beside it)"
NOTES = {"merge_into_given": [KEPT]}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return make_inputs_course(tmp_path_factory.mktemp("inputs"))


def test_every_assignment_is_answered_by_somebody(inputs):
    answered = {
        inputs.of(path.read_bytes()).assignment for path in INPUTS.glob("*.ipynb")
    }
    assert answered == set(inputs.course.assignments())


@pytest.mark.parametrize("name", sorted(path.stem for path in INPUTS.glob("*.ipynb")))
def test_a_right_answer_gets_full_marks_however_it_was_written(inputs, name):
    content = (INPUTS / f"{name}.ipynb").read_bytes()
    assigned = inputs.of(content)
    inputs.hand_in(name, content)
    submission = read_submission(inputs.course, assigned.assignment, name)
    task = Task(submission, assigned, Limits())
    outcome, document = judge(task, run(task))
    lost = {test: told for test, told in outcome.cells.items() if told[1]}
    assert lost == {}
    assert (outcome.status, outcome.reason) == (GRADED, "")
    assert outcome.score == outcome.max_score
    assert outcome.notes == NOTES.get(name, [])
    # What a person marks is there with what the student wrote.
    for grade_id, cell in by_id(assigned.released).items():
        if is_answer(cell) and cell.metadata.nbgrader.grade:
            assert by_id(document)[grade_id].source.startswith("Because"), grade_id
