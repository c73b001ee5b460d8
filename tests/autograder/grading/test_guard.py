"""Nothing that one submission causes reaches the others."""

import json
import os

import pytest
from small_class import LIMITS, gradebook, page

from autograder.grading import grade_class as module
from autograder.grading import recorder
from autograder.grading.console import print_outcome, print_table, printable
from autograder.grading.grade_class import grade_class
from autograder.grading.journal import Journal
from autograder.grading.outcome import Outcome
from autograder.grading.page_process import PageError, PageProcess

pytestmark = pytest.mark.kernel

ROSTER = """\
[assignments.hw00_tiny]
due = 2027-03-14T23:59:00+00:00
"""


def run(tiny, **options):
    outcomes = grade_class(
        tiny.course, tiny.assignment, LIMITS, workers=1, plain=True, **options
    )
    return {outcome.student: outcome for outcome in outcomes}


@pytest.fixture(scope="module")
def executed():
    """What came of each notebook that ran: a kernel starts for new ones alone."""
    return {}


@pytest.fixture
def three(entered, executed, monkeypatch):
    """Three students with right answers, which are executed in this process."""

    def run_here(function, jobs, workers):
        for key, arguments in jobs:
            content = key.submission.notebook
            if content not in executed:
                executed[content] = function(*arguments)
            yield key, executed[content], None

    monkeypatch.setattr("autograder.grading.run.map_unordered", run_here)
    for student in ("ana", "bad", "zoe"):
        entered.hand_in(student, entered.answered())
    return entered


def fails_for(student, error, function):
    """Returns a function that raises for one student."""

    def fail(*arguments, **options):
        for one in arguments:
            one = getattr(one, "submission", one)
            if getattr(one, "student", one) == student:
                raise error
        return function(*arguments, **options)

    return fail


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (module, "read_submission"),
        (module, "key_of"),
        (recorder, "judge"),
        (recorder.GradebookWriter, "save"),
        (recorder.GradebookWriter, "enter_submission"),
    ],
)
def test_an_error_at_any_step_is_one_submission_s_outcome(
    three, monkeypatch, place, name
):
    error = RuntimeError("no [such] thing\nmore")
    monkeypatch.setattr(place, name, fails_for("bad", error, getattr(place, name)))
    outcomes = run(three)
    assert {s: (o.status, o.score) for s, o in outcomes.items()} == {
        "ana": ("graded", 5),
        "bad": ("crashed", 0),
        "zoe": ("graded", 5),
    }
    reason = outcomes["bad"].reason
    assert reason.startswith("grading it failed: RuntimeError: no [such] thing (")
    journal = Journal(three.classroom / "journal.jsonl")
    assert journal.find("bad", three.assignment).reason == reason
    # Once the fault is mended the next run grades it.
    monkeypatch.undo()
    assert run(three)["bad"].score == 5


@pytest.mark.parametrize("name", ["_write_autograded", "feedback"])
def test_a_page_that_cannot_be_written_costs_no_points(three, monkeypatch, name):
    error = OSError(36, "File name too long")
    if name == "feedback":
        write = fails_for("bad", error, recorder.FeedbackWriter.write)
        monkeypatch.setattr(recorder.FeedbackWriter, "write", write)
    else:
        write = fails_for("bad", error, recorder.Recorder._write_autograded)
        monkeypatch.setattr(recorder.Recorder, "_write_autograded", write)
    outcomes = run(three)
    assert {s: (o.status, o.score) for s, o in outcomes.items()} == dict.fromkeys(
        ("ana", "bad", "zoe"), ("graded", 5)
    )
    (note,) = outcomes["bad"].notes
    assert note.startswith("its page was not written: OSError: [Errno 36]")
    with gradebook(three) as book:
        assert book.find_submission(three.assignment, "bad").score == 5


def test_a_full_disk_stops_the_run(three, monkeypatch):
    error = OSError(28, "No space left on device")
    save = fails_for("bad", error, recorder.GradebookWriter.save)
    monkeypatch.setattr(recorder.GradebookWriter, "save", save)
    with pytest.raises(OSError, match="No space left"):
        run(three)


def test_the_grade_is_recorded_before_the_page_is_made(three, executed, monkeypatch):
    class Stop(BaseException):
        """What ends a process in the middle."""

    def stop(*_):
        raise Stop

    with monkeypatch.context() as patched:
        patched.setattr(PageProcess, "make", stop)
        with pytest.raises(Stop):
            run(three)
    journal = Journal(three.classroom / "journal.jsonl")
    assert journal.find("ana", three.assignment).score == 5
    with gradebook(three) as book:
        assert book.find_submission(three.assignment, "ana").score == 5
    # The next run makes what is missing, without another execution.
    executed.clear()
    monkeypatch.setattr("autograder.grading.run.execute", None)
    assert run(three, students=["ana"])["ana"].score == 5
    assert "test_double" in page(three, "ana")


def test_a_page_that_takes_too_much_is_a_plain_one(three, monkeypatch):
    def give_up(*_):
        raise PageError("it takes more than 20 s of CPU time")

    monkeypatch.setattr(PageProcess, "make", give_up)
    assert run(three)["bad"].score == 5
    text = page(three, "bad")
    assert "cannot show your notebook: it takes more than 20 s" in text
    assert "test_area" in text
    assert "3 / 3" in text


def test_students_may_be_named_anything(three, capsys):
    names = [b"r\xe9sum\xe9", b"[red]ana\\", b"new\nline", b"<b>bo", b"\x1b[31mred"]
    source = three.submitted / "ana" / "hw00_tiny" / "hw00_tiny.ipynb"
    for name in names:
        folder = os.path.join(os.fsencode(three.submitted), name, b"hw00_tiny")
        os.makedirs(folder)
        with open(os.path.join(folder, b"hw00_tiny.ipynb"), "wb") as file:
            file.write(source.read_bytes())
    for outcomes in (run(three), run(three)):
        print_table(list(outcomes.values()), three.course)
        shown = capsys.readouterr().out
        assert len(outcomes) == 8
        for student, outcome in outcomes.items():
            assert printable(student) in shown
            assert (outcome.status, outcome.score) == ("graded", 5)


@pytest.mark.parametrize(
    "text", ["[/]", "a\\[b]", "[link=file:///]x", "\x1b[2J", "é\n"]
)
def test_what_is_printed_is_text(tiny, text, capsys):
    outcome = Outcome(text, "hw00_tiny", "crashed", reason=text, notes=[text])
    print_outcome(outcome, 1, 1)
    print_table([outcome], tiny.course)
    shown = capsys.readouterr().out
    assert shown.count(printable(text)) >= 3
    assert "\x1b" not in shown


def test_dates_that_move_are_seen_without_a_run(three):
    three.hand_in("ana", None, timestamp="2027-03-15 00:59:00 UTC")
    config = three.root / "nbgrader_config.py"
    config.write_text(
        config.read_text() + 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
    )
    three.course.config.LateSubmissionPlugin.penalty_method = "zero"
    assert run(three)["ana"].score == 5
    three.write_roster(ROSTER)
    late = run(three)["ana"]
    assert (late.score, late.flags) == (0, ["late"])
    assert "Late by 1 h 0 min" in page(three, "ana")
    assert "Score: 0.0 / 9.0" in page(three, "ana")
    assert "Late submission penalty (Score: -5.0)" in page(three, "ana")
    three.write_roster(ROSTER + "[students.ana]\nextensions = { hw00_tiny = 2 }\n")
    again = run(three)["ana"]
    assert (again.score, again.flags, again.notes) == (5, [], [])
    assert "Late" not in page(three, "ana")
    assert "Score: 5.0 / 9.0" in page(three, "ana")
    lines = (three.classroom / "journal.jsonl").read_text().splitlines()
    scores = [json.loads(line)["score"] for line in lines if '"ana"' in line]
    assert scores == [5, 0, 5]
