"""Runs one cell in the student kernel until it is done, or has used what it may."""

import asyncio
import contextlib
import time
from dataclasses import dataclass

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from autograder.compat_nbgrader import forget_displays, provisioner_of
from autograder.engine.kernel_client import GRACE, BoundedClient
from autograder.engine.resource_monitor import Watch
from autograder.limits import Limits

DONE, INTERRUPTED, STUCK, DEAD = "done", "interrupted", "stuck", "dead"


@dataclass(frozen=True)
class CellRun:
    """How a cell ended.

    Attributes:
        end: `"done"`; `"interrupted"` at its limit, and the kernel goes on; `"stuck"`
            at its limit, and the kernel had to be ended; or `"dead"`.
        limit: The limit that it met, for a person: `"20 s of CPU time"`.
    """

    end: str
    limit: str = ""


async def run_cell(
    client: BoundedClient,
    watch: Watch,
    cell: NotebookNode,
    index: int,
    cpu: int,
    wall: int,
) -> CellRun:
    """Runs a cell and interrupts it at its limit.

    Args:
        client: Client of the kernel.
        watch: Watch on the kernel's processes.
        cell: The cell; outputs are written into it.
        index: Its place in the notebook.
        cpu: Seconds of CPU time that it may use, or wait.
        wall: Seconds of wall time that it may take.
    """
    watch.begin_cell(cpu)
    client.idle.clear()
    guards = [
        asyncio.create_task(_interrupt(client, watch)),
        asyncio.create_task(_go_on(client)),
    ]
    began = time.monotonic()
    client.timeout = wall
    try:
        await client.async_execute_cell(cell, index)
    except CellTimeoutError:
        return CellRun(STUCK, limit_met(watch, cpu, wall))
    except DeadKernelError:
        if watch.over_time.is_set():
            return CellRun(STUCK, limit_met(watch, cpu, wall))
        if client.idle.is_set() and await client.manager.is_alive():
            return CellRun(DONE)
        return CellRun(DEAD)
    finally:
        watch.end_cell()
        forget_displays(client)
        for guard in guards:
            guard.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await guard
    if watch.over_time.is_set() or time.monotonic() - began >= wall:
        return CellRun(INTERRUPTED, limit_met(watch, cpu, wall))
    return CellRun(DONE)


def limit_met(watch: Watch, cpu: int, wall: int) -> str:
    """Names the limit that a cell met: CPU time, waiting, or else wall time."""
    if not watch.over_time.is_set():
        return f"{wall} s"
    if watch.has_waited:
        return f"{cpu} s of waiting"
    if watch.used_by_left_over() > cpu / 2:
        return f"{cpu} s of CPU time, most of it by what earlier cells had left running"
    return f"{cpu} s of CPU time"


def remaining(watch: Watch, limits: Limits, deadline: float) -> tuple[int, int] | None:
    """Returns the CPU and wall seconds that the next cell may take; `None` if none."""
    cpu, wall = limits.notebook_seconds - watch.used(), deadline - time.monotonic()
    if cpu <= 0 or wall <= 0:
        return None
    return (
        max(1, min(limits.cell_seconds, int(cpu))),
        max(1, min(limits.cell_wall, int(wall))),
    )


def over_notebook(watch: Watch, limits: Limits) -> str:
    """Says which of a notebook's limits was met."""
    if watch.used() >= limits.notebook_seconds:
        kind = "waiting" if 2 * watch.waited > limits.notebook_seconds else "CPU time"
        return f"the notebook ran over {limits.notebook_seconds} s of {kind}"
    return f"the notebook ran over {limits.notebook_wall} s"


async def _go_on(client: BoundedClient) -> None:
    """Ends a cell that is over, as the kernel says, and whose reply does not come.

    The kernel sends none where its own code raised, over something of the student's.
    """
    await client.idle.wait()
    await asyncio.sleep(GRACE)
    if client.task_poll_for_reply is not None:
        client.task_poll_for_reply.cancel()


async def _interrupt(client: BoundedClient, watch: Watch) -> None:
    """Interrupts a cell that has used its CPU time; kills a kernel that goes on."""
    await watch.over_time.wait()
    await client.manager.interrupt_kernel()
    await asyncio.sleep(GRACE)
    await provisioner_of(client).kill()
