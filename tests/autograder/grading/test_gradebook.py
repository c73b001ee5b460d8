"""The one writer of nbgrader's gradebook."""

from datetime import datetime

import pytest

from autograder.grading.assignment import load_assigned
from autograder.grading.gradebook import GradebookWriter
from autograder.grading.outcome import Outcome
from autograder.grading.roster import Roster

pytestmark = pytest.mark.kernel

DUE = datetime(2027, 3, 14, 23, 59)


@pytest.fixture
def writer(entered):
    assigned = load_assigned(entered.course, entered.assignment)
    with GradebookWriter(entered.course, assigned) as writer:
        yield writer


def cells(writer):
    found = writer.gradebook.find_notebook("hw00_tiny", "hw00_tiny")
    return {
        "grades": {cell.name: cell.max_score for cell in found.grade_cells},
        "answers": sorted(cell.name for cell in found.solution_cells),
        "sources": {cell.name: cell.source for cell in found.source_cells},
    }


def test_the_assignment_enters_once_with_its_hidden_tests(writer):
    before = cells(writer)
    writer.enter_assignment()
    assert cells(writer) == before
    assert before["grades"] == {"test_double": 2, "test_area": 3, "why": 4}
    assert before["answers"] == ["area", "double", "why"]
    assert "_secret" in before["sources"]["test_double"]
    assert "the_answer" not in "".join(before["sources"].values())
    assert [a.name for a in writer.gradebook.assignments] == ["hw00_tiny"]
    assert writer.max_score() == 9


def test_points_may_change_before_anybody_is_graded(writer):
    writer.assigned.full.cells[3].metadata.nbgrader.points = 7
    writer.enter_assignment()
    assert writer.max_score() == 14


def test_the_roster_leaves_alone_what_it_does_not_name(writer):
    writer.gradebook.add_student("bo", first_name="Bo")
    writer.enter_roster(Roster({"hw00_tiny": DUE}, {"ana": {"email": "a@b.c"}}, {}))
    writer.enter_roster(Roster({}, {"bo": {}}, {}))
    assert writer.gradebook.find_assignment("hw00_tiny").duedate == DUE
    assert writer.gradebook.find_student("ana").email == "a@b.c"
    assert writer.gradebook.find_student("bo").first_name == "Bo"


def test_lateness_follows_due_date_and_extension(writer):
    writer.enter_roster(Roster({"hw00_tiny": DUE}, {}, {}))
    assert writer.enter_submission("ana", datetime(2027, 3, 14, 23, 58)) == 0
    assert writer.enter_submission("ana", datetime(2027, 3, 15, 0, 59)) == 3600
    assert writer.enter_submission("ana", None) == 3600
    writer.enter_roster(Roster({}, {}, {"hw00_tiny": {"ana": 0.5}}))
    assert writer.enter_submission("ana", None) == 1800
    writer.enter_roster(Roster({}, {}, {}))
    assert writer.enter_submission("ana", None) == 1800


def test_what_it_holds_is_told_from_what_it_lost(writer):
    outcome = Outcome("ana", "hw00_tiny", "graded", cells={"test_double": [2.0, ""]})
    assert not writer.holds(outcome)
    writer.enter_submission("ana", None)
    assert not writer.holds(outcome)
    grade = writer.gradebook.find_grade("test_double", "hw00_tiny", "hw00_tiny", "ana")
    grade.auto_score = 2.0
    writer.gradebook.db.commit()
    assert writer.holds(outcome)
    assert writer.score("ana") == (2, 9)
