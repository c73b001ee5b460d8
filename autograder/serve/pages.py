"""The service's pages: plain HTML, made on the server, nothing in them runs."""

import re
from collections import Counter
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from autograder.engine.limits import GRADED
from autograder.serve.queue import DONE, REFUSED, RUNNING, WAITING

# Seconds.
REFRESH = 3
# A page shows this many submissions, the newest.
MOST = 500


def student_page(jobs, student, show_hidden=False):
    """Returns what a student sees of their own submissions.

    Args:
        jobs: `autograder.serve.queue.Jobs`.
        student: String, the student's id.
        show_hidden: Whether to name the tests whose hidden part failed.

    Returns:
        String of HTML.
    """
    own = jobs.list(student)[:MOST]
    busy = any(job.state in (WAITING, RUNNING) for job in own)
    return _render(
        jobs,
        "student.html",
        jobs=own,
        student=student,
        show_hidden=show_hidden,
        refresh=REFRESH if busy else None,
    )


def class_page(jobs, still=False):
    """Returns what an instructor sees: the queue and the class.

    Args:
        jobs: `autograder.serve.queue.Jobs`.
        still: Whether the page shall not renew itself.

    Returns:
        String of HTML.
    """
    every = jobs.list()
    found = Counter(job.state for job in every)
    counts = {state: found[state] for state in (WAITING, RUNNING, DONE, REFUSED)}
    return _render(
        jobs,
        "class.html",
        jobs=every[:MOST],
        counts=counts,
        refresh=None if still else REFRESH,
    )


def _render(queue, name, **values):
    environment = Environment(
        loader=PackageLoader("autograder.serve"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(
        status=lambda job: status(job, queue.free_at, queue.now()),
        tone=tone,
        hidden_failures=hidden_failures,
        moment=moment,
    )
    return environment.get_template(name).render(**values)


def status(job, free_at, now):
    """Says in a word or two how far a job is.

    Args:
        job: `Job`.
        free_at: Function that says when a waiting job may run.
        now: Float, seconds since the epoch.

    Returns:
        String.
    """
    if job.state == WAITING:
        free = free_at(job)
        if free > now:
            return (
                f"held until {datetime.fromtimestamp(free):%H:%M}: too many in an hour"
            )
    if job.state == DONE and job.result.status != GRADED:
        return job.result.status.replace("_", " ")
    return "graded" if job.state == DONE else job.state


def tone(job):
    """Returns the style of a job's state."""
    if job.state == REFUSED:
        return "fault"
    if job.state != DONE:
        return ""
    if job.result.status != GRADED:
        return "fault"
    return "full" if job.result.score == job.result.max_score else "part"


def moment(stamp):
    """Returns a time as nbgrader writes it, without the fractions of a second."""
    return re.sub(r"\.\d+", "", stamp)


def hidden_failures(job):
    """Names the tests that pass as far as they are visible, and fail beyond."""
    seen = job.visible.cells
    return [
        name
        for name, (_, message) in job.result.cells.items()
        if message and not seen.get(name, [0, ""])[1]
    ]
