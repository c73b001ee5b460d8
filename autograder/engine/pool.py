"""Maps a function over jobs in worker processes, a bounded number in flight."""

import multiprocessing
import multiprocessing.connection
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import Any, TypeVar, cast

from autograder.limits import Limits

# What a worker may take. It holds notebooks and outputs, and none of a kernel's data.
MEMORY = 2_000_000_000

Key = TypeVar("Key")
Result = TypeVar("Result")


def count_cores() -> int:
    """Returns the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share_cores(limits: Limits, workers: int | None = None) -> tuple[int, Limits]:
    """Divides the cores among workers.

    Args:
        limits: What one notebook may use.
        workers: How many processes. Without it, one for each core.

    Returns:
        The number of workers, and the limits with each worker's threads.
    """
    workers = workers or count_cores()
    return workers, replace(limits, threads=max(1, count_cores() // workers))


def map_unordered(
    function: Callable[..., Result],
    jobs: Iterable[tuple[Key, tuple]],
    workers: int,
) -> Iterator[tuple[Key, Result | None, Exception | None]]:
    """Calls a function for each job, and yields results as they come.

    Args:
        function: It must be importable.
        jobs: Keys and the function's arguments, read only as fast as jobs finish.
        workers: How many processes.

    Yields:
        Key, result and error: one of the two last is `None`. A worker process that
        dies breaks the jobs in flight; each of them is tried once more in a process of
        its own, so that only the one that kills it comes back with that error.
    """
    jobs = iter(jobs)
    pending: dict[Future[Result], tuple[Key, tuple]] = {}
    broken: list[tuple[Key, tuple]] = []
    pool = _new_pool(workers)
    try:
        while True:
            while len(pending) < workers and not broken:
                job = next(jobs, None)
                if job is None:
                    break
                try:
                    pending[pool.submit(function, *job[1])] = job
                except BrokenProcessPool:
                    # A worker died while results were being written.
                    broken.append(job)
            if not pending and not broken:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                (key, arguments), error = pending.pop(future), _error_of(future)
                if isinstance(error, BrokenProcessPool):
                    broken.append((key, arguments))
                else:
                    yield key, None if error else future.result(), error
            if broken and not pending:
                pool.shutdown(wait=False)
                for key, arguments in broken:
                    yield key, *_run_alone(function, arguments)
                broken, pool = [], _new_pool(workers)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _new_pool(workers: int) -> ProcessPoolExecutor:
    # Not fork: the workers shall start without this process's threads and locks.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(
        workers, mp_context=context, initializer=_follow_the_parent
    )


def _follow_the_parent() -> None:
    """Ends this worker when its parent ends: nothing else ends it if that is killed."""

    def follow() -> None:
        parent = multiprocessing.parent_process()
        assert parent is not None
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
    _bound_memory()


def _bound_memory() -> None:
    """Bounds this worker, behind the watch on what a kernel sends to it.

    Where it ends a worker, it ends one submission: others in flight are tried again.
    """
    if sys.platform == "linux":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_DATA)
        bound = MEMORY if most == resource.RLIM_INFINITY else min(MEMORY, most)
        resource.setrlimit(resource.RLIMIT_DATA, (bound, most))


def _run_alone(
    function: Callable[..., Any], arguments: tuple
) -> tuple[Any, Exception | None]:
    with _new_pool(1) as pool:
        future = pool.submit(function, *arguments)
        error = _error_of(future)
        return None if error else future.result(), error


def _error_of(future: Future) -> Exception | None:
    # What a job raises is typed as BaseException; callers only ever show it.
    return cast(Exception | None, future.exception())
