"""Looks at a submission's processes ten times a second: CPU time, memory and disk."""

import asyncio
import contextlib
import os
import sys
import time
from pathlib import Path

import psutil

from autograder.engine.fair_share import FairShare
from autograder.engine.folders import size_of
from autograder.limits import NONE, Limits
from autograder.processes import (
    cpu_of,
    memory_of,
    most_of_a_socket,
    sockets_of,
    sockets_of_network,
    threads_of,
    tree_of,
)
from autograder.sandbox.cgroups import Group
from autograder.sandbox.policy import MOST_FILES, NAMESPACES

WATCH_SECONDS = 0.1
# Looking takes at most a fourth of this process's time, and is done at least so often.
MOST_PAUSE = 0.5
# What this process itself may grow by while a notebook runs: messages that a kernel has
# sent wait here, and nothing else grows by so much.
OWN_BYTES = 300_000_000
# The state of a thread that computes, or would if a processor were free.
AT_WORK = "R"
# Files that the sandbox's own folder holds beside those of the submission.
OWN_FILES = 100


class Watch:
    """What a run's processes have taken, and whether that is too much.

    Args:
        pids: The processes: the student kernel first.
        limits: What the run may take.
        level: The sandbox's level. At the highest the disk has an end of its own.
        place: The student kernel's private folder; `None` bounds CPU time and
            messages alone, as in a cold kernel, which is one's own work.
        walls: Control groups, one for each process; empty where there are none.

    Attributes:
        waited: Seconds in which no process had anything to compute.
        has_waited: Whether the last cell did so for as long as it may.
        over_time: Event, set while the cell that runs has used the CPU time it may, or
            waited for as long.
        over_memory, over_disk, over_messages: Whether a process was killed for that.
    """

    def __init__(
        self,
        pids: list[int],
        limits: Limits,
        level: str = NONE,
        place: Path | None = None,
        walls: list[Group] | None = None,
    ) -> None:
        self.limits, self.level, self.place = limits, level, place
        self.walls = walls or []
        self.processes = [psutil.Process(pid) for pid in pids]
        # A process that outlives its parent becomes the supervisor's child.
        self.supervisors = [
            process.ppid() if level != NONE else None for process in self.processes
        ]
        self.start_memory = [process.memory_info().rss for process in self.processes]
        with contextlib.suppress(OSError):
            for process, wall in zip(self.processes, self.walls, strict=False):
                wall.add(process.pid)
        # What was handed in beside the notebook lies there from the start.
        held = os.walk(place) if place is not None else ()
        self.most_files = sum(len(down) + len(files) for _, down, files in held)
        self.most_files += OWN_FILES if level == NAMESPACES else MOST_FILES
        self.own = psutil.Process()
        self.own_start = self.own.memory_info().rss
        self.over_time = asyncio.Event()
        self.over_memory = self.over_disk = self.over_messages = False
        self.share = FairShare(limits.threads)
        self.trees = self._trees()
        self.socket_bytes = most_of_a_socket()
        self.start_sockets = [
            self._sockets(process.pid, tree)
            for process, tree in zip(self.processes, self.trees, strict=True)
        ]
        self.highest = 0.0
        self.start = self.cpu_seconds()
        self.cell_start, self.cell_limit = self.start, float("inf")
        self.waited, self.cell_waited, self.has_waited = 0.0, 0.0, False
        self.looked, self.seen = time.monotonic(), self.start
        self.left_over: dict[int, float] = {}

    def _trees(self) -> list[list[int]]:
        """Returns each process's own processes, the supervisor first where one is."""
        roots = zip(self.processes, self.supervisors, strict=True)
        return [tree_of(above or process.pid) for process, above in roots]

    def cpu_seconds(self) -> float:
        """Returns the CPU time that all processes have used, with what they started.

        A process that ends between two looks is missed for a moment: the highest of
        all looks counts.
        """
        self.trees = self._trees()
        taken = sum(sum(cpu_of(tree).values()) for tree in self.trees)
        self.highest = max(self.highest, taken)
        return self.highest

    def used(self) -> float:
        """Returns the CPU time of all cells so far, and the time that they waited."""
        return self.cpu_seconds() - self.start + self.waited

    def begin_cell(self, seconds: float) -> None:
        """Begins to count for a cell that may use some seconds of CPU time.

        All that the submission's processes use counts, whichever cell started them.
        """
        self.over_time.clear()
        self.cell_start, self.cell_limit = self.cpu_seconds(), seconds
        self.cell_waited, self.has_waited = self.waited, False
        self.looked, self.seen = time.monotonic(), self.cell_start
        self.left_over = self._children()

    def end_cell(self) -> None:
        """Ends counting: between cells no limit holds."""
        self.cell_limit = float("inf")

    def used_by_left_over(self) -> float:
        """Returns what processes have used in this cell that earlier cells started."""
        now = self._children()
        return sum(
            now[pid] - before for pid, before in self.left_over.items() if pid in now
        )

    def _children(self) -> dict[int, float]:
        own = {*self.supervisors, *(process.pid for process in self.processes)}
        others = [pid for tree in self.trees for pid in tree if pid not in own]
        return cpu_of(others) if others else {}

    async def look_forever(self) -> None:
        """Looks until the run cancels it; kills what takes too much."""
        while True:
            began = time.monotonic()
            self.look()
            took = time.monotonic() - began
            await asyncio.sleep(min(MOST_PAUSE, max(WATCH_SECONDS, 3 * took)))

    def look(self) -> None:
        """Looks once."""
        taken = self.cpu_seconds()
        self._count_waiting(taken)
        self.has_waited |= self.waited - self.cell_waited >= self.cell_limit
        if taken - self.cell_start >= self.cell_limit or self.has_waited:
            self.over_time.set()
        if self.own.memory_info().rss - self.own_start > OWN_BYTES:
            self.over_messages = True
            self._kill(self.processes[0])
        if self.place is None:
            return
        for number, process in enumerate(self.processes):
            if self._memory(number) > self.limits.memory_bytes:
                self.over_memory = True
                self._kill(process)
        for process, wall in zip(self.processes, self.walls, strict=False):
            if wall.has_killed():
                self.over_memory = True
                self._kill(process)
        if self._disk() > self.limits.disk_bytes:
            self.over_disk = True
            self._kill(self.processes[0])
        self.share.look([pid for pid in self.trees[0] if pid != self.supervisors[0]])

    def _count_waiting(self, taken: float) -> None:
        """Counts the time in which a cell slept, which is not the neighbours' doing.

        A process that is kept from a processor has a thread that could compute. Where
        this process itself was kept from looking, little is counted.
        """
        now = time.monotonic()
        passed = min(now - self.looked, MOST_PAUSE) - (taken - self.seen)
        self.looked, self.seen = now, taken
        if sys.platform != "linux" or self.cell_limit == float("inf") or passed <= 0:
            return
        pids = [pid for tree in self.trees for pid in tree]
        if AT_WORK not in threads_of(pids).values():
            self.waited += passed

    def _memory(self, number: int) -> float:
        """Returns what a process has taken since the start, with what it started."""
        process, tree = self.processes[number], self.trees[number]
        taken = 0.0
        with contextlib.suppress(psutil.NoSuchProcess):
            taken += process.memory_info().rss - self.start_memory[number]
        sockets = self._sockets(process.pid, tree) - self.start_sockets[number]
        # No process has what waits in a socket, and the system may keep it for each.
        taken += max(0, sockets) * self.socket_bytes
        own = (process.pid, self.supervisors[number])
        children = [pid for pid in tree if pid not in own]
        return taken + memory_of(children, self.limits.memory_bytes - taken)

    def _sockets(self, pid: int, tree: list[int]) -> int:
        if self.level == NAMESPACES:
            return sockets_of_network(pid)
        return 0 if self.level == NONE else sockets_of(tree)

    def _disk(self) -> float:
        """Returns what lies in the folder on the host's disk, or infinity."""
        assert self.place is not None
        if self.level == NAMESPACES:
            # All that comes there is the kernel's sockets; the rest has a bound.
            size = size_of(self.place, self.most_files)
            return 0 if size < float("inf") else size
        return size_of(self.place, self.most_files)

    @staticmethod
    def _kill(process: psutil.Process) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()

    def was_out_of_memory(self) -> bool:
        """Returns whether a process was ended for its memory, by us or the system."""
        return self.over_memory or any(wall.has_killed() for wall in self.walls)
