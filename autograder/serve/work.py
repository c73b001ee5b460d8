"""Grades what is in the queue, for as long as the service runs."""

import sqlite3
import tempfile
import threading
import traceback
from dataclasses import replace
from pathlib import Path

import nbformat

from autograder.assigned import load_current
from autograder.course import CourseError
from autograder.execute import execute
from autograder.grade import judge
from autograder.journal import key_of
from autograder.outcome_folder import write_outcome
from autograder.pool import count_cores, map_unordered
from autograder.restore import restore
from autograder.serve.inbox import find_arrivals, is_owner, is_user
from autograder.serve.take import take
from autograder.submission import (
    MISSING,
    UNREADABLE,
    Submission,
    read_files,
    read_notebook,
    read_one,
)

# How often the exchange is looked at. Seconds.
POLL = 1.0


class Grader:
    """Watches an exchange and grades what arrives, a bounded number at a time.

    Each submission runs twice: with the visible tests, whose messages the student
    reads, and with all of them. The second is left where `autograder grade` takes it
    when it finds the same submission collected.

    Args:
        course: `Course`, built.
        inbound: Path, the exchange's folder of submissions.
        jobs: `autograder.serve.jobs.Jobs`.
        limits: `Limits`.
        workers: Integer, submissions at a time. Without it, the cores at hand.
        check_owner: Whether a submission must belong to the system user it names.
        report: Function of a `Job`, called when one is done.
    """

    def __init__(
        self,
        course,
        inbound,
        jobs,
        limits,
        workers=None,
        check_owner=False,
        report=lambda job: None,
    ):
        self.course, self.inbound, self.jobs = course, inbound, jobs
        self.workers = workers or count_cores()
        self.limits = replace(limits, threads=max(1, count_cores() // self.workers))
        self.check_owner, self.report = check_owner, report
        self.results = course.served / "results"
        self.stopped, self.arrived = threading.Event(), threading.Condition()
        self.threads = []

    def start(self):
        """Starts to watch and to grade, in threads of this process."""
        tasks = [self._watch, *[self._work] * self.workers]
        self.threads = [threading.Thread(target=task, daemon=True) for task in tasks]
        for thread in self.threads:
            thread.start()

    def stop(self):
        """Ends after the submissions that run now."""
        self.stopped.set()
        with self.arrived:
            self.arrived.notify_all()
        for thread in self.threads:
            thread.join()

    def scan(self):
        """Looks at the exchange once.

        Returns:
            Integer, how many submissions are new.
        """
        new = 0
        for arrival in find_arrivals(self.inbound, self.jobs.names()):
            new += self.jobs.add(arrival, self._objection(arrival))
        if new:
            with self.arrived:
                self.arrived.notify_all()
        return new

    def _objection(self, arrival):
        if arrival.assignment not in self.course.assignments():
            return f"there is no assignment {arrival.assignment}"
        if self.check_owner and not is_owner(arrival):
            return f"the folder does not belong to {arrival.student}"
        return ""

    def _watch(self):
        while not self.stopped.wait(POLL):
            # A full disk, say: it may not be full at the next look.
            try:
                self.scan()
            except (OSError, sqlite3.Error):
                traceback.print_exc()

    def _work(self):
        while not self.stopped.is_set():
            runs = map_unordered(execute, self._runs(), 1)
            # One submission that cannot be dealt with is begun again with the service;
            # meanwhile the others are graded.
            try:
                for (job, assigned, submission, notes, last), execution, error in runs:
                    execution = error or execution
                    self._take(job, assigned, submission, execution, notes, last)
            except Exception:
                traceback.print_exc()
                self.stopped.wait(POLL)

    def _runs(self):
        """Yields two runs for each submission, waiting while there is none."""
        while not self.stopped.is_set():
            job = self.jobs.claim()
            if job is None:
                with self.arrived:
                    self.arrived.wait(POLL)
                continue
            try:
                assigned = load_current(self.course, job.assignment)
            except CourseError:
                # It is being built anew just now.
                self.jobs.put_back(job.name)
                self.stopped.wait(POLL)
                continue
            submission, prepared = self.read(job), []
            if not submission.outcome:
                submission, prepared = _prepare(submission, assigned)
            if submission.outcome:
                self._take(job, assigned, submission, None, [], False)
                self._take(job, assigned, submission, None, [], True)
                continue
            for content, notes in prepared:
                yield (
                    (job, assigned, submission, notes, content is prepared[-1][0]),
                    (
                        content,
                        self.limits,
                        submission.files,
                        assigned.students,
                        assigned.files,
                    ),
                )

    def _take(self, job, assigned, submission, execution, notes, last):
        key = key_of(submission, assigned, self.limits) if last else ""
        outcome, document = judge(submission, assigned, execution, notes, key)
        if not last:
            self.jobs.save_visible(job.name, outcome)
            return
        content = nbformat.writes(document).encode("utf-8")
        folder = self.results / job.student / job.assignment
        write_outcome(folder, outcome, content)
        if self.jobs.finish(job.name, outcome):
            self.report(self.jobs.find(job.name))

    def read(self, job):
        """Reads a job's submission from the exchange.

        Returns:
            `Submission`. It never raises for what a student did.
        """
        folder, name = self.inbound / job.name, f"{job.assignment}.ipynb"

        def is_welcome(uid):
            return not self.check_owner or is_user(uid, job.student)

        with tempfile.TemporaryDirectory() as place:
            path = Path(place, "taken", name)
            try:
                left_out = take(folder, path.parent, is_welcome)
            except OSError as error:
                left_out = [str(error)]
            if path.is_file():
                files = read_files(path.parent, path)
                found = read_one(path, job.student, job.assignment, files)
                return replace(found, folder=folder)
        reason = "; ".join([f"{name} is not in what was handed in", *left_out[:3]])
        return Submission(
            job.student, job.assignment, None, MISSING, reason, folder=folder
        )


def _prepare(submission, assigned):
    """Puts the tests back into a notebook: the visible ones, then all.

    Returns:
        The submission, unreadable if that failed; and a list of pairs, a notebook's
        bytes and notes.
    """
    prepared = []
    try:
        for form in (assigned.released, assigned.full):
            document = read_notebook(submission.notebook)
            notes = restore(document, form, assigned.released)
            prepared.append((nbformat.writes(document).encode("utf-8"), notes))
    except Exception as error:
        # Metadata can be anything, and is the student's.
        traceback.print_exc()
        reason = f"its cells' metadata are not nbgrader's: {error}"
        return replace(submission, outcome=UNREADABLE, reason=reason), []
    return submission, prepared
