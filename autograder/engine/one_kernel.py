"""Runs all cells of a notebook in one cold kernel, as stock nbgrader does."""

import asyncio
import contextlib
import time
from pathlib import Path

from jupyter_client.kernelspec import NoSuchKernel
from nbformat import NotebookNode

from autograder.cells import is_test, label, to_bytes
from autograder.compat_nbgrader import kernel_pid
from autograder.engine.cell_limit import (
    DEAD,
    INTERRUPTED,
    STUCK,
    over_notebook,
    remaining,
    run_cell,
)
from autograder.engine.kernel_client import (
    BoundedClient,
    kernel_environment,
    make_client,
)
from autograder.engine.outputs import add_error, keep_warnings_harmless, mark_not_run
from autograder.engine.resource_monitor import Watch
from autograder.limits import CRASHED, GRADED, TIMEOUT, Execution, Limits
from autograder.processes import lift_memory_bound
from autograder.warm.kernelspec import SUBMISSION_ARGUMENTS
from autograder.warm.provisioner import kernel_arguments


async def run(document: NotebookNode, limits: Limits, folder: Path) -> Execution:
    """Runs a notebook.

    Args:
        document: Outputs are written into it.
        limits: Of the bounds beside time only that on output holds.
        folder: The kernel's working folder.
    """
    client = make_client(document, limits, folder)
    with contextlib.suppress(NoSuchKernel):
        # Another program's kernel has no such arguments.
        spec = client.manager.kernel_spec
        if spec is not None and kernel_arguments(spec.argv) is not None:
            client.extra_arguments = list(SUBMISSION_ARGUMENTS)
    started = begun = time.monotonic()
    status, reason = GRADED, ""
    cell_seconds: dict[str, float] = {}
    try:
        async with client.async_setup_kernel(env=kernel_environment(limits.threads)):
            begun = time.monotonic()
            lift_memory_bound(kernel_pid(client))
            watch = Watch([kernel_pid(client)], limits)
            looking = asyncio.create_task(watch.look_forever())
            try:
                status, reason = await _all_cells(
                    document, client, limits, watch, cell_seconds
                )
            finally:
                looking.cancel()
    except RuntimeError as error:
        status, reason = CRASHED, f"the kernel did not start: {error}"
        mark_not_run(document.cells, reason)
    ended = time.monotonic()
    for cell in filter(is_test, document.cells):
        keep_warnings_harmless(cell)
    return Execution(
        to_bytes(document), status, reason, ended - begun, begun - started, cell_seconds
    )


async def _all_cells(
    document: NotebookNode,
    client: BoundedClient,
    limits: Limits,
    watch: Watch,
    cell_seconds: dict[str, float],
) -> tuple[str, str]:
    """Runs the cells in their order; returns the status and the reason."""
    status, reason = GRADED, ""
    deadline = time.monotonic() + limits.notebook_wall
    for index, cell in enumerate(document.cells):
        if cell.cell_type != "code":
            continue
        # A test cell tagged to be skipped would get full marks from nbgrader.
        cell.metadata.pop("tags", None)
        name = label(cell, index)
        time_left = remaining(watch, limits, deadline)
        if time_left is None:
            reason = over_notebook(watch, limits)
            mark_not_run(document.cells[index:], reason)
            return TIMEOUT, reason
        began = time.monotonic()
        done = await run_cell(client, watch, cell, index, *time_left)
        if done.end == STUCK:
            fault = f"cell {name} ran over {done.limit} and did not stop"
            fault += " when interrupted"
            mark_not_run(document.cells[index:], fault)
            await client.manager.shutdown_kernel(now=True)
            return TIMEOUT, fault
        if done.end == DEAD:
            fault = f"the kernel died in cell {name}"
            if watch.over_messages:
                fault = f"cell {name} sent more messages than can be taken"
            mark_not_run(document.cells[index:], fault)
            return CRASHED, fault
        cell_seconds[name] = time.monotonic() - began
        if done.end == INTERRUPTED:
            fault = f"cell {name} ran over {done.limit} and was interrupted"
            status, reason = TIMEOUT, reason or fault
            add_error(cell, "CellTimeout", fault)
    return status, reason
