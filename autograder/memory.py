"""How much memory the processes take that a process has started."""

import contextlib
import os


def memory_of_children(pid):
    """Adds up what the descendants of a process have for themselves alone.

    What they share with it, as forks do, is counted there.

    Args:
        pid: Integer, the process; it need not be there any more.

    Returns:
        Integer, bytes.
    """
    return sum(_own(child) + memory_of_children(child) for child in children_of(pid))


def children_of(pid):
    """Returns the ids of the processes that a process has started and that run."""
    children = []
    # A process that ends in between has none.
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with (
                contextlib.suppress(OSError),
                open(f"/proc/{pid}/task/{thread}/children") as file,
            ):
                children.extend(map(int, file.read().split()))
    return children


def _own(pid):
    with contextlib.suppress(OSError), open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(
            1024 * int(line.split()[1])
            for line in file
            if line.startswith(("Private_", "SwapPss"))
        )
    return 0
