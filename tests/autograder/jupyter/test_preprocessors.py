"""nbgrader's own commands run the engine and give the points that it gives."""

import asyncio
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.authoring.notebooks import build
from autograder.cells import is_test
from autograder.course import load_course
from autograder.grading.grade_class import grade_class
from autograder.grading.journal import Journal
from autograder.jupyter.preprocessors import HideTests
from autograder.limits import Limits

pytestmark = pytest.mark.kernel

LIMITS = Limits(cell_seconds=3)
ON_TIME, TOO_LATE = "2027-03-12 18:30:00 UTC", "2027-03-15 09:05:00 UTC"
ROSTER = "[assignments.hw00_tiny]\ndue = 2027-03-14T23:59:00+00:00\n"
# What each student's autograded notebook says on top.
BANNERS = {
    "ana": "",
    "bo": "",
    "cheat": "",
    "crash": "Outcome: crashed",
    "cut": "Outcome: unreadable",
    "half": "",
    "late": "Late by 9 h 6 min",
    "loop": "ran over 3 s of CPU time and was interrupted",
    "mark": "",
    "restored": "Put back: test_double was changed, test_area was missing",
}
SCORES = {
    "ana": 5,
    "bo": 3,
    "cheat": 0,
    "crash": 2,
    "cut": 0,
    "half": 5,
    "late": 5,
    "loop": 3,
    "mark": 5,
    "restored": 3,
}
CHEAT = """\
class Equal(float):
    def __eq__(self, other): return True
    def __sub__(self, other): return self
    def __abs__(self): return self
    def __lt__(self, other): return True
def double(x):
    return Equal(7)
"""


def nbgrader(tiny, *arguments):
    command = Path(sys.executable).parent / "nbgrader"
    done = subprocess.run(
        [command, *arguments], cwd=tiny.root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done


def points(tiny, student):
    """Returns a student's points by cell, as they are in the gradebook."""
    with Gradebook(tiny.db_url, "layerwise") as book:
        saved = book.find_submission_notebook("hw00_tiny", "hw00_tiny", student)
        return {grade.name: grade.auto_score for grade in saved.grades}


def autograded(tiny, student):
    path = tiny.autograded / student / tiny.assignment / f"{tiny.assignment}.ipynb"
    return nbformat.read(path, as_version=4)


@pytest.fixture(scope="module")
def both(built_once, tmp_path_factory, find_cell):
    """The same class, graded by `nbgrader autograde` and by `autograder grade`."""
    tiny = built_once.copy(tmp_path_factory.mktemp("preprocessors") / "theirs")
    wrong = {"double": "def double(x):\n    return 5"}
    sources = {
        "ana": {},
        "bo": wrong,
        "cheat": {
            "double": CHEAT,
            "area": CHEAT.replace("double", "area"),
        },
        "crash": {"area": "import os\nos._exit(0)"},
        "late": {},
        "loop": {"double": "def double(x):\n    while True: pass"},
    }
    for student, answers in sources.items():
        stamp = TOO_LATE if student == "late" else ON_TIME
        tiny.hand_in(student, tiny.answered(**answers), timestamp=stamp)
    changed = tiny.answered(**wrong)
    find_cell(changed, "test_double").source = "pass"
    changed.cells.remove(find_cell(changed, "test_area"))
    tiny.hand_in("restored", changed, timestamp=ON_TIME)
    # nbgrader opens it and only remarks that it is no valid notebook.
    half = nbformat.writes(tiny.answered()).replace('"execution_count": null,', "")
    tiny.hand_in("half", half.encode(), timestamp=ON_TIME)
    # These it does not open.
    tiny.hand_in("cut", half.encode()[:900], timestamp=ON_TIME)
    with_mark = nbformat.writes(tiny.answered()).encode("utf-8-sig")
    tiny.hand_in("mark", with_mark, timestamp=ON_TIME)
    tiny.write_roster(ROSTER)
    ours = tiny.copy(tiny.root.with_name("ours"))
    tiny.log = nbgrader(
        tiny,
        "autograde",
        tiny.assignment,
        f"--ExecutePreprocessor.timeout={LIMITS.cell_seconds}",
    ).stderr
    grade_class(ours.course, ours.assignment, LIMITS, workers=2)
    return tiny, ours


@pytest.mark.parametrize("student", SCORES)
def test_nbgrader_autograde_gives_the_engine_s_points(both, student):
    theirs, ours = both
    assert points(theirs, student) == points(ours, student)
    found = points(theirs, student)
    assert (found["test_double"] or 0) + (found["test_area"] or 0) == SCORES[student]


def test_the_engine_does_not_run_again_what_nbgrader_has_graded(both, tmp_path):
    theirs, ours = both
    tiny = theirs.copy(tmp_path / "course")
    before = (tiny.classroom / "journal.jsonl").read_text().splitlines()
    assert sorted(json.loads(line)["student"] for line in before) == sorted(SCORES)

    def nothing(function, jobs, workers):
        assert not list(jobs), "something was run again"
        return iter(())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("autograder.grading.run.map_unordered", nothing)
        outcomes = grade_class(tiny.course, tiny.assignment, LIMITS)
    assert {outcome.student: outcome.score for outcome in outcomes} == SCORES
    journal = Journal(ours.classroom / "journal.jsonl")
    for outcome in outcomes:
        other = journal.find(outcome.student, tiny.assignment)
        assert (outcome.key, outcome.cells) == (other.key, other.cells)
        assert (outcome.status, outcome.notes) == (other.status, other.notes)
        assert outcome.flags == other.flags


@pytest.mark.parametrize("student", BANNERS)
def test_the_autograded_notebook_says_what_happened(both, student):
    theirs, ours = both
    first = autograded(theirs, student).cells[0]
    if BANNERS[student]:
        assert first["id"] == "outcome"
        assert BANNERS[student] in first.source
    assert first.source == autograded(ours, student).cells[0].source
    assert "autograder" not in autograded(theirs, student).metadata


def test_a_test_that_did_not_finish_says_so(both):
    theirs, _ = both
    for student in ("crash", "cut"):
        last = [cell for cell in autograded(theirs, student).cells if is_test(cell)][-1]
        assert last.outputs[-1].ename == "NotRun"


def test_nbgrader_s_feedback_hides_tests_and_shows_messages(both):
    theirs, ours = both
    nbgrader(theirs, "generate_feedback", theirs.assignment)
    for student in SCORES:
        page = theirs.feedback / student / "hw00_tiny" / "hw00_tiny.html"
        text = page.read_text(encoding="utf-8")
        assert "_secret" not in text, student
        assert "HIDDEN" not in text, student
        assert f"(Score: {SCORES[student]:.1f} / 9.0)" in text, student
    for course in (theirs, ours):
        page = course.feedback / "bo" / "hw00_tiny" / "hw00_tiny.html"
        text = page.read_text(encoding="utf-8")
        assert "double(2) must be 4. Received: 5" in text
        # The list on top is made once, whoever makes the page.
        assert text.count("Tests that failed") == 1


def test_formgrader_s_button_works_in_its_running_event_loop(tiny):
    from nbgrader.apps.api import NbGraderAPI

    tiny.hand_in("ana", tiny.answered())

    async def press():
        course = load_course(tiny.root)
        api = NbGraderAPI(course.directory(), config=course.config)
        return api.autograde(tiny.assignment, "ana")

    answer = asyncio.run(press())
    assert answer["success"], answer.get("error", answer.get("log"))
    assert points(tiny, "ana")["test_area"] == 3


def test_a_stale_assignment_is_an_error_with_what_to_do(tiny):
    tiny.hand_in("ana", tiny.answered())
    text = tiny.solution_source.read_text(encoding="utf-8")
    tiny.solution_source.write_text(text.replace("-3, 1.5", "-3, 2.5"), "utf-8")
    command = Path(sys.executable).parent / "nbgrader"
    done = subprocess.run(
        [command, "autograde", tiny.assignment],
        cwd=tiny.root,
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    build(tiny.course)
    nbgrader(tiny, "autograde", tiny.assignment, "--force")
    assert points(tiny, "ana")["test_double"] == 2


def test_hidden_tests_stay_hidden_when_the_assignment_is_gone(both, tmp_path):
    theirs, _ = both
    notebook = autograded(theirs, "bo")
    shutil.copytree(theirs.autograded, tmp_path / "autograded")
    shown, _ = HideTests().preprocess(notebook, {})
    assert "_secret" not in nbformat.writes(shown)
    assert "_secret" in nbformat.writes(notebook)
