"""Runs the service: grades on submit, and answers at the hub if it is the hub's."""

import asyncio
import contextlib
import fcntl
import os
import signal
from pathlib import Path

from autograder.course import CourseError
from autograder.serve.queue import RUNNING, WAITING, Jobs
from autograder.serve.worker import Grader


def serve(
    course,
    limits,
    workers=None,
    per_hour=6,
    check_owner=False,
    show_hidden=False,
    until_empty=False,
):
    """Grades what arrives in the course's exchange until it is told to stop.

    Args:
        course: `Course`, built.
        limits: `Limits`.
        workers: Integer, submissions at a time. Without it, the cores at hand.
        per_hour: Integer, submissions of an assignment that are graded for a student
            in an hour.
        check_owner: Whether a submission must belong to the system user it names.
        show_hidden: Whether students see the names of hidden tests that failed.
        until_empty: Whether to end when nothing is left to grade.

    Returns:
        Integer, the exit status.

    Raises:
        CourseError: If another service grades this course already.
    """
    inbound = _inbound(course)
    folder = course.served
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CourseError(f"Another service grades {course.root} already") from None
        jobs = Jobs(folder / "queue.sqlite", per_hour)
        grader = Grader(course, inbound, jobs, limits, workers, check_owner, _report)
        grader.scan()
        grader.start()
        try:
            asyncio.run(_until_stopped(jobs, show_hidden, until_empty))
        finally:
            grader.stop()
            jobs.close()
    return 0


def _inbound(course):
    exchange = os.environ.get("LAYERWISE_EXCHANGE") or course.config.Exchange.root
    return Path(exchange) / course.config.CourseDirectory.course_id / "inbound"


async def _until_stopped(jobs, show_hidden, until_empty):
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
        from autograder.serve.app import listen

        print(f"Grading on submit at {listen(jobs, show_hidden)}", flush=True)
    else:
        print("Grading on submit; no hub asked for pages", flush=True)
    while not stopped.is_set():
        if until_empty and not any(
            job.state in (WAITING, RUNNING) for job in jobs.list()
        ):
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), 0.5)


def _report(job):
    outcome = job.result
    print(
        f"{job.student:16} {job.assignment:16} {outcome.status:10} "
        f"{outcome.score:g}/{outcome.max_score:g}  {outcome.seconds:.1f} s",
        flush=True,
    )
