"""Grade on submit: the exchange, the queue, the limit, and what each person sees."""

import os
import shutil
import threading
import time
from pathlib import Path

import nbformat
import pytest

from autograder.engine.limits import Limits
from autograder.grading.grade_class import grade
from autograder.grading.journal import Journal
from autograder.grading.outcome import Outcome
from autograder.serve.inbox import Arrival, find_arrivals, is_owner, parse
from autograder.serve.pages import class_page, student_page
from autograder.serve.queue import DONE, REFUSED, RUNNING, WAITING, Jobs
from autograder.serve.worker import Grader

pytestmark = pytest.mark.kernel

STAMP = "2026-11-24 16:50:12.123456 UTC"
# Looks the visible test up and fails the hidden one.
LOOKUP = {"double": "def double(x):\n    return {2: 4}.get(x, 5)"}


def submit(inbound, student, content, assignment="hw00_tiny", stamp=STAMP, end="Ab1_"):
    """Puts a folder where `nbgrader submit` would; returns it."""
    folder = inbound / f"{student}+{assignment}+{stamp}+{end}"
    folder.mkdir(parents=True)
    if content is not None:
        if not isinstance(content, bytes):
            content = nbformat.writes(content).encode()
        (folder / f"{assignment}.ipynb").write_bytes(content)
    (folder / "timestamp.txt").write_text(stamp)
    return folder


def arrival(student, number=0, assignment="hw"):
    folder = parse_path(f"{student}+{assignment}+{STAMP}+{number:04}")
    return Arrival(folder, student, assignment, STAMP)


def parse_path(name):
    return Path("/exchange/inbound") / name


@pytest.fixture
def clock():
    class Clock:
        time = 1_000_000.0

        def __call__(self):
            return self.time

    return Clock()


@pytest.fixture
def jobs(tmp_path, clock):
    queue = Jobs(tmp_path / "served" / "queue.sqlite", per_hour=2, now=clock)
    yield queue
    queue.close()


def test_names_of_folders():
    found = parse(parse_path(f"ana+b+hw04_resnet+{STAMP}+xY_-9"))
    assert (found.student, found.assignment) == ("ana+b", "hw04_resnet")
    assert found.stamp == STAMP
    for bad in ("ana", "ana+hw", "+hw+stamp+r", "..+hw+stamp+r", "a\n+hw+s+r"):
        assert parse(parse_path(bad)) is None, bad


def test_a_submission_counts_when_its_timestamp_is_there(tmp_path):
    folder = submit(tmp_path, "ana", b"{}")
    (folder / "timestamp.txt").write_text("")
    assert find_arrivals(tmp_path) == []
    long_ago = time.time() - 100
    os.utime(folder, (long_ago, long_ago))
    assert [found.student for found in find_arrivals(tmp_path)] == ["ana"]
    (folder / "timestamp.txt").write_text(STAMP + "\n")
    assert [found.student for found in find_arrivals(tmp_path)] == ["ana"]


def test_links_are_no_submissions(tmp_path):
    real = submit(tmp_path / "elsewhere", "bo", b"{}")
    (tmp_path / "inbound").mkdir()
    (tmp_path / "inbound" / real.name).symlink_to(real)
    assert find_arrivals(tmp_path / "inbound") == []


def test_the_owner_is_the_system_user(tmp_path, monkeypatch):
    folder = submit(tmp_path, "nobody-such", b"{}")
    assert not is_owner(parse(folder))
    own = folder.owner()
    folder = submit(tmp_path, own, b"{}")
    assert is_owner(parse(folder))
    # A hub that puts something before its users' names, as TLJH does.
    monkeypatch.setenv("LAYERWISE_OWNER_PREFIX", own[:2])
    assert not is_owner(parse(folder))
    assert is_owner(parse(submit(tmp_path, own[2:], b"{}")))


def test_a_queue_is_a_queue(jobs):
    assert jobs.add(arrival("ana"))
    assert not jobs.add(arrival("ana")), "the same folder twice"
    jobs.add(arrival("bo"))
    first, second = jobs.claim(), jobs.claim()
    assert (first.student, second.student, jobs.claim()) == ("ana", "bo", None)
    assert first.state == RUNNING
    assert first.attempts == 1


def test_thousands_of_one_student_do_not_hold_up_another(jobs):
    for number in range(300):
        jobs.add(arrival("ana", number))
    jobs.add(arrival("bo"))
    assert [jobs.claim().student for _ in range(3)] == ["ana", "ana", "bo"]
    asked = []
    jobs.database.set_trace_callback(asked.append)
    assert jobs.claim() is None
    assert len(asked) < 10
    assert len(jobs.names()) == 301


def test_what_is_known_is_not_read_again(tmp_path):
    folder = submit(tmp_path, "ana", b"{}")
    assert find_arrivals(tmp_path, {folder.name}) == []


def test_a_watch_that_fails_once_goes_on(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("autograder.serve.worker.POLL", 0.01)

    class Failing(Grader):
        def scan(self):
            seen.append(1)
            raise OSError("the disk is full")

    grader = Failing.__new__(Failing)
    grader.stopped = threading.Event()
    thread = threading.Thread(target=grader._watch)
    thread.start()
    while len(seen) < 2 and thread.is_alive():
        time.sleep(0.01)
    grader.stopped.set()
    thread.join()
    assert len(seen) >= 2


def test_a_worker_that_fails_at_one_goes_on_with_the_next(tmp_path, monkeypatch):
    taken = []
    monkeypatch.setattr("autograder.serve.worker.POLL", 0.01)

    class Failing(Grader):
        def _runs(self):
            taken.append(1)
            raise OSError("the disk is full")
            yield

    grader = Failing.__new__(Failing)
    grader.stopped = threading.Event()
    thread = threading.Thread(target=grader._work)
    thread.start()
    while len(taken) < 2 and thread.is_alive():
        time.sleep(0.01)
    grader.stopped.set()
    thread.join()
    assert len(taken) >= 2


def test_a_killed_service_begins_its_jobs_again_after_the_others(jobs, tmp_path, clock):
    jobs.add(arrival("ana"))
    jobs.add(arrival("bo"))
    assert jobs.claim().student == "ana"
    again = Jobs(tmp_path / "served" / "queue.sqlite", now=clock)
    assert [again.claim().student, again.claim().student] == ["bo", "ana"]
    again.close()


def test_only_so_many_in_an_hour(jobs, clock):
    for number in range(3):
        jobs.add(arrival("ana", number))
    jobs.add(arrival("bo"))
    taken = []
    for _ in range(4):
        job = jobs.claim()
        taken.append(job and job.student)
        clock.time += 1
    assert taken == ["ana", "ana", "bo", None]
    held = jobs.find(arrival("ana", 2).folder.name)
    assert jobs.free_at(held) == 1_000_000 + 3600
    page = student_page(jobs, "ana")
    assert "too many in an hour" in page
    clock.time = 1_000_000 + 3601
    assert jobs.claim().name == held.name


def test_what_is_put_back_has_not_been_begun(jobs):
    jobs.add(arrival("ana"))
    jobs.put_back(jobs.claim().name)
    again = jobs.claim()
    assert (again.student, again.attempts) == ("ana", 1)


def test_an_assignment_that_is_being_built_is_graded_once_it_is(tiny):
    inbound = tiny.root / "exchange" / "layerwise" / "inbound"
    submit(inbound, "ana", tiny.answered())
    built = tiny.source / tiny.assignment / f"{tiny.assignment}.ipynb"
    away = built.rename(tiny.root / "away.ipynb")
    queue, done = Jobs(tiny.classroom / "served" / "queue.sqlite"), threading.Event()
    grader = Grader(
        *(tiny.course, inbound, queue, Limits()), 1, report=lambda job: done.set()
    )
    grader.start()
    try:
        assert not done.wait(3)
        away.rename(built)
        assert done.wait(60)
    finally:
        grader.stop()
    assert [(job.state, job.result.score) for job in queue.list()] == [(DONE, 5)]
    queue.close()


def test_a_second_result_changes_nothing(jobs):
    jobs.add(arrival("ana"))
    name = jobs.claim().name
    assert jobs.finish(name, Outcome("ana", "hw", "graded", score=3))
    assert not jobs.finish(name, Outcome("ana", "hw", "graded", score=5))
    assert jobs.find(name).result.score == 3


@pytest.fixture(scope="module")
def served(built_once, tmp_path_factory):
    """Submissions of some kinds, graded by a running service."""
    tiny = built_once.copy(tmp_path_factory.mktemp("served") / "course")
    tiny.inbound = tiny.root / "exchange" / "layerwise" / "inbound"
    submit(tiny.inbound, "ana", tiny.answered())
    submit(tiny.inbound, "bo", tiny.answered(**LOOKUP))
    submit(tiny.inbound, "cut", b'{"cells": [')
    submit(tiny.inbound, "none", None)
    odd = tiny.answered()
    odd.cells[0].metadata.nbgrader = {"grade_id": [], "locked": {}}
    submit(tiny.inbound, "odd", odd)
    submit(tiny.inbound, "lost", tiny.answered(), assignment="hw99_unknown")
    tiny.jobs = Jobs(tiny.classroom / "served" / "queue.sqlite")
    tiny.done, all_of_them = [], threading.Event()

    def report(job):
        tiny.done.append(job)
        if len(tiny.done) == 6:
            all_of_them.set()

    grader = Grader(
        tiny.course, tiny.inbound, tiny.jobs, Limits(), workers=2, report=report
    )
    grader.start()
    submit(tiny.inbound, "<late>", tiny.answered(), end="while_it_runs")
    assert all_of_them.wait(180), [job.student for job in tiny.done]
    grader.stop()
    yield tiny
    tiny.jobs.close()


def job_of(tiny, student):
    (job,) = tiny.jobs.list(student)
    return job


def test_each_has_one_outcome(served):
    found = {job.student: (job.state, job.result) for job in served.jobs.list()}
    assert found["lost"] == (REFUSED, None)
    outcomes = {
        name: (result.status, result.score)
        for name, (state, result) in found.items()
        if state == DONE
    }
    assert outcomes == {
        "ana": ("graded", 5),
        "<late>": ("graded", 5),
        "bo": ("graded", 3),
        "cut": ("unreadable", 0),
        "none": ("missing", 0),
        "odd": ("graded", 5),
    }
    assert not [job for job in served.jobs.list() if job.state == WAITING]


def test_the_visible_tests_are_judged_without_the_hidden_ones(served):
    job = job_of(served, "bo")
    assert job.visible.cells["test_double"][1] == ""
    assert "double(0) gave 5" in job.result.cells["test_double"][1]


def test_a_student_sees_visible_tests_and_their_own_only(served):
    page = student_page(served.jobs, "bo")
    assert "test_double" in page
    assert "2 of 2 tests passed" in " ".join(page.split())
    assert "submitted 2026-11-24 16:50:12 UTC" in page
    assert "gave 5" not in page
    assert "Hidden tests failed" not in page
    assert "ana" not in page
    named = student_page(served.jobs, "bo", show_hidden=True)
    assert "Hidden tests failed in: test_double" in named
    assert "gave 5" not in named
    assert "Nothing has arrived from you yet" in student_page(served.jobs, "zoe")


def test_the_class_page_has_everybody_and_no_markup_of_theirs(served):
    page = class_page(served.jobs)
    assert "<late>" not in page
    assert "&lt;late&gt;" in page
    assert 'http-equiv="refresh"' in page
    assert 'http-equiv="refresh"' not in class_page(served.jobs, still=True)
    assert "there is no assignment hw99_unknown" in page
    assert "3 / 5" in " ".join(page.split())


def test_grade_takes_what_was_graded_on_submit(served, tmp_path, monkeypatch):
    tiny = served.copy(tmp_path / "course")
    job = job_of(served, "bo")
    # What `nbgrader collect` does.
    shutil.copytree(
        tiny.root / "exchange" / "layerwise" / "inbound" / job.name,
        tiny.submitted / "bo" / "hw00_tiny",
    )

    def refuse(*_):
        raise AssertionError("it was run again")

    monkeypatch.setattr("autograder.grading.prepare.execute", refuse)
    assert grade(tiny.course, "hw00_tiny", Limits(), workers=1) == 0
    outcome = Journal(tiny.classroom / "journal.jsonl").find("bo", "hw00_tiny")
    assert (outcome.status, outcome.score) == ("graded", 3)
    assert outcome.cells == job.result.cells
