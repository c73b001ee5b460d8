"""Runs a notebook: bytes and limits in, executed notebook and outcome out.

The one place that knows how cells are executed. It is a stateless function, so that it
can be mapped over any `concurrent.futures.Executor`.
"""

import asyncio
import contextlib
import os
import queue
import time
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from jupyter_client import AsyncKernelClient
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from autograder.build.metadata import is_test
from autograder.sandbox.policy import NONE
from autograder.usage import private_folder
from autograder.warm import client as warm

GRADED, TIMEOUT, CRASHED = "graded", "timeout", "crashed"
OUT_OF_MEMORY = "out_of_memory"
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
        cpu_seconds: Integer, CPU time of a process. Over it the run ends.
        memory_bytes: Integer, memory that a process may take beyond what the warm
            parent has already, with all that it starts. Over it the run ends.
        disk_bytes: Integer, what a submission may write, all its files together.
        processes: Integer, processes and threads at a time.
        open_files: Integer, open files of a process.
        sandbox: String, the sandbox's level; `None` takes the best that this machine
            allows.
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


@dataclass(frozen=True)
class Execution:
    """What came of running a notebook.

    Attributes:
        notebook: Bytes, the notebook with its outputs. A test cell that did not finish
            holds an error that says why.
        outcome: String: `"graded"`, `"timeout"`, `"out_of_memory"` or `"crashed"`.
        reason: String, what happened, for a person; empty for `"graded"`.
        seconds: Float, wall time of the cells together.
        start_seconds: Float, wall time until the kernel was ready.
        cell_seconds: Dict from grade id to the float wall time of that cell.
        sandbox: String, the level that was in force; `"none"` in a cold kernel.
    """

    notebook: bytes
    outcome: str
    reason: str
    seconds: float
    start_seconds: float
    cell_seconds: dict = field(default_factory=dict)
    sandbox: str = NONE


def execute(notebook, limits, files=None, students=None, given=None):
    """Runs all cells of a notebook.

    With `students`, and where warm kernels are to be had, test cells run in a process
    that the student's code never enters. Otherwise all cells run in one cold kernel.

    Args:
        notebook: Bytes of an `.ipynb` file of format 4.
        limits: `Limits`.
        files: Dict from relative path to bytes: what lies beside the notebook when it
            runs.
        students: Set of the names that are the student's; `None` asks for one kernel.
        given: Dict like `files`, the assignment's own: they replace the student's, and
            are all that the verdict process finds beside it.

    Returns:
        `Execution`.
    """
    document = nbformat.reads(notebook.decode("utf-8"), as_version=4)
    with private_folder("lw-") as place:
        folder = Path(place, "work")
        write_files(folder, {**(files or {}), **(given or {})})
        if students is not None and warm.available():
            from autograder.verdict import split

            return asyncio.run(split.run(document, limits, folder, students, given))
        return asyncio.run(_run(document, limits, folder))


def write_files(folder, files):
    """Makes a folder with files.

    Args:
        folder: Path; it may exist.
        files: Dict from relative path to bytes, or `None`.
    """
    folder.mkdir(exist_ok=True)
    for name, content in (files or {}).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


class _BoundedClient(NotebookClient):
    """A notebook client that drops what a cell puts out beyond a bound."""

    def __init__(self, *args, output_bytes, **kwargs):
        super().__init__(*args, **kwargs)
        self.output_bytes = output_bytes
        self.received = {}

    def output(self, outs, msg, display_id, cell_index):
        content = msg["content"]
        if msg["msg_type"] == "error":
            # An error is the verdict: it is cut, never dropped.
            content["evalue"] = _cut(content.get("evalue", ""), self.output_bytes // 10)
            content["traceback"] = [
                _cut(entry, self.output_bytes // 10)
                for entry in content.get("traceback", [])[:100]
            ]
            return super().output(outs, msg, display_id, cell_index)
        size = _size(content.get("text", "")) + _size(content.get("data", {}))
        before = self.received.get(cell_index, 0)
        self.received[cell_index] = before + size
        if before + size <= self.output_bytes:
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


class _PromptClient(AsyncKernelClient):
    """A kernel client that knows when a kernel is ready.

    Jupyter's own goes on to wait 0.2 s for messages of others, to drop them.
    """

    async def wait_for_ready(self, timeout=None):
        """Waits until the kernel answers, and what it publishes is received.

        Args:
            timeout: Float, seconds; `None` waits for ever.

        Raises:
            RuntimeError: If the kernel dies or takes longer.
        """
        deadline = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < deadline:
            request = self.kernel_info()
            with contextlib.suppress(queue.Empty):
                reply = await self.get_shell_msg(timeout=1)
                while reply["parent_header"].get("msg_id") != request:
                    reply = await self.get_shell_msg(timeout=1)
                state = None
                while state != "idle":
                    # None comes if the kernel was asked before this end was connected.
                    message = await self.get_iopub_msg(timeout=0.02)
                    if message["parent_header"].get("msg_id") == request:
                        state = message["content"].get("execution_state")
                return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel did not answer in {timeout} seconds")


def _size(value):
    """Returns roughly how many bytes a value of JSON takes."""
    if isinstance(value, dict):
        return sum(_size(key) + _size(entry) for key, entry in value.items())
    if isinstance(value, list):
        return sum(map(_size, value))
    return len(value) if isinstance(value, str) else 8


def _cut(text, most):
    return text if len(text) <= most else f"{text[:most]} [{len(text):,} characters]"


def make_client(document, limits, folder):
    """Makes the client that runs a notebook's cells in a kernel.

    Args:
        document: Notebook; outputs are written into it.
        limits: `Limits`.
        folder: Path, the kernel's working folder; the one above it is private too.

    Returns:
        `NotebookClient` whose kernel manager is `km`.
    """
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
        shutdown_kernel="immediate",
        resources={"metadata": {"path": str(folder)}},
    )
    manager = client.create_kernel_manager()
    manager.client_factory = _PromptClient
    manager.connection_file = str(folder.parent / "kernel.json")
    if os.name == "posix":
        # Sockets in a private folder, not ports that everybody on the machine can try.
        manager.transport, manager.ip = "ipc", str(folder.parent / "kernel")
    return client


async def _run(document, limits, folder):
    client = make_client(document, limits, folder)
    started = time.monotonic()
    outcome, reason, cell_seconds = GRADED, "", {}
    begun = started
    try:
        async with client.async_setup_kernel(env=kernel_environment(limits.threads)):
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
                    mark_not_run(document.cells[index:], reason)
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
                    mark_not_run(document.cells[index:], reason)
                    await client.km.shutdown_kernel(now=True)
                    break
                except DeadKernelError:
                    outcome, reason = CRASHED, f"the kernel died in cell {label}"
                    mark_not_run(document.cells[index:], reason)
                    break
                cell_seconds[label] = time.monotonic() - cell_began
                if client.timeout <= cell_seconds[label]:
                    fault = f"cell {label} ran over {client.timeout} s"
                    fault += " and was interrupted"
                    outcome, reason = TIMEOUT, reason or fault
                    add_error(cell, "CellTimeout", fault)
    except RuntimeError as error:
        outcome, reason = CRASHED, f"the kernel did not start: {error}"
        mark_not_run(document.cells, reason)
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


def kernel_environment(threads):
    """Returns a kernel's environment: that of this process, with calmer libraries."""
    count = str(threads)
    return {
        # Not what this process draws with: a figure belongs into the notebook.
        **{key: value for key, value in os.environ.items() if key != "MPLBACKEND"},
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": count,
        "OMP_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        "NBGRADER_EXECUTION": "autograde",
    }


def add_error(cell, name, text):
    traceback = [f"\x1b[0;31m{name}\x1b[0m: {text}"]
    cell.outputs.append(
        nbformat.v4.new_output("error", ename=name, evalue=text, traceback=traceback)
    )


def mark_not_run(cells, reason):
    """Gives test cells that did not finish an error.

    nbgrader gives a test cell without output full marks.
    """
    for cell in filter(is_test, cells):
        add_error(cell, "NotRun", f"this test did not finish: {reason}")


def _keep_warnings_harmless(cell):
    """Moves a test cell's stderr to stdout: nbgrader scores a cell with stderr 0.

    TensorFlow and Keras write log lines there; whether the test passed is told by its
    error alone.
    """
    for output in cell.outputs:
        if output.output_type == "stream":
            output["name"] = "stdout"
