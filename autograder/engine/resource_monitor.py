"""Looks at a submission's processes ten times a second: CPU time, memory and disk."""

import asyncio
import contextlib
from pathlib import Path

import psutil

from autograder.engine.folders import size_of
from autograder.limits import NONE, Limits
from autograder.processes import cpu_of_tree, memory_of_children
from autograder.sandbox.cgroups import Group
from autograder.sandbox.policy import NAMESPACES

WATCH_SECONDS = 0.1


class Watch:
    """What a run's processes have taken, and whether that is too much.

    Args:
        pids: The processes: the student kernel first.
        limits: What the run may take.
        level: The sandbox's level. At the highest the disk has an end of its own.
        place: The student kernel's private folder; `None` bounds CPU time
            alone, as in a cold kernel, which is one's own work.
        walls: Control groups, one for each process; empty where there are none.

    Attributes:
        over_time: Event, set while the cell that runs has used the CPU time it may.
        over_memory, over_disk: Whether a process was killed for that.
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
        self.over_time = asyncio.Event()
        self.over_memory = self.over_disk = False
        self.highest = 0.0
        self.start = self.cpu_seconds()
        self.cell_start, self.cell_limit = self.start, float("inf")

    def cpu_seconds(self) -> float:
        """Returns the CPU time that all processes have used, with what they started.

        A process that ends between two looks is missed for a moment: the highest of
        all looks counts.
        """
        roots = zip(self.processes, self.supervisors, strict=True)
        taken = sum(cpu_of_tree(above or process.pid) for process, above in roots)
        self.highest = max(self.highest, taken)
        return self.highest

    def used(self) -> float:
        """Returns the CPU time of all cells so far."""
        return self.cpu_seconds() - self.start

    def begin_cell(self, seconds: float) -> None:
        """Begins to count for a cell that may use some seconds of CPU time."""
        self.over_time.clear()
        self.cell_start, self.cell_limit = self.cpu_seconds(), seconds

    def end_cell(self) -> None:
        """Ends counting: between cells no limit holds."""
        self.cell_limit = float("inf")

    async def look_forever(self) -> None:
        """Looks until the run cancels it; kills what takes too much."""
        while True:
            self.look()
            await asyncio.sleep(WATCH_SECONDS)

    def look(self) -> None:
        """Looks once."""
        if self.cpu_seconds() - self.cell_start >= self.cell_limit:
            self.over_time.set()
        if self.place is None:
            return
        for process, supervisor, before in zip(
            self.processes, self.supervisors, self.start_memory, strict=True
        ):
            with contextlib.suppress(psutil.NoSuchProcess):
                taken = process.memory_info().rss - before
                taken += memory_of_children(process.pid)
                if supervisor is not None:
                    taken += memory_of_children(supervisor, but=process.pid)
                if taken > self.limits.memory_bytes:
                    self.over_memory = True
                    process.kill()
        for process, wall in zip(self.processes, self.walls, strict=False):
            if wall.has_killed():
                self.over_memory = True
                process.kill()
        if self.level != NAMESPACES and size_of(self.place) > self.limits.disk_bytes:
            self.over_disk = True
            self.processes[0].kill()

    def was_out_of_memory(self) -> bool:
        """Returns whether a process was ended for its memory, by us or the system."""
        return self.over_memory or any(wall.has_killed() for wall in self.walls)
