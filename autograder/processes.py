"""What processes have taken, and who their children are."""

import contextlib
import os
import sys
from collections.abc import Collection, Iterable

import psutil

if sys.platform == "linux":
    TICKS = os.sysconf("SC_CLK_TCK")


def tree_of(pid: int) -> list[int]:
    """Returns a process and all that it started and that run, parents first.

    Args:
        pid: The process; it need not be there any more.
    """
    if sys.platform != "linux":
        with contextlib.suppress(psutil.Error):
            children = psutil.Process(pid).children(recursive=True)
            return [pid, *(child.pid for child in children)]
        return [pid]
    tree, at = [pid], 0
    while at < len(tree):
        tree.extend(children_of(tree[at]))
        at += 1
    return tree


def cpu_of(pids: Iterable[int]) -> dict[int, float]:
    """Returns the CPU time of processes, by their ids.

    A process counts what its children had used when it waited for them. The
    time of children is lost where a process ignores SIGCHLD and does not wait: the
    limit on wall time is behind this one.

    Args:
        pids: Parents before their children, as of `tree_of`: a child that ends in
            between is missed once, never counted twice.

    Returns:
        Seconds, of user and of system, of those that are there.
    """
    if sys.platform != "linux":
        return _cpu_elsewhere(pids)
    found: dict[int, float] = {}
    for pid in pids:
        # Later fields follow a name in parentheses, which may hold anything.
        with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
            found[pid] = sum(map(int, fields[11:15])) / TICKS
    return found


def _cpu_elsewhere(pids: Iterable[int]) -> dict[int, float]:
    found: dict[int, float] = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            times = psutil.Process(pid).cpu_times()
            found[pid] = times.user + times.system
    return found


def cpu_of_tree(pid: int) -> float:
    """Adds up the CPU time of a process and of all that it started."""
    return sum(cpu_of(tree_of(pid)).values())


def memory_of(pids: Collection[int], most: float) -> float:
    """Adds up what processes have for themselves alone.

    What they share with others, as forks do, is not counted. That takes long to find
    out, and is looked at only where all that they can see would be too much.

    Args:
        pids: The processes; they need not be there any more.
        most: What would be too much.

    Returns:
        Bytes, or a number not above `most` if it cannot be more.
    """
    seen = sum(map(_resident, pids))
    return seen if seen <= most else sum(map(_own, pids))


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError), open(f"/proc/{pid}/status", "rb") as file:
        return sum(
            1024 * int(line.split()[1])
            for line in file
            if line.startswith((b"VmRSS:", b"VmSwap:"))
        )
    return 0


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


def threads_of(pids: Iterable[int]) -> dict[int, str]:
    """Returns the state of processes' threads by their ids: `"R"` has work to do."""
    states: dict[int, str] = {}
    for pid in pids:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                with (
                    contextlib.suppress(OSError),
                    open(f"/proc/{pid}/task/{thread}/stat", "rb") as file,
                ):
                    state = file.read().rpartition(b")")[2].split()[0]
                    states[int(thread)] = state.decode()
    return states


def sockets_of(pids: Iterable[int]) -> int:
    """Returns how many sockets processes have open, each counted once."""
    found = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            for number in os.listdir(f"/proc/{pid}/fd"):
                with contextlib.suppress(OSError):
                    target = os.readlink(f"/proc/{pid}/fd/{number}")
                    if target.startswith("socket:"):
                        found.add(target)
    return len(found)


def sockets_of_network(pid: int) -> int:
    """Returns how many sockets a process's network namespace has, in queues too."""
    with (
        contextlib.suppress(OSError, ValueError, IndexError),
        open(f"/proc/{pid}/net/sockstat") as file,
    ):
        return int(file.readline().split()[2])
    return 0


def most_of_a_socket() -> int:
    """Returns the bytes that a socket may hold for who does not read."""
    # The system takes twice what a program asks for.
    with (
        contextlib.suppress(OSError, ValueError),
        open("/proc/sys/net/core/wmem_max") as file,
    ):
        return 2 * int(file.read())
    return 0


def lift_memory_bound(pid: int) -> None:
    """Gives a process that a worker started back what the worker may not take.

    Args:
        pid: The process.
    """
    if sys.platform == "linux":
        import resource

        _, most = resource.prlimit(pid, resource.RLIMIT_DATA)
        resource.prlimit(pid, resource.RLIMIT_DATA, (most, most))
