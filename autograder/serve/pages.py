"""The service's pages: plain HTML, made on the server, nothing in them runs."""

import functools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.limits import GRADED
from autograder.serve.queue import DONE, REFUSED, WAITING, Job, Queue

# Seconds.
REFRESH = 3
# A page shows this many submissions, the newest.
MOST = 500


def student_page(queue: Queue, student: str, show_hidden: bool = False) -> str:
    """Returns what a student sees of their own submissions, as HTML.

    Args:
        queue: The service's queue.
        student: The student's id.
        show_hidden: Whether to name the tests whose hidden part failed.
    """
    jobs = queue.newest(student, MOST)
    missed = {job.name: hidden_failures(job) for job in jobs if job.result}
    answered = queue.is_answered(student)
    if show_hidden:
        answered = queue.is_empty(student)
    return _render(
        queue,
        "student.html",
        jobs=list(map(as_student, jobs)),
        student=student,
        missed=missed if show_hidden else {},
        refresh=None if answered else REFRESH,
    )


def as_student(job: Job) -> Job:
    """Returns what a student may see of a job: as if no hidden tests were to run.

    Neither state, colour and status nor the time until the page stands still depend on
    the run with all tests, which would answer a question about hidden inputs for each
    submission.
    """
    if job.state == REFUSED:
        return job
    if job.visible is None:
        return replace(job, result=None, finished=None)
    return replace(job, state=DONE, result=job.visible, finished=None)


def class_page(queue: Queue, still: bool = False) -> str:
    """Returns what an instructor sees, the queue and the class, as HTML.

    Args:
        queue: The service's queue.
        still: Whether the page shall not renew itself.
    """
    return _render(
        queue,
        "class.html",
        jobs=queue.newest(most=MOST),
        counts=queue.counts(),
        refresh=None if still else REFRESH,
    )


@functools.cache
def _environment() -> Environment:
    """Makes the environment once: it keeps the compiled templates."""
    environment = Environment(
        loader=PackageLoader("autograder.serve"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(tone=tone, moment=moment)
    return environment


def _render(queue: Queue, name: str, **values: Any) -> str:
    def status_of(job: Job) -> str:
        return status(job, queue.free_at, queue.now())

    return _environment().get_template(name).render(status_of=status_of, **values)


def status(job: Job, free_at: Callable[[Job], float], now: float) -> str:
    """Returns in a word or two how far a job is.

    Args:
        job: A job of the queue.
        free_at: Returns when a waiting job may run, seconds since the epoch.
        now: Seconds since the epoch.
    """
    if job.state == WAITING and job.visible is None:
        free = free_at(job)
        if free > now:
            return (
                f"held until {datetime.fromtimestamp(free):%H:%M}: too many in an hour"
            )
    if job.result is None or job.result.status == GRADED:
        return GRADED if job.state == DONE else job.state
    return job.result.status.replace("_", " ")


def tone(job: Job) -> str:
    """Returns the style of a job's state."""
    if job.state == REFUSED:
        return "fault"
    if job.result is None:
        return ""
    if job.result.status != GRADED:
        return "fault"
    return "full" if job.result.score == job.result.max_score else "part"


def moment(stamp: str) -> str:
    """Returns a time as nbgrader writes it, without the fractions of a second."""
    return re.sub(r"\.\d+", "", stamp)


def hidden_failures(job: Job) -> list[str]:
    """Returns the tests that pass as far as they are visible, and fail beyond."""
    if job.visible is None or job.result is None:
        return []
    seen = job.visible.cells
    return [
        name
        for name, (_, message) in job.result.cells.items()
        if message and not seen.get(name, [0, ""])[1]
    ]
