"""A class is graded again: what is kept, what is run, and what is refused."""

import pytest
from small_class import EXPECTED, ROSTER, gradebook, page, regrade

from autograder.authoring.notebooks import build
from autograder.grading.journal import Journal

pytestmark = pytest.mark.kernel


@pytest.fixture
def again(graded, tmp_path):
    """A copy of the graded class of the test's own."""
    return graded.copy(tmp_path / "course")


def test_a_second_run_runs_nothing_and_keeps_everything(again, monkeypatch):
    outcomes, ran = regrade(again, monkeypatch)
    assert ran == []
    for student, (name, score, words) in EXPECTED.items():
        outcome = outcomes[student]
        assert (outcome.status, outcome.score) == (name, score), student
        assert words in "; ".join([outcome.reason, *outcome.notes])
        assert len(outcome.notes) == len(set(outcome.notes))
    lines = (again.classroom / "journal.jsonl").read_bytes().count(b"\n")
    assert lines == len(EXPECTED)


def test_marks_of_a_person_survive_a_rerun_and_force(again, monkeypatch):
    with gradebook(again) as book:
        marked = book.find_grade("why", "hw00_tiny", "hw00_tiny", "ana")
        marked.manual_score, marked.needs_manual_grade = 3.5, False
        extra = book.find_grade("test_double", "hw00_tiny", "hw00_tiny", "bo")
        extra.manual_score = 1.0
        comment = book.find_comment("why", "hw00_tiny", "hw00_tiny", "ana")
        comment.manual_comment = "Well said."
        book.db.commit()
    for force in (False, True):
        students = ["ana", "bo"]
        outcomes, ran = regrade(again, monkeypatch, force=force, students=students)
        assert ran == (students if force else [])
        assert outcomes["ana"].score == 8.5
        assert outcomes["bo"].score == 4
        with gradebook(again) as book:
            ana = book.find_grade("why", "hw00_tiny", "hw00_tiny", "ana")
            assert ana.manual_score == 3.5
            comment = book.find_comment("why", "hw00_tiny", "hw00_tiny", "ana")
            assert comment.comment == "Well said."
    assert "8.5 / 9.0" in page(again, "ana")
    assert "Well said." in page(again, "ana")


def test_a_changed_submission_is_graded_again(again, monkeypatch):
    again.hand_in("bo", again.answered())
    (again.submitted / "cut" / again.assignment / "hw00_tiny.ipynb").unlink()
    outcomes, ran = regrade(again, monkeypatch)
    assert ran == ["bo"]
    assert outcomes["bo"].score == 5
    assert outcomes["cut"].status == "missing"
    assert outcomes["ana"].score == 5


def test_a_lost_gradebook_is_filled_again(again, monkeypatch):
    (again.classroom / "gradebook.db").unlink()
    outcomes, _ = regrade(again, monkeypatch, students=["bo", "cut"])
    assert {s: o.score for s, o in outcomes.items()} == {"bo": 3, "cut": 0}
    with gradebook(again) as book:
        assert book.find_submission(again.assignment, "bo").score == 3


def test_a_torn_journal_costs_one_submission(again, monkeypatch):
    path = again.classroom / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines.sort(key=lambda line: b'"student": "ana"' in line)
    path.write_bytes(b"".join(lines)[:-20])
    outcomes, ran = regrade(again, monkeypatch)
    assert ran == ["ana"]
    assert outcomes["ana"].score == 5
    assert len(Journal(path).latest) == len(EXPECTED)


def test_an_extension_given_later_is_seen_without_a_run(again, monkeypatch):
    again.write_roster(ROSTER + "\n[students.late.extensions]\nhw00_tiny = 10\n")
    outcomes, ran = regrade(again, monkeypatch)
    assert ran == []
    assert outcomes["late"].flags == []
    assert outcomes["late"].notes == []


def test_a_changed_hidden_test_regrades(again, monkeypatch):
    text = again.solution_source.read_text(encoding="utf-8")
    again.solution_source.write_text(text.replace("-3, 1.5", "-3, 2.5"), "utf-8")
    build(again.course)
    outcomes, ran = regrade(again, monkeypatch, students=["ana"])
    assert ran == ["ana"]
    assert outcomes["ana"].score == 5
