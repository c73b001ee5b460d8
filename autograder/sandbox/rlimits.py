"""Bounds how much a process may use, by rlimits."""

import contextlib
import os

import psutil

from autograder.sandbox.policy import NAMESPACES, Policy


def apply(policy: Policy, shared_user: bool) -> None:
    """Sets the bounds of this process and of what it starts.

    Args:
        policy: What the process may do.
        shared_user: Whether others run as the same user outside: the system counts
            their processes too.
    """
    import resource

    processes = policy["processes"]
    if shared_user and policy["level"] != NAMESPACES:
        processes += _count_threads(os.getuid())
    _bound(resource.RLIMIT_CORE, 0)
    _bound(resource.RLIMIT_NPROC, processes)
    _bound(resource.RLIMIT_NOFILE, policy["open_files"])
    _bound(resource.RLIMIT_FSIZE, policy["disk_bytes"])
    _bound(resource.RLIMIT_MSGQUEUE, 0)
    _bound(resource.RLIMIT_NICE, 0)
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        # Where memory runs out, the system kills this process first.
        file.write("1000")


def _bound(which: int, value: int) -> None:
    import resource

    _, hard = resource.getrlimit(which)
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _count_threads(uid: int) -> int:
    count = 0
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.uids().real == uid:
                count += process.num_threads()
    return count
