"""Runs a notebook: bytes and limits in, executed notebook and outcome out.

The one place that knows how cells are executed. It is a stateless function, so that it
can be mapped over any `concurrent.futures.Executor`.
"""

import asyncio
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from autograder.build.metadata import is_test

GRADED, TIMEOUT, CRASHED = "graded", "timeout", "crashed"
# How long a kernel may take to start, and to stop after an interrupt. Seconds.
STARTUP, GRACE = 120, 10


@dataclass(frozen=True)
class Limits:
    """What one notebook may use.

    Attributes:
        cell_seconds: Integer, wall time of a cell. A cell over it is interrupted and
            the run goes on.
        notebook_seconds: Integer, wall time of all cells. Over it the run ends.
        output_bytes: Integer, text and pictures that a cell may put out. The rest is
            dropped.
        threads: Integer, threads that a kernel's numerical libraries may use.
    """

    cell_seconds: int = 60
    notebook_seconds: int = 600
    output_bytes: int = 1_000_000
    threads: int = 1


@dataclass(frozen=True)
class Execution:
    """What came of running a notebook.

    Attributes:
        notebook: Bytes, the notebook with its outputs. A test cell that did not finish
            holds an error that says why.
        outcome: String: `"graded"`, `"timeout"` or `"crashed"`.
        reason: String, what happened, for a person; empty for `"graded"`.
        seconds: Float, wall time of the cells together.
        start_seconds: Float, wall time until the kernel was ready.
        cell_seconds: Dict from grade id to the float wall time of that cell.
    """

    notebook: bytes
    outcome: str
    reason: str
    seconds: float
    start_seconds: float
    cell_seconds: dict = field(default_factory=dict)


def execute(notebook, limits, files=None):
    """Runs all cells of a notebook in a kernel of its own.

    Args:
        notebook: Bytes of an `.ipynb` file of format 4.
        limits: `Limits`.
        files: Dict from relative path to bytes: what lies beside the notebook when it
            runs.

    Returns:
        `Execution`.
    """
    document = nbformat.reads(notebook.decode("utf-8"), as_version=4)
    with tempfile.TemporaryDirectory(prefix="lw-") as place:
        folder = Path(place, "work")
        folder.mkdir()
        for name, content in (files or {}).items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        return asyncio.run(_run(document, limits, folder))


class _BoundedClient(NotebookClient):
    """A notebook client that drops what a cell puts out beyond a bound."""

    def __init__(self, *args, output_bytes, **kwargs):
        super().__init__(*args, **kwargs)
        self.output_bytes = output_bytes
        self.received = {}

    def output(self, outs, msg, display_id, cell_index):
        content = msg["content"]
        size = len(content.get("text", "")) + sum(
            len(value) for value in content.get("data", {}).values()
        )
        before = self.received.get(cell_index, 0)
        self.received[cell_index] = before + size
        if msg["msg_type"] == "error" or before + size <= self.output_bytes:
            return super().output(outs, msg, display_id, cell_index)
        if before <= self.output_bytes:
            outs.append(
                nbformat.v4.new_output(
                    "stream",
                    name="stdout",
                    text=f"\n[output over {self.output_bytes:,} bytes was dropped]\n",
                )
            )
        return None


async def _run(document, limits, folder):
    client = _BoundedClient(
        document,
        output_bytes=limits.output_bytes,
        timeout=limits.cell_seconds,
        startup_timeout=STARTUP,
        interrupt_on_timeout=True,
        error_on_timeout={"ename": "CellTimeout", "evalue": "", "traceback": []},
        iopub_timeout=GRACE,
        raise_on_iopub_timeout=True,
        allow_errors=True,
        resources={"metadata": {"path": str(folder)}},
    )
    manager = client.create_kernel_manager()
    manager.connection_file = str(folder.parent / "kernel.json")
    if os.name == "posix":
        # Sockets in a private folder, not ports that everybody on the machine can try.
        manager.transport, manager.ip = "ipc", str(folder.parent / "kernel")
    started = time.monotonic()
    outcome, reason, cell_seconds = GRADED, "", {}
    begun = started
    try:
        async with client.async_setup_kernel(env=_environment(limits.threads)):
            begun = time.monotonic()
            deadline = begun + limits.notebook_seconds
            for index, cell in enumerate(document.cells):
                if cell.cell_type != "code":
                    continue
                # A test cell tagged to be skipped would get full marks from nbgrader.
                cell.metadata.pop("tags", None)
                label = cell.metadata.get("nbgrader", {}).get(
                    "grade_id", f"{index + 1}"
                )
                left = deadline - time.monotonic()
                if left <= 0:
                    outcome = TIMEOUT
                    reason = f"the notebook ran over {limits.notebook_seconds} s"
                    _mark_not_run(document.cells[index:], reason)
                    break
                client.timeout = max(1, min(limits.cell_seconds, int(left)))
                cell_began = time.monotonic()
                try:
                    await client.async_execute_cell(cell, index)
                except CellTimeoutError:
                    outcome = TIMEOUT
                    reason = (
                        f"cell {label} ran over {client.timeout} s and did not stop "
                        "when interrupted"
                    )
                    _mark_not_run(document.cells[index:], reason)
                    await client.km.shutdown_kernel(now=True)
                    break
                except DeadKernelError:
                    outcome, reason = CRASHED, f"the kernel died in cell {label}"
                    _mark_not_run(document.cells[index:], reason)
                    break
                cell_seconds[label] = time.monotonic() - cell_began
                if client.timeout <= cell_seconds[label]:
                    fault = f"cell {label} ran over {client.timeout} s"
                    fault += " and was interrupted"
                    outcome, reason = TIMEOUT, reason or fault
                    _add_error(cell, "CellTimeout", fault)
    except RuntimeError as error:
        outcome, reason = CRASHED, f"the kernel did not start: {error}"
        _mark_not_run(document.cells, reason)
    ended = time.monotonic()
    for cell in filter(is_test, document.cells):
        _keep_warnings_harmless(cell)
    return Execution(
        nbformat.writes(document).encode("utf-8"),
        outcome,
        reason,
        ended - begun,
        begun - started,
        cell_seconds,
    )


def _environment(threads):
    """Returns a kernel's environment: that of this process, with calmer libraries."""
    count = str(threads)
    return {
        **os.environ,
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": count,
        "OMP_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        "NBGRADER_EXECUTION": "autograde",
    }


def _add_error(cell, name, text):
    traceback = [f"\x1b[0;31m{name}\x1b[0m: {text}"]
    cell.outputs.append(
        nbformat.v4.new_output("error", ename=name, evalue=text, traceback=traceback)
    )


def _mark_not_run(cells, reason):
    """Gives test cells that did not finish an error.

    nbgrader gives a test cell without output full marks.
    """
    for cell in filter(is_test, cells):
        _add_error(cell, "NotRun", f"this test did not finish: {reason}")


def _keep_warnings_harmless(cell):
    """Moves a test cell's stderr to stdout: nbgrader scores a cell with stderr 0.

    TensorFlow and Keras write log lines there; whether the test passed is told by its
    error alone.
    """
    for output in cell.outputs:
        if output.output_type == "stream":
            output["name"] = "stdout"
