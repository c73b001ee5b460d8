"""Grade on submit: the exchange, the queue, the limit, and what each person sees."""

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import nbformat
import pytest
from jinja2 import Environment

from autograder.course import CourseError
from autograder.grading.grade_class import grade
from autograder.grading.journal import Journal
from autograder.grading.outcome import Outcome
from autograder.limits import Limits
from autograder.serve import pages
from autograder.serve import queue as queue_module
from autograder.serve.inbox import Arrival, find_arrivals, is_owner, parse
from autograder.serve.pages import class_page, student_page
from autograder.serve.queue import DONE, REFUSED, RUNNING, WAITING, Queue
from autograder.serve.run import serve
from autograder.serve.worker import QueueWorker

pytestmark = pytest.mark.kernel

STAMP = "2026-11-24 16:50:12.123456 UTC"
HOLD = """
import sys, filelock
with filelock.FileLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""
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
def queue(tmp_path, clock):
    queue = Queue(tmp_path / "served" / "queue.sqlite", per_hour=2, now=clock)
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


def test_a_queue_is_a_queue(queue):
    assert queue.add(arrival("ana"))
    assert not queue.add(arrival("ana")), "the same folder twice"
    queue.add(arrival("bo"))
    first, second = queue.claim(), queue.claim()
    assert (first.student, second.student, queue.claim()) == ("ana", "bo", None)
    assert first.state == RUNNING
    assert first.attempts == 1


def test_thousands_of_one_student_do_not_hold_up_another(queue):
    for number in range(300):
        queue.add(arrival("ana", number))
    queue.add(arrival("bo"))
    assert [queue.claim().student for _ in range(3)] == ["ana", "ana", "bo"]
    asked = []
    queue.database.set_trace_callback(asked.append)
    assert queue.claim() is None
    assert len(asked) < 10
    assert len(queue.names()) == 301


def test_what_is_known_is_not_read_again(tmp_path):
    folder = submit(tmp_path, "ana", b"{}")
    assert find_arrivals(tmp_path, {folder.name}) == []


def test_a_watch_that_fails_once_goes_on(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr("autograder.serve.worker.POLL", 0.01)

    class Failing(QueueWorker):
        def scan(self):
            seen.append(1)
            raise OSError("the disk is full")

    worker = Failing.__new__(Failing)
    worker.stopped = threading.Event()
    thread = threading.Thread(target=worker._watch)
    thread.start()
    while len(seen) < 2 and thread.is_alive():
        time.sleep(0.01)
    worker.stopped.set()
    thread.join()
    assert len(seen) >= 2


def test_a_worker_that_fails_at_one_goes_on_with_the_next(tmp_path, monkeypatch):
    taken = []
    monkeypatch.setattr("autograder.serve.worker.POLL", 0.01)

    class Failing(QueueWorker):
        def _runs(self, only_new):
            taken.append(1)
            raise OSError("the disk is full")
            yield

    worker = Failing.__new__(Failing)
    worker.stopped = threading.Event()
    thread = threading.Thread(target=worker._work)
    thread.start()
    while len(taken) < 2 and thread.is_alive():
        time.sleep(0.01)
    worker.stopped.set()
    thread.join()
    assert len(taken) >= 2


def test_a_killed_service_begins_its_jobs_again_after_the_others(
    queue, tmp_path, clock
):
    queue.add(arrival("ana"))
    queue.add(arrival("bo"))
    assert queue.claim().student == "ana"
    again = Queue(tmp_path / "served" / "queue.sqlite", now=clock)
    assert [again.claim().student, again.claim().student] == ["bo", "ana"]
    again.close()


def test_only_so_many_in_an_hour(queue, clock):
    for number in range(3):
        queue.add(arrival("ana", number))
    queue.add(arrival("bo"))
    taken = []
    for _ in range(4):
        job = queue.claim()
        taken.append(job and job.student)
        clock.time += 1
    assert taken == ["ana", "ana", "bo", None]
    held = queue.find(arrival("ana", 2).folder.name)
    assert queue.free_at(held) == 1_000_000 + 3600
    page = student_page(queue, "ana")
    assert "too many in an hour" in page
    clock.time = 1_000_000 + 3601
    assert queue.claim().name == held.name


def graded(status, score, **cells):
    return Outcome("ana", "hw", status, score=score, max_score=5, cells=cells)


def pages_of(clock, tmp_path, result, show_hidden=False):
    """Returns a student's page after the visible tests, and after all."""
    queue = Queue(tmp_path / f"{result.status}{result.score}.sqlite", now=clock)
    queue.add(arrival("ana"))
    name = queue.claim().name
    queue.save_visible(name, graded("graded", 5, test=[5, ""]))
    pages = [student_page(queue, "ana", show_hidden)]
    assert queue.claim(only_new=True) is None
    assert queue.claim().name == name
    pages.append(student_page(queue, "ana", show_hidden))
    clock.time += 100
    queue.finish(name, result)
    pages.append(student_page(queue, "ana", show_hidden))
    queue.close()
    return pages


def test_a_student_s_page_is_the_same_whatever_hidden_tests_do(clock, tmp_path):
    results = (
        graded("graded", 5, test=[5, ""]),
        graded("graded", 0, test=[0, "AssertionError: f(7)"]),
        graded("crashed", 0, test=[0, "NotRun"]),
        graded("timeout", 2, test=[2, "CellTimeout"]),
        graded("out_of_memory", 0),
        graded("missing", 0),
    )
    found = {page for one in results for page in pages_of(clock, tmp_path, one)}
    (page,) = found
    assert 'class="state full">graded' in page
    assert 'http-equiv="refresh"' not in page
    # Where students may see it, the page goes on asking until it is known.
    before, running, after = pages_of(
        clock, tmp_path, graded("graded", 1, test=[0, "f(7)"]), show_hidden=True
    )
    assert 'http-equiv="refresh"' in before
    assert before == running
    assert "Hidden tests failed in: test" in after
    assert "f(7)" not in after


def test_hidden_runs_neither_count_in_the_hour_nor_hold_new_work_up(queue, clock):
    queue.add(arrival("ana", 0))
    queue.add(arrival("ana", 1))
    for _ in range(2):
        queue.save_visible(queue.claim().name, graded("graded", 5))
    clock.time += 1800
    hidden = queue.claim()
    assert hidden.started == 1_000_000
    queue.add(arrival("ana", 2))
    queue.add(arrival("bo"))
    # New work goes first, whatever waits for its hidden tests.
    assert queue.claim().student == "bo"
    assert queue.claim().name == arrival("ana", 1).folder.name
    assert queue.claim() is None
    held = queue.find(arrival("ana", 2).folder.name)
    assert queue.free_at(held) == 1_000_000 + 3600
    queue.put_back(hidden.name)
    again = queue.claim()
    assert (again.name, again.started) == (hidden.name, 1_000_000)


def test_what_cannot_be_run_is_done_at_once(queue):
    queue.add(arrival("ana"))
    queue.finish(queue.claim().name, graded("unreadable", 0))
    assert queue.find(arrival("ana").folder.name).visible.status == "unreadable"
    assert "unreadable" in student_page(queue, "ana")


def test_what_is_put_back_has_not_been_begun(queue):
    queue.add(arrival("ana"))
    queue.put_back(queue.claim().name)
    again = queue.claim()
    assert (again.student, again.attempts) == ("ana", 1)


def test_an_assignment_that_is_being_built_is_graded_once_it_is(tiny):
    inbound = tiny.root / "exchange" / "layerwise" / "inbound"
    submit(inbound, "ana", tiny.answered())
    built = tiny.source / tiny.assignment / f"{tiny.assignment}.ipynb"
    away = built.rename(tiny.root / "away.ipynb")
    queue, done = Queue(tiny.classroom / "served" / "queue.sqlite"), threading.Event()
    worker = QueueWorker(
        *(tiny.course, inbound, queue, Limits()), 1, report=lambda job: done.set()
    )
    worker.start()
    try:
        assert not done.wait(3)
        away.rename(built)
        assert done.wait(60)
    finally:
        worker.stop()
    assert [(job.state, job.result.score) for job in queue.newest()] == [(DONE, 5)]
    queue.close()


def test_a_page_reads_what_it_shows_and_counts_the_rest(queue, monkeypatch):
    for number in range(5):
        queue.add(arrival("ana", number))
    queue.add(arrival("bo"), refused="no such assignment")
    queue.claim()
    monkeypatch.setattr(pages, "MOST", 2)
    read, job_of_row = [], queue_module._job
    monkeypatch.setattr(
        queue_module, "_job", lambda row: read.append(row["name"]) or job_of_row(row)
    )
    page = " ".join(class_page(queue).split())
    assert "4 waiting, 1 running, 0 graded, 1 refused" in page
    assert page.count('<th scope="row">') == len(read) == 2
    read.clear()
    assert student_page(queue, "ana").count("<h2>") == len(read) == 2
    assert queue.counts("bo") == {WAITING: 0, RUNNING: 0, DONE: 0, REFUSED: 1}


def test_a_student_s_page_renews_itself_while_work_waits_that_it_does_not_show(
    queue, monkeypatch
):
    monkeypatch.setattr(pages, "MOST", 1)
    queue.add(arrival("ana", 0))
    queue.add(arrival("ana", 1), refused="too late")
    page = student_page(queue, "ana")
    assert "too late" in page
    assert 'http-equiv="refresh"' in page
    assert not queue.is_empty("ana")
    assert queue.is_empty("bo")


def test_pages_compile_their_templates_once(queue, monkeypatch):
    class_page(queue)
    student_page(queue, "ana")
    monkeypatch.setattr(Environment, "compile", None)
    assert "Nothing has arrived yet" in class_page(queue)
    assert "Nothing has arrived from you yet" in student_page(queue, "ana")


@pytest.mark.parametrize(
    "question",
    [
        "select * from jobs order by seen desc, name desc limit 500",
        "select state, count(*) from jobs group by state",
        "select * from jobs where state = 'waiting'",
    ],
)
def test_what_is_asked_often_has_an_index(queue, question):
    (step,) = queue.database.execute(f"explain query plan {question}").fetchall()
    assert "USING INDEX" in step["detail"] or "USING COVERING INDEX" in step["detail"]


def test_a_second_service_of_a_course_is_refused(tiny):
    folder = tiny.course.served
    folder.mkdir(parents=True)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / "lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(CourseError, match="Another service grades"):
            serve(tiny.course, Limits(), until_empty=True)
        assert not (folder / "queue.sqlite").exists()
        holder.communicate("end")
    assert serve(tiny.course, Limits(), until_empty=True) == 0


def test_windows_is_told_that_it_cannot_serve(tiny, monkeypatch):
    monkeypatch.delattr(os, "O_NOFOLLOW")
    with pytest.raises(CourseError, match="needs Linux or macOS"):
        serve(tiny.course, Limits(), until_empty=True)


def test_a_second_result_changes_nothing(queue):
    queue.add(arrival("ana"))
    name = queue.claim().name
    assert queue.finish(name, Outcome("ana", "hw", "graded", score=3))
    assert not queue.finish(name, Outcome("ana", "hw", "graded", score=5))
    assert queue.find(name).result.score == 3


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
    tiny.queue = Queue(tiny.classroom / "served" / "queue.sqlite")
    tiny.done, all_of_them = [], threading.Event()

    def report(job):
        tiny.done.append(job)
        if len(tiny.done) == 6:
            all_of_them.set()

    worker = QueueWorker(
        tiny.course, tiny.inbound, tiny.queue, Limits(), workers=2, report=report
    )
    worker.start()
    submit(tiny.inbound, "<late>", tiny.answered(), end="while_it_runs")
    assert all_of_them.wait(180), [job.student for job in tiny.done]
    worker.stop()
    yield tiny
    tiny.queue.close()


def job_of(tiny, student):
    (job,) = tiny.queue.newest(student)
    return job


def test_each_has_one_outcome(served):
    found = {job.student: (job.state, job.result) for job in served.queue.newest()}
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
    assert not [job for job in served.queue.newest() if job.state == WAITING]


def test_the_visible_tests_are_judged_without_the_hidden_ones(served):
    job = job_of(served, "bo")
    assert job.visible.cells["test_double"][1] == ""
    assert "double(0) gave 5" in job.result.cells["test_double"][1]


def test_a_student_sees_visible_tests_and_their_own_only(served):
    page = student_page(served.queue, "bo")
    assert "test_double" in page
    assert "2 of 2 tests passed" in " ".join(page.split())
    assert "submitted 2026-11-24 16:50:12 UTC" in page
    assert "gave 5" not in page
    assert "Hidden tests failed" not in page
    assert "ana" not in page
    named = student_page(served.queue, "bo", show_hidden=True)
    assert "Hidden tests failed in: test_double" in named
    assert "gave 5" not in named
    assert "Nothing has arrived from you yet" in student_page(served.queue, "zoe")


def test_the_class_page_has_everybody_and_no_markup_of_theirs(served):
    page = class_page(served.queue)
    assert "<late>" not in page
    assert "&lt;late&gt;" in page
    assert 'http-equiv="refresh"' in page
    assert 'http-equiv="refresh"' not in class_page(served.queue, still=True)
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

    def refuse(function, jobs, workers):
        assert list(jobs) == []
        return iter(())

    monkeypatch.setattr("autograder.grading.run.map_unordered", refuse)
    assert grade(tiny.course, "hw00_tiny", Limits(), workers=1) == 0
    outcome = Journal(tiny.classroom / "journal.jsonl").find("bo", "hw00_tiny")
    assert (outcome.status, outcome.score) == ("graded", 3)
    assert outcome.cells == job.result.cells
