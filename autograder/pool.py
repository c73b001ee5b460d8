"""Maps a function over jobs in worker processes, a bounded number in flight."""

import multiprocessing
import os
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool


def count_cores():
    """Returns the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def map_unordered(function, jobs, workers):
    """Calls a function for each job, and yields results as they come.

    Args:
        function: Importable function of one job's arguments.
        jobs: Iterable of `(key, arguments)`; it is read only as fast as jobs finish.
        workers: Integer, processes.

    Yields:
        `(key, result, error)`: one of the two last is `None`. A worker process that
        dies takes the jobs in flight with it; they come back with that error, and the
        others go on in new processes.
    """
    jobs = iter(jobs)
    pending = {}
    # Not fork: the workers shall start without this process's threads and locks.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context)
    try:
        while True:
            while len(pending) < workers:
                job = next(jobs, None)
                if job is None:
                    break
                key, arguments = job
                pending[pool.submit(function, *arguments)] = key
            if not pending:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            broken = False
            for future in done:
                key, error = pending.pop(future), future.exception()
                broken = broken or isinstance(error, BrokenProcessPool)
                yield key, None if error else future.result(), error
            if broken:
                for future, key in pending.items():
                    yield key, None, future.exception()
                pending = {}
                pool.shutdown(wait=False)
                pool = ProcessPoolExecutor(workers, mp_context=context)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
