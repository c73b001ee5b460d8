"""A class is graded: every submission gets one outcome, none stops the others."""

import csv
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.utils import notebook_hash
from small_class import (
    EXPECTED,
    LIMITS,
    OPENED_BY_NBGRADER,
    autograded,
    gradebook,
    page,
)

from autograder.course import CourseError
from autograder.grading.grade_class import grade, grade_class
from autograder.grading.judge import cell_verdicts
from autograder.grading.run import run

pytestmark = pytest.mark.kernel


@pytest.fixture(scope="module")
def exported(graded, tmp_path_factory):
    """What the real `nbgrader export` writes, by student."""
    path = tmp_path_factory.mktemp("export") / "grades.csv"
    nbgrader(graded, "export", f"--CsvExportPlugin.to={path}")
    with path.open(newline="") as file:
        return {row["student_id"]: row for row in csv.DictReader(file)}


def nbgrader(tiny, *arguments):
    command = Path(sys.executable).parent / "nbgrader"
    done = subprocess.run(
        [command, *arguments], cwd=tiny.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize("student", EXPECTED)
def test_every_submission_gets_its_outcome(graded, student):
    name, score, words = EXPECTED[student]
    outcome = graded.outcomes[student]
    assert (outcome.status, outcome.score) == (name, score)
    assert words in "; ".join([outcome.reason, *outcome.notes])
    assert (outcome.reason == "") == (name == "graded")
    assert outcome.max_score == 9
    assert outcome.key


def test_nobody_is_left_out_or_invented(graded):
    assert list(graded.outcomes) == sorted(EXPECTED)


def test_flags_say_late_and_restored(graded):
    flags = {s: o.flags for s, o in graded.outcomes.items() if o.flags}
    assert flags == {
        "edited": ["restored"],
        "late": ["late"],
        "notime": ["no-time"],
        "old": ["restored"],
        "restored": ["restored"],
    }
    (note,) = graded.outcomes["restored"].notes
    assert "test_double was changed" in note
    assert "test_area was changed" in note
    assert "setup was there twice" in note


def test_files_that_travel_are_put_back_too(graded):
    folder = graded.autograded / "restored" / graded.assignment
    assert (folder / "helper.py").read_text() == "SCALE = 1.0\n"


def test_the_gradebook_the_notebook_and_the_export_agree(graded, exported):
    assert set(exported) == set(EXPECTED)
    with gradebook(graded) as book:
        for student, (_, score, _) in EXPECTED.items():
            assert float(exported[student]["score"] or 0) == score
            assert float(exported[student]["max_score"]) == 9
            if student == "nobody":
                continue
            saved = book.find_submission(graded.assignment, student)
            assert (saved.score, saved.max_score) == (score, 9)
            verdicts = cell_verdicts(autograded(graded, student))
            assert verdicts == graded.outcomes[student].cells
            assert sum(points for points, _ in verdicts.values()) == score


def test_names_with_commas_and_quotes_survive_the_export(exported):
    assert exported["ana"]["first_name"] == 'Ana, called "Anita"'
    assert exported["ana"]["last_name"] == "Sousa"


def test_the_feedback_page_shows_the_score_and_the_reason(graded):
    for student, (name, score, words) in EXPECTED.items():
        if student == "nobody":
            continue
        text = page(graded, student)
        assert re.search(rf"\(Score: {score:.1f} / 9\.0\)", text), student
        if name != "graded":
            assert f"Outcome: {name}" in text
        assert words.lower() in text.lower(), student


def test_a_manual_answer_waits_for_a_person(graded):
    with gradebook(graded) as book:
        grade = book.find_grade("why", "hw00_tiny", "hw00_tiny", "ana")
        assert grade.needs_manual_grade
        assert book.find_submission("hw00_tiny", "ana").needs_manual_grade


def test_hidden_tests_never_reach_the_feedback_but_their_message_does(graded):
    for student in EXPECTED:
        if student != "nobody":
            text = page(graded, student)
            # The release itself holds no name of a hidden test.
            assert "_secret" not in text, student
            assert "HIDDEN" not in text, student
    assert "double(0) gave 5" not in page(graded, "ana")
    assert "Hidden tests ran here too" in page(graded, "ana")
    assert "double(0) gave 0" not in page(graded, "leak")
    # The frames of the student's own code stay: they are how a fault is found.
    for words in ("ZeroDivisionError", "careful"):
        assert words in page(graded, "leak")
    assert re.search(r"return.{0,200}x.{0,200}/", page(graded, "leak"))


def test_due_date_extension_and_names_are_in_nbgrader_s_database(graded):
    with gradebook(graded) as book:
        assignment = book.find_assignment(graded.assignment)
        assert str(assignment.duedate) == "2027-03-14 23:59:00"
        assert book.find_student("ana").last_name == "Sousa"
        assert book.find_student("nobody").id == "nobody"
        oli = book.find_submission(graded.assignment, "oli")
        assert oli.extension.total_seconds() == 48 * 3600
        assert oli.total_seconds_late == 0
        late = book.find_submission(graded.assignment, "late")
        assert late.total_seconds_late == 9 * 3600 + 6 * 60
        assert {s.student.id for s in assignment.submissions} == set(EXPECTED) - {
            "nobody"
        }


@pytest.mark.parametrize("stock", [True, False], ids=["stock", "as configured"])
def test_nbgrader_autograde_agrees(graded, entered, stock):
    if stock:
        # Without what the course's configuration puts into nbgrader's converters.
        with (entered.root / "nbgrader_config.py").open("a") as file:
            file.write('\nc.pop("Autograde", None)\n')
    for student in OPENED_BY_NBGRADER:
        shutil.copytree(graded.submitted / student, entered.submitted / student)
    nbgrader(
        entered,
        "autograde",
        entered.assignment,
        f"--ExecutePreprocessor.timeout={LIMITS.cell_seconds}",
    )
    for student in OPENED_BY_NBGRADER:
        theirs = {
            grade_id: points
            for grade_id, (points, _) in cell_verdicts(
                autograded(entered, student)
            ).items()
        }
        ours = {
            grade_id: points
            for grade_id, (points, _) in graded.outcomes[student].cells.items()
        }
        assert ours == theirs, student
    with gradebook(entered) as book:
        for student in OPENED_BY_NBGRADER:
            saved = book.find_submission(entered.assignment, student)
            assert saved.score == EXPECTED[student][1], student


def kill_itself_or_run(task):
    """Stands for a worker that the system kills, for want of memory say."""
    if b"# fatal" in task.submission.notebook:
        os.kill(os.getpid(), signal.SIGKILL)
    return run(task)


def test_a_killed_worker_costs_only_its_submission(entered, monkeypatch):
    monkeypatch.setattr("autograder.grading.run.run", kill_itself_or_run)
    for student in ("ana", "bo"):
        entered.hand_in(student, entered.answered())
    entered.hand_in("axe", entered.answered(double="# fatal"))
    outcomes = grade_class(
        entered.course, entered.assignment, LIMITS, workers=1, plain=True
    )
    assert [(o.student, o.status, o.score) for o in outcomes] == [
        ("ana", "graded", 5),
        ("axe", "crashed", 0),
        ("bo", "graded", 5),
    ]
    assert "the process that ran it died" in outcomes[1].reason


def test_wrong_use_is_said(entered, capsys):
    with pytest.raises(CourseError, match="Nobody handed in hw00_tiny"):
        grade_class(entered.course, entered.assignment, LIMITS)
    entered.hand_in("ana", b"")
    with pytest.raises(CourseError, match="zed: no such student under"):
        grade_class(entered.course, entered.assignment, LIMITS, students=["ana", "zed"])
    assert grade(entered.root, entered.assignment, LIMITS) == 1
    shown = capsys.readouterr().out
    assert "[1/1]  ana" in shown
    assert "1 outcomes: 1 unreadable" in shown
    assert str(entered.feedback) in shown


def test_the_feedback_can_be_released_to_the_student(entered):
    secret, stamp = "a" * 128, "2026-11-25 10:00:00.000000 UTC"
    path = entered.hand_in("ana", entered.answered(), timestamp=stamp)
    path.with_name("submission_secret.txt").write_text(secret)
    grade_class(entered.course, entered.assignment, LIMITS, plain=True)
    # As it is once the assignment has been released.
    (entered.root / "exchange" / "layerwise").mkdir(parents=True)
    subprocess.run(
        ["nbgrader", "release_feedback", entered.assignment],
        cwd=entered.root,
        env={**os.environ, "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        check=True,
        capture_output=True,
    )
    # Where `nbgrader fetch_feedback` looks for it: only who submitted knows the name.
    name = notebook_hash(secret=secret, notebook_id=entered.assignment)
    page = entered.root / "exchange" / "layerwise" / "feedback" / f"{name}.html"
    assert "test_double" in page.read_text(encoding="utf-8")
