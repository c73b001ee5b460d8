"""Maps a function over jobs in worker processes, a bounded number in flight."""

import multiprocessing
import multiprocessing.connection
import os
import threading
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

from autograder.engine.limits import Limits


def count_cores():
    """Returns the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def share_cores(limits: Limits, workers: int | None = None) -> tuple[int, Limits]:
    """Divides the cores among workers.

    Args:
        limits: `Limits`.
        workers: Processes. Without it, one for each core.

    Returns:
        The number of workers, and the limits with each worker's threads.
    """
    workers = workers or count_cores()
    return workers, replace(limits, threads=max(1, count_cores() // workers))


def map_unordered(function, jobs, workers):
    """Calls a function for each job, and yields results as they come.

    Args:
        function: Importable function of one job's arguments.
        jobs: Iterable of `(key, arguments)`; it is read only as fast as jobs finish.
        workers: Integer, processes.

    Yields:
        `(key, result, error)`: one of the two last is `None`. A worker process that
        dies breaks the jobs in flight; each of them is tried once more in a process of
        its own, so that only the one that kills it comes back with that error.
    """
    jobs = iter(jobs)
    pending, broken = {}, []
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
                    # It died while its results were being written.
                    broken.append(job)
            if not pending and not broken:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                (key, arguments), error = pending.pop(future), future.exception()
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


def _new_pool(workers):
    # Not fork: the workers shall start without this process's threads and locks.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(
        workers, mp_context=context, initializer=_follow_the_parent
    )


def _follow_the_parent():
    """Ends this worker when its parent ends, killed or not: nobody else would."""
    parent = multiprocessing.parent_process()

    def follow():
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _run_alone(function, arguments):
    with _new_pool(1) as pool:
        future = pool.submit(function, *arguments)
        error = future.exception()
        return None if error else future.result(), error
