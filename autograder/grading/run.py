"""Runs submissions in worker processes, from a student's bytes to an executed notebook.

Nothing that a student wrote is parsed by the process that writes grades: a worker reads
the notebook, puts the course's cells back and executes it. What ends a worker costs its
submission and no other.
"""

import contextlib
import signal
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from nbformat import NotebookNode

from autograder.engine.execute import execute
from autograder.engine.pool import map_unordered
from autograder.grading.assignment import Assigned
from autograder.grading.notebook_file import UnreadableError
from autograder.grading.prepare import prepare
from autograder.grading.submission import Submission
from autograder.limits import Execution, Limits

# CPU time that reading a notebook and putting cells back may take. Seconds.
READING = 30


@dataclass(frozen=True)
class Task:
    """A submission to run.

    Attributes:
        submission: What was handed in.
        assigned: The assignment.
        limits: What it may use.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.
        tests: The notebook whose tests are put back. Without it, all of them.
        key: The hash of what the outcome depends on; empty where none is kept.
    """

    submission: Submission
    assigned: Assigned
    limits: Limits
    plain: bool = False
    tests: NotebookNode | None = None
    key: str = ""


@dataclass(frozen=True)
class Ran:
    """What came of running a submission.

    Attributes:
        status: `"missing"` or `"unreadable"`, or empty where it ran.
        reason: Why there was nothing to run, for the student.
        notes: What was put back, as a sentence.
        execution: What came of it; `None` if there was nothing to run.
    """

    status: str = ""
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    execution: Execution | None = None


def run(task: Task) -> Ran:
    """Runs a submission in this process."""
    with _cpu_limit(READING):
        prepared = prepare(
            task.submission, task.assigned, task.limits, task.plain, task.tests
        )
    found = prepared.submission
    execution = None
    if prepared.arguments is not None:
        execution = execute(*prepared.arguments)
    return Ran(found.status, found.reason, prepared.notes, execution)


def run_all(
    tasks: Iterable[Task], workers: int
) -> Iterator[tuple[Task, Ran | Exception]]:
    """Runs submissions side by side, as fast as the workers take them.

    Args:
        tasks: Read one by one, when a worker is free.
        workers: How many processes.

    Yields:
        A task with what came of it, or the exception that ended its process.
    """
    jobs = ((task, (task,)) for task in tasks)
    for task, ran, error in map_unordered(run, jobs, workers):
        result = error or ran
        assert result is not None
        yield task, result


@contextlib.contextmanager
def _cpu_limit(seconds: int) -> Iterator[None]:
    """Raises `UnreadableError` in the middle of what takes too much CPU time."""
    # Windows has no such timer, and only a process's first thread gets signals.
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def stop(*_: object) -> None:
        raise UnreadableError(
            f"takes more than {seconds} s to read. Delete the cells that are not part "
            "of your work, save and hand in again"
        )

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
