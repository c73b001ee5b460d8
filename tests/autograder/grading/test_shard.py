"""A folder of submissions becomes a folder of outcomes, as often as one likes."""

import json
import shutil

import nbformat
import pytest

from autograder.cells import to_bytes
from autograder.cli import main
from autograder.course import CourseError
from autograder.grading import run as running
from autograder.grading.grade_class import grade_class
from autograder.grading.outcome_folder import read_outcome
from autograder.grading.shard import grade_shard
from autograder.limits import Limits

pytestmark = pytest.mark.kernel

LIMITS = Limits(cell_seconds=10)
SCORES = {"ana": 5, "bo": 3, "cut": 0, "none": 0}


@pytest.fixture(scope="module")
def graded(built_once, tmp_path_factory):
    """The small course with a class, and its shard graded; nobody changes it."""
    tiny = built_once.copy(tmp_path_factory.mktemp("shard") / "course")
    right = tiny.answered()
    tiny.hand_in("ana", right)
    tiny.hand_in("bo", tiny.answered(double="def double(x):\n    return 5"))
    tiny.hand_in("cut", to_bytes(right)[:900])
    tiny.hand_in("none", None)
    shutil.move(tiny.submitted, tiny.root / "in")
    tiny.status = run(tiny)
    return tiny


@pytest.fixture
def again(graded, tmp_path):
    return graded.copy(tmp_path / "course")


def run(tiny, **options):
    return grade_shard(
        tiny.course, tiny.root / "in", tiny.root / "out", LIMITS, **options
    )


def here(monkeypatch):
    """Runs in this process; returns the list of the students that are run."""
    ran = []

    def mapped(function, jobs, workers):
        for key, arguments in jobs:
            ran.append(key.submission.student)
            yield key, function(*arguments), None

    monkeypatch.setattr(running, "map_unordered", mapped)
    return ran


def test_every_submission_has_an_outcome_and_a_notebook(graded):
    assert graded.status == 1
    for student, score in SCORES.items():
        folder = graded.root / "out" / student / graded.assignment
        assert sorted(path.name for path in folder.iterdir()) == [
            "hw00_tiny.ipynb",
            "outcome.json",
        ]
        outcome = read_outcome(folder)
        assert (outcome.student, outcome.score, outcome.max_score) == (
            student,
            score,
            5,
        )
        assert json.loads((folder / "outcome.json").read_text())["format"] == 1
    assert read_outcome(folder).status == "missing"


def test_nothing_of_a_class_is_touched(graded):
    assert not graded.submitted.exists()
    assert not graded.autograded.exists()
    assert not list(graded.classroom.glob("*.db"))
    assert not list(graded.classroom.glob("journal*"))


def test_the_class_gets_the_same_outcomes_and_keys(again):
    shutil.copytree(again.root / "in", again.submitted)
    for outcome in grade_class(again.course, again.assignment, LIMITS, workers=2):
        folder = again.root / "out" / outcome.student / again.assignment
        other = read_outcome(folder)
        assert (other.key, other.cells) == (outcome.key, outcome.cells)
        assert (other.status, other.score) == (outcome.status, outcome.score)


def test_the_class_takes_a_shard_s_results_and_runs_the_rest(again, monkeypatch):
    shutil.copytree(again.root / "in", again.submitted)
    # What was handed in since is not what the shard ran.
    again.hand_in("bo", again.answered())
    ran = []

    def mapped(function, jobs, workers):
        for key, arguments in jobs:
            ran.append(key.submission.student)
            yield key, function(*arguments), None

    monkeypatch.setattr("autograder.grading.run.map_unordered", mapped)
    outcomes = grade_class(
        again.course, again.assignment, LIMITS, results=again.root / "out"
    )
    assert ran == ["bo"]
    scores = {outcome.student: outcome.score for outcome in outcomes}
    assert scores == {**SCORES, "bo": 5}
    page = again.feedback / "ana" / again.assignment / "hw00_tiny.html"
    assert "(Score: 5.0 / 9.0)" in page.read_text()


def test_a_folder_of_results_that_is_not_there_is_named(again, capsys):
    shutil.copytree(again.root / "in", again.submitted)
    command = ["grade", again.assignment, "--results", str(again.root / "nowhere")]
    assert main(["--course", str(again.root), *command]) == 2
    assert "nowhere" in capsys.readouterr().err


def test_a_plain_run_is_another_result(again, monkeypatch):
    ran = here(monkeypatch)
    run(again, plain=True)
    # Whether there is anything to run is found out where it would run.
    assert sorted(ran) == ["ana", "bo", "cut"]


def test_what_is_complete_is_left_alone(again, monkeypatch, capsys):
    ran = here(monkeypatch)
    assert run(again) == 1
    assert ran == []
    assert capsys.readouterr().out.count("kept") == len(SCORES)


@pytest.mark.parametrize("tear", ["outcome", "notebook", "gone", "other"])
def test_what_is_torn_is_done_again(again, monkeypatch, tear):
    folder = again.root / "out" / "ana" / again.assignment
    before = (folder / "outcome.json").read_bytes()
    if tear == "outcome":
        (folder / "outcome.json").write_bytes(before[: len(before) // 2])
    elif tear == "notebook":
        path = folder / "hw00_tiny.ipynb"
        path.write_bytes(path.read_bytes()[:-9])
    elif tear == "gone":
        (folder / "outcome.json").unlink()
    else:
        (folder / "outcome.json").write_text("[]")
    assert read_outcome(folder) is None
    ran = here(monkeypatch)
    run(again)
    assert ran == ["ana"]
    assert read_outcome(folder).score == 5


def test_a_changed_submission_is_graded_again(again, monkeypatch):
    path = again.root / "in" / "bo" / again.assignment / "hw00_tiny.ipynb"
    nbformat.write(again.answered(), path)
    ran = here(monkeypatch)
    run(again)
    assert ran == ["bo"]
    assert read_outcome(again.root / "out" / "bo" / again.assignment).score == 5


def test_what_cannot_be_a_shard_is_refused(again, tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    with pytest.raises(CourseError, match="no STUDENT/ASSIGNMENT folders"):
        grade_shard(again.course, tmp_path / "empty", tmp_path / "out", LIMITS)
    (again.root / "in" / "ana" / "hw77_other").mkdir()
    options = ["--course", str(again.root), "grade-shard"]
    assert main([*options, str(again.root / "in"), str(tmp_path / "out")]) == 2
    assert "no assignment 'hw77_other'" in capsys.readouterr().err
