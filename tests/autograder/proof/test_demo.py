"""The demo class's own functions; the whole demo runs end to end elsewhere."""

import tomllib

import nbformat
import pytest

from autograder.course import CourseError
from autograder.grading.assignment import as_student, load_assigned
from autograder.grading.outcome import Outcome
from autograder.limits import Limits
from autograder.proof.demo import (
    ASSIGNMENT,
    ROSTER,
    DemoStudent,
    _endless,
    _first_answers,
    find_faults,
    run_demo,
)

pytestmark = pytest.mark.kernel

POINTS = {"test_a": 2.0, "test_b": 3.0}
ANA = DemoStudent("ana", "wrong", b"", fails={"test_a"})
GOOD = Outcome("ana", "hw", "graded", score=3.0, max_score=5.0)


@pytest.fixture
def forms(built_once):
    """The assignment, its reference and its release with hidden tests."""
    tiny = built_once
    solution = nbformat.read(tiny.solution_source.with_suffix(".ipynb"), as_version=4)
    assigned = load_assigned(tiny.course, tiny.assignment)
    return assigned, solution, assigned.full


def test_a_student_hands_in_no_hidden_test(forms, find_cell):
    assigned, solution, _ = forms
    content = as_student(solution, assigned)
    assert b"HIDDEN" not in content
    notebook = nbformat.reads(content.decode(), as_version=4)
    assert "the_answer" in find_cell(notebook, "double").source


def test_first_answers_are_the_reference_s(forms, find_cell):
    _, solution, empty = forms
    notebook = _first_answers(empty, solution, 1)
    assert "the_answer" in find_cell(notebook, "double").source
    assert "NotImplementedError" in find_cell(notebook, "area").source
    assert "NotImplementedError" in find_cell(empty, "double").source


def test_the_endless_loop_stands_inside_the_function(forms, find_cell):
    _, solution, empty = forms
    source = find_cell(_endless(empty, solution, 1), "area").source
    assert source.startswith("def area(r):")
    assert "    while True: pass" in source
    compile(source, "area", "exec")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"score": 5.0}, "ana has 5, not 3"),
        ({"status": "crashed"}, "ana is crashed, not graded"),
        ({"flags": ["late"]}, "ana has flags ['late']"),
        ({"student": "bo"}, "outcomes of bo"),
    ],
)
def test_what_is_not_as_declared_is_found(changes, fault):
    outcome = Outcome(**{**vars(GOOD), **changes})
    assert find_faults([ANA], [outcome], POINTS) == ([fault] if fault else [])


def test_an_unfinished_answer_must_have_some_of_the_points():
    student = DemoStudent("ana", "unfinished", b"")
    for score, good in ((0, False), (3, True), (5, False)):
        outcome = Outcome(**{**vars(GOOD), "score": score})
        assert (find_faults([student], [outcome], POINTS) == []) == good


def test_the_roster_is_that_of_the_class():
    data = tomllib.loads(ROSTER)
    assert len(data["students"]) == 12
    assert set(data["assignments"]) == {ASSIGNMENT}


def test_a_real_class_is_left_alone(tiny):
    path = tiny.hand_in("ana", tiny.answered())
    before = path.read_bytes()
    with pytest.raises(CourseError, match="holds a class that is not the demo's"):
        run_demo(tiny.course, Limits())
    assert path.read_bytes() == before
    assert not (tiny.classroom / "course.toml").exists()
