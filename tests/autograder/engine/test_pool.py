"""Jobs in worker processes, some of which die."""

import os
import signal
import subprocess
import sys
import time

import pytest

from autograder.engine.pool import MEMORY, count_cores, map_unordered
from autograder.processes import lift_memory_bound


def double(value, seconds=0.0):
    time.sleep(seconds)
    if value < 0:
        raise ValueError(f"negative: {value}")
    return 2 * value


def die(value, seconds=0.0):
    if value == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return double(value, seconds)


def jobs(values, seconds=0.0):
    return ((f"job {value}", (value, seconds)) for value in values)


def test_every_job_comes_back_once_with_its_result_or_error():
    found = {
        key: (result, str(error) if error else None)
        for key, result, error in map_unordered(double, jobs([1, -2, 3]), 2)
    }
    assert found == {
        "job 1": (2, None),
        "job -2": (None, "negative: -2"),
        "job 3": (6, None),
    }


def test_jobs_are_read_only_as_fast_as_they_finish():
    read = []

    def watched():
        for key, arguments in jobs(range(6)):
            read.append(key)
            yield key, arguments

    results = map_unordered(double, watched(), 2)
    next(results)
    assert len(read) == 2
    assert len(list(results)) == 5
    assert list(map_unordered(double, iter(()), 2)) == []


def test_a_worker_that_is_killed_takes_only_its_own_job():
    found = list(map_unordered(die, jobs(range(1, 7), seconds=0.2), 2))
    assert sorted(key for key, _, _ in found) == [f"job {n}" for n in range(1, 7)]
    errors = {key: error for key, _, error in found if error}
    assert set(errors) == {"job 3"}
    assert "terminated abruptly" in str(errors["job 3"])


def test_a_worker_may_die_while_a_result_is_being_written():
    found = []
    for key, result, error in map_unordered(die, jobs([1, 3, 4, 5]), 1):
        found.append((key, result, error is not None))
        time.sleep(0.3)
    assert found == [
        ("job 1", 2, False),
        ("job 3", None, True),
        ("job 4", 8, False),
        ("job 5", 10, False),
    ]


def test_cores_are_those_that_this_process_may_use():
    assert 1 <= count_cores() <= (os.cpu_count() or 1)
    if sys.platform == "linux":
        assert count_cores() == len(os.sched_getaffinity(0))


def memory_of_a_child(lift):
    """Returns what a process that a worker starts may take, as its shell says."""
    with subprocess.Popen(
        ["sh", "-c", "read line; ulimit -d"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        if lift:
            lift_memory_bound(child.pid)
        return child.communicate("go\n")[0].strip()


@pytest.mark.skipif(sys.platform != "linux", reason="bounds are Linux's")
def test_a_kernel_that_a_worker_starts_has_no_bound_of_the_worker_s():
    jobs = [(lift, (lift,)) for lift in (False, True)]
    found = {key: told for key, told, _ in map_unordered(memory_of_a_child, jobs, 1)}
    assert found == {False: str(MEMORY // 1024), True: "unlimited"}
