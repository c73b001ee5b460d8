"""Cells that come and go after a class was graded; marks of a person stay."""

import pytest
from small_class import LIMITS, gradebook

from autograder.authoring.notebooks import build
from autograder.course import CourseError
from autograder.grading.grade_class import grade_class

pytestmark = pytest.mark.kernel

NEW = """
# %% nbgrader={"grade_id": "test_new", "points": 1}
assert double(3) == 6, f"double(3) must be 6. Received: {double(3)!r}"
"""
ESSAY = """
# %% [markdown] nbgrader={"grade_id": "why_not", "points": 2}
# And why not with its cube?
"""


@pytest.fixture
def marked(entered):
    """A class of two that was graded and marked by hand."""
    for student in ("ana", "bo"):
        entered.hand_in(student, entered.answered())
    run(entered)
    with gradebook(entered) as book:
        grade = book.find_grade("why", "hw00_tiny", "hw00_tiny", "ana")
        grade.manual_score, grade.extra_credit = 3.5, 0.5
        book.find_comment(
            "double", "hw00_tiny", "hw00_tiny", "bo"
        ).manual_comment = "Well done"
        book.db.commit()
    return entered


def run(tiny):
    outcomes = grade_class(tiny.course, tiny.assignment, LIMITS, 1, plain=True)
    return {outcome.student: outcome for outcome in outcomes}


def change(tiny, edit):
    text = tiny.solution_source.read_text(encoding="utf-8")
    tiny.solution_source.write_text(edit(text), encoding="utf-8")
    build(tiny.course)


def marks(tiny):
    with gradebook(tiny) as book:
        grade = book.find_grade("why", "hw00_tiny", "hw00_tiny", "ana")
        comment = book.find_comment("double", "hw00_tiny", "hw00_tiny", "bo")
        return grade.manual_score, grade.extra_credit, comment.manual_comment


def test_added_cells_are_graded_and_marks_by_hand_stay(marked):
    assert run(marked)["ana"].score == 9
    change(marked, lambda text: text + NEW + ESSAY)
    outcomes = run(marked)
    assert outcomes["ana"].cells["test_new"] == [1, ""]
    assert (outcomes["ana"].score, outcomes["ana"].max_score) == (10, 12)
    assert (outcomes["bo"].score, outcomes["bo"].max_score) == (6, 12)
    assert marks(marked) == (3.5, 0.5, "Well done")
    with gradebook(marked) as book:
        # There was no such question when they handed in.
        assert (
            book.find_grade("why_not", "hw00_tiny", "hw00_tiny", "bo").auto_score == 0
        )
        comment = book.find_comment("why_not", "hw00_tiny", "hw00_tiny", "bo")
        assert comment.auto_comment == "No response."
    # Who hands in now has them too.
    marked.hand_in("zoe", marked.answered())
    assert run(marked)["zoe"].score == 6


def test_a_removed_cell_goes_and_the_rest_stays(marked):
    def without_area(text):
        start = text.index('# %% nbgrader={"grade_id": "test_area"')
        return text[:start] + text[text.index("# %% [markdown] nbgrader") :]

    change(marked, without_area)
    outcomes = run(marked)
    assert (outcomes["ana"].score, outcomes["ana"].max_score) == (6, 6)
    assert "test_area" not in outcomes["ana"].cells
    assert marks(marked) == (3.5, 0.5, "Well done")


def test_a_cell_that_a_person_marked_is_not_removed(marked):
    change(marked, lambda text: text.replace('"why"', '"reason"'))
    with pytest.raises(CourseError) as caught:
        run(marked)
    assert "has no cell why any more" in str(caught.value)
    assert "for ana (in all 1)" in str(caught.value)
    assert marks(marked) == (3.5, 0.5, "Well done")


def test_points_that_change_count_for_everybody(marked):
    change(
        marked,
        lambda text: text.replace(
            '"test_area", "points": 3', '"test_area", "points": 5'
        ),
    )
    outcomes = run(marked)
    assert (outcomes["bo"].score, outcomes["bo"].max_score) == (7, 11)
    assert marks(marked) == (3.5, 0.5, "Well done")
