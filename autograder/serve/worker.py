"""Grades what is in the queue, for as long as the service runs."""

import sqlite3
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from autograder.cells import to_bytes
from autograder.course import Course, CourseError
from autograder.engine.pool import map_unordered, share_cores
from autograder.grading.assignment import load_current
from autograder.grading.judge import judge
from autograder.grading.outcome import key_of
from autograder.grading.outcome_folder import write_outcome
from autograder.grading.run import Ran, Task, run
from autograder.grading.submission import MISSING, Submission, read_files, read_one
from autograder.limits import Limits
from autograder.serve.inbox import Arrival, find_arrivals, is_owner, is_user
from autograder.serve.queue import Job, Queue
from autograder.serve.safe_copy import take

# How often the exchange is looked at. Seconds.
POLL = 1.0


class QueueWorker:
    """Watches an exchange and grades what arrives, a bounded number at a time.

    Each submission runs twice: with the visible tests, whose messages the student
    reads, and with all of them. The second is left where `autograder grade` takes it
    when it finds the same submission collected. One process does nothing but the first
    runs: how long a second one takes shows in no student's waiting.

    Args:
        course: The course, built.
        inbound: The exchange's folder of submissions.
        queue: The service's queue.
        limits: What a notebook may use.
        workers: Submissions at a time. Without it, the cores at hand.
        check_owner: Whether a submission must belong to the system user it names.
        report: Called with each job that is done.
    """

    def __init__(
        self,
        course: Course,
        inbound: Path,
        queue: Queue,
        limits: Limits,
        workers: int | None = None,
        check_owner: bool = False,
        report: Callable[[Job], None] = lambda job: None,
    ) -> None:
        self.course, self.inbound, self.queue = course, inbound, queue
        self.workers, self.limits = share_cores(limits, workers)
        self.check_owner, self.report = check_owner, report
        self.results = course.served / "results"
        self.stopped, self.arrived = threading.Event(), threading.Condition()
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        """Starts to watch and to grade, in threads of this process."""
        self.threads = [threading.Thread(target=self._watch, daemon=True)]
        for number in range(max(2, self.workers)):
            only_new = number == 0
            self.threads.append(
                threading.Thread(target=self._work, args=[only_new], daemon=True)
            )
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        """Ends after the submissions that run now."""
        self.stopped.set()
        with self.arrived:
            self.arrived.notify_all()
        for thread in self.threads:
            thread.join()

    def scan(self) -> int:
        """Looks at the exchange once; returns how many submissions are new."""
        new = 0
        for arrival in find_arrivals(self.inbound, self.queue.names()):
            new += self.queue.add(arrival, self._objection(arrival))
        if new:
            with self.arrived:
                self.arrived.notify_all()
        return new

    def _objection(self, arrival: Arrival) -> str:
        if arrival.assignment not in self.course.assignments():
            return f"there is no assignment {arrival.assignment}"
        if len(self.course.notebooks_of(arrival.assignment)) > 1:
            return "it has several notebooks, and is graded with the class"
        if self.check_owner and not is_owner(arrival):
            return f"the folder does not belong to {arrival.student}"
        return ""

    def _watch(self) -> None:
        while not self.stopped.wait(POLL):
            # The next look may succeed: a full disk, say, may have room by then.
            try:
                self.scan()
            except (OSError, sqlite3.Error):
                traceback.print_exc()

    def _work(self, only_new: bool = False) -> None:
        while not self.stopped.is_set():
            runs = map_unordered(run, self._runs(only_new), 1)
            # The submission that raised this stays in the queue and runs again when
            # the service starts again; the others go on.
            try:
                for (job, task, last), ran, error in runs:
                    result = error or ran
                    assert result is not None
                    self._take(job, task, result, last)
            except Exception:
                traceback.print_exc()
                self.stopped.wait(POLL)

    def _runs(
        self, only_new: bool
    ) -> Iterator[tuple[tuple[Job, Task, bool], tuple[Task]]]:
        """Yields the next run of a submission, waiting while there is none."""
        while not self.stopped.is_set():
            job = self.queue.claim(only_new)
            if job is None:
                with self.arrived:
                    self.arrived.wait(POLL)
                continue
            try:
                assigned = load_current(self.course, job.assignment)
            except CourseError:
                # It is being built anew just now.
                self.queue.put_back(job.name)
                self.stopped.wait(POLL)
                continue
            submission = self.read(job)
            # First the visible tests, whose messages the student reads; then all.
            last = job.visible is not None
            task = Task(
                submission,
                assigned,
                self.limits,
                tests=assigned.full if last else assigned.released,
                key=key_of(submission, assigned, self.limits),
            )
            yield (job, task, last), (task,)

    def _take(self, job: Job, task: Task, ran: Ran | Exception, last: bool) -> None:
        outcome, document = judge(task, ran)
        # Where nothing ran, nothing more will.
        last = last or (isinstance(ran, Ran) and ran.execution is None)
        if not last:
            self.queue.save_visible(job.name, outcome)
            with self.arrived:
                self.arrived.notify_all()
            return
        folder = self.results / job.student / job.assignment
        write_outcome(folder, outcome, to_bytes(document))
        if self.queue.finish(job.name, outcome):
            done = self.queue.find(job.name)
            assert done is not None
            self.report(done)

    def read(self, job: Job) -> Submission:
        """Reads a job's submission from the exchange.

        What a student did to it becomes the submission's status, never an exception.
        """
        folder, name = self.inbound / job.name, f"{job.assignment}.ipynb"

        def is_welcome(uid: int) -> bool:
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
