"""What one notebook may use, and what came of running it."""

import sys
from dataclasses import dataclass, field

GRADED, TIMEOUT, CRASHED = "graded", "timeout", "crashed"
OUT_OF_MEMORY = "out_of_memory"
# The level where there is no sandbox.
NONE = "none"
# Wall time that a cell may take for each second of CPU time that it may use. A machine
# whose cores are shared by this many others still lets a cell use what it may. Only on
# Linux can a cell that sleeps be told from one that others keep from computing.
WALL_PER_CPU = 20 if sys.platform == "linux" else 5


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    Time is CPU time, of all processes and threads that a cell keeps busy, so that no
    verdict depends on what else the machine does. A cell that has nothing to compute,
    since it sleeps say, is counted by the clock. Wall time, `WALL_PER_CPU` times as
    long, ends what is neither.

    Attributes:
        cell_seconds: CPU time of a cell, and of what earlier cells left running
            meanwhile. A cell over it is interrupted and the run goes on.
        notebook_seconds: CPU time of all cells, and the time that they wait. Over it
            the run ends.
        output_bytes: What a cell may put out, all of it together. The rest is dropped,
            and any one output above `bounded_channel.MOST_BYTES`.
        threads: Threads that a kernel's numerical libraries may use.
        cpu_seconds: CPU time of a process. Over it the run ends.
        memory_bytes: Memory that a process may take beyond what the warm parent has
            already, with all that it starts. Over it the run ends.
        disk_bytes: What a submission may write, all its files together.
        processes: Processes and threads at a time.
        open_files: Open files of a process.
        sandbox: The sandbox's level; `None` takes the best that this machine allows.
    """

    cell_seconds: int = 60
    notebook_seconds: int = 600
    output_bytes: int = 1_000_000
    threads: int = 1
    cpu_seconds: int = 600
    memory_bytes: int = 4_000_000_000
    disk_bytes: int = 1_000_000_000
    processes: int = 256
    open_files: int = 1024
    sandbox: str | None = None

    @property
    def cell_wall(self) -> int:
        """Wall time after which a cell is interrupted, busy or not."""
        return WALL_PER_CPU * self.cell_seconds

    @property
    def notebook_wall(self) -> int:
        """Wall time after which the run ends, busy or not."""
        return WALL_PER_CPU * self.notebook_seconds


@dataclass(frozen=True)
class Execution:
    """What came of running a notebook.

    Attributes:
        notebook: The notebook with its outputs. A test cell that did not finish holds
            an error that says why.
        status: `"graded"`, `"timeout"`, `"out_of_memory"` or `"crashed"`.
        reason: What happened, for a person; empty for `"graded"`.
        seconds: Wall time of the cells together.
        start_seconds: Wall time until the kernel was ready.
        cell_seconds: Wall time of each cell, by its grade id.
        sandbox: The level that was in force; `"none"` in a cold kernel.
    """

    notebook: bytes
    status: str
    reason: str
    seconds: float
    start_seconds: float
    cell_seconds: dict[str, float] = field(default_factory=dict)
    sandbox: str = NONE
