"""Runs the service: grades on submit, and answers at the hub if it is the hub's."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from autograder.course import Course, CourseError
from autograder.limits import Limits
from autograder.serve.queue import Job, Queue
from autograder.serve.worker import QueueWorker


def serve(
    course: Course,
    limits: Limits,
    workers: int | None = None,
    per_hour: int = 6,
    check_owner: bool = False,
    show_hidden: bool = False,
    until_empty: bool = False,
) -> int:
    """Grades what arrives in the course's exchange until it is told to stop.

    Args:
        course: The course, built.
        limits: What a notebook may use.
        workers: Submissions at a time. Without it, the cores at hand.
        per_hour: Submissions of an assignment that are graded for a student in an
            hour.
        check_owner: Whether a submission must belong to the system user it names.
        show_hidden: Whether students see the names of hidden tests that failed.
        until_empty: Whether to end when nothing is left to grade.

    Returns:
        The exit status.

    Raises:
        CourseError: If another service grades this course already, or the system
            cannot keep students' links from being followed, as Windows cannot.
    """
    if not hasattr(os, "O_NOFOLLOW"):
        raise CourseError("`autograder serve` needs Linux or macOS")
    inbound = _inbound(course)
    folder = course.served
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(folder / "lock").acquire(timeout=0)
    except Timeout:
        raise CourseError(f"Another service grades {course.root} already") from None
    with lock:
        queue = Queue(folder / "queue.sqlite", per_hour)
        worker = QueueWorker(
            course, inbound, queue, limits, workers, check_owner, _report
        )
        worker.scan()
        worker.start()
        try:
            asyncio.run(_until_stopped(queue, show_hidden, until_empty))
        finally:
            worker.stop()
            queue.close()
    return 0


def _inbound(course: Course) -> Path:
    config: Any = course.config
    exchange = os.environ.get("LAYERWISE_EXCHANGE") or config.Exchange.root
    return Path(exchange) / config.CourseDirectory.course_id / "inbound"


async def _until_stopped(queue: Queue, show_hidden: bool, until_empty: bool) -> None:
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    if "JUPYTERHUB_SERVICE_PREFIX" in os.environ:
        from autograder.serve.app import listen

        print(f"Grading on submit at {listen(queue, show_hidden)}", flush=True)
    else:
        print("Grading on submit; no hub asked for pages", flush=True)
    while not stopped.is_set():
        if until_empty and queue.is_empty():
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), 0.5)


def _report(job: Job) -> None:
    outcome = job.result
    assert outcome is not None
    print(
        f"{job.student:16} {job.assignment:16} {outcome.status:10} "
        f"{outcome.score:g}/{outcome.max_score:g}  {outcome.seconds:.1f} s",
        flush=True,
    )
