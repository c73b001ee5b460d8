"""What processes have taken, and who their children are."""

import contextlib
import os
import sys

import psutil


def cpu_of_tree(pid: int) -> float:
    """Adds up the CPU time of a process and of all that it started.

    A process counts what its children had used when it waited for them. The
    time of children is lost where a process ignores SIGCHLD and does not wait: the
    limit on wall time is behind this one.

    Args:
        pid: The process; it need not be there any more.

    Returns:
        Seconds, of user and of system.
    """
    if sys.platform != "linux":
        return _cpu_of_tree_elsewhere(pid)
    total = 0.0
    # Later fields follow a name in parentheses, which may hold anything.
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
        fields = file.read().rpartition(b")")[2].split()
        total = sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    # A child that ends between the two reads is missed once, never counted twice.
    return total + sum(map(cpu_of_tree, children_of(pid)))


def _cpu_of_tree_elsewhere(pid: int) -> float:
    total = 0.0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for member in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                times = member.cpu_times()
                total += times.user + times.system
    return total


def memory_of_children(pid: int, but: int | None = None) -> int:
    """Adds up what the descendants of a process have for themselves alone.

    What they share with it, as forks do, is counted there.

    Args:
        pid: The process; it need not be there any more.
        but: A child that is left out, with its descendants.

    Returns:
        Bytes.
    """
    children = (child for child in children_of(pid) if child != but)
    return sum(_own(child) + memory_of_children(child) for child in children)


def children_of(pid: int) -> list[int]:
    """Returns the ids of the processes that a process has started and that run."""
    children: list[int] = []
    # A process that ends in between has none.
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{pid}/task/{thread}/children") as file,
            ):
                children.extend(map(int, file.read().split()))
    return children


def _own(pid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(
            1024 * int(line.split()[1])
            for line in file
            if line.startswith(("Private_", "SwapPss"))
        )
    return 0
