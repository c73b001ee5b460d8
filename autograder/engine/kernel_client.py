"""The Jupyter client that runs cells: bounded in what it takes, prompt at the start."""

import asyncio
import contextlib
import os
import queue
import time
from pathlib import Path
from typing import Any

import nbformat
import zmq
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode
from traitlets import Type

from autograder.engine.bounded_channel import BoundedChannel
from autograder.engine.outputs import cut_error, is_nested_deeper, keep_text
from autograder.limits import Limits

# How long a kernel may take to start, and to stop after an interrupt. Seconds.
STARTUP, GRACE = 120, 10
# How many cells of a notebook may put out as much as one cell may.
FULL_CELLS = 20
# Errors that a cell shows; how deep an output's data may be nested; and bytes that an
# output takes in the notebook beside its content.
MOST_ERRORS, MOST_NESTED, PER_OUTPUT = 5, 50, 200
# For sockets of which nothing is ever received: messages, and bytes of each.
UNREAD_MESSAGES, UNREAD_BYTES = 2, 100_000


class BoundedClient(NotebookClient):
    """A notebook client that drops what a cell puts out beyond a bound.

    Nothing that a kernel sends raises here but the end of a cell.

    Args:
        document: Outputs are written into it.
        output_bytes: The bound of a cell; all cells have `FULL_CELLS` times as much.
        **options: As for `NotebookClient`.
    """

    def __init__(
        self, document: NotebookNode, output_bytes: int, **options: Any
    ) -> None:
        super().__init__(document, **options)
        self.output_bytes = output_bytes
        # By cell: the bytes that came, and the number of errors.
        self.received: dict[int, int] = {}
        self.errors: dict[int, int] = {}
        self.total = 0
        # Set once the kernel has said that the cell which runs is over; `run_cell`
        # clears it.
        self.idle = asyncio.Event()

    @property
    def manager(self) -> AsyncKernelManager:
        """The manager of its kernel, from `make_client` until the kernel is closed."""
        assert isinstance(self.km, AsyncKernelManager)
        return self.km

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Takes a message, or drops what is malformed or over the bound."""
        content = msg["content"]
        # Widgets have nobody here who would use them, and no bound.
        if msg["msg_type"].startswith("comm"):
            return None
        if not isinstance(content.get("execution_count", 0), int):
            return None
        try:
            if not self._update_fits(msg, cell_index):
                return None
            return super().process_message(msg, cell, cell_index)
        except CellExecutionComplete:
            self.idle.set()
            raise
        except Exception:
            return None

    def output(
        self,
        outs: list[NotebookNode],
        msg: dict[str, Any],
        display_id: str | None,
        cell_index: int,
    ) -> NotebookNode | None:
        """Takes an output; of what is over the bound, only a note."""
        content = msg["content"]
        if is_nested_deeper(content, MOST_NESTED) or not keep_text(content):
            return None
        room = self._room(cell_index)
        if msg["msg_type"] == "error":
            number = self.errors[cell_index] = self.errors.get(cell_index, 0) + 1
            if number > MOST_ERRORS:
                return None
            # An error is the verdict: it is cut, never dropped.
            most = self.output_bytes // (2 * MOST_ERRORS) if room > 0 else 1_000
            self.total += cut_error(content, most)
            return super().output(outs, msg, display_id, cell_index)
        # All that the message holds counts, and what the notebook puts around it.
        size = msg.get("size", 0) + PER_OUTPUT
        is_first_over = self.received.get(cell_index, 0) <= self.output_bytes
        if size <= room:
            self._count(cell_index, size)
            return super().output(outs, msg, display_id, cell_index)
        self.received[cell_index] = self.output_bytes + 1
        if is_first_over:
            begin = content.get("text", "")[: max(0, room - PER_OUTPUT)]
            self.total += len(begin)
            note = f"{begin}\n[output over {self.output_bytes:,} bytes was dropped]\n"
            outs.append(nbformat.v4.new_output("stream", name="stdout", text=note))
        return None

    def _room(self, cell_index: int) -> int:
        """Returns how many bytes a cell may still put out."""
        return min(
            self.output_bytes - self.received.get(cell_index, 0),
            FULL_CELLS * self.output_bytes - self.total,
        )

    def _count(self, cell_index: int, size: int) -> None:
        self.received[cell_index] = self.received.get(cell_index, 0) + size
        self.total += size

    def _update_fits(self, msg: dict[str, Any], cell_index: int) -> bool:
        """Counts what a message puts in place of outputs that are there already.

        All outputs of one `display_id` show it, in each of them once.
        """
        display_id = (msg["content"].get("transient") or {}).get("display_id")
        places = self._display_id_map.get(display_id, {}) if display_id else {}
        if not places:
            return True
        content = msg["content"]
        if is_nested_deeper(content, MOST_NESTED) or not keep_text(content):
            return False
        size = msg.get("size", 0) * sum(map(len, places.values()))
        if size > self._room(cell_index):
            return False
        self._count(cell_index, size)
        return True


class PromptClient(AsyncKernelClient):
    """A kernel client that knows when a kernel is ready.

    Jupyter's own goes on to wait 0.2 s for messages of others, to drop them.
    """

    shell_channel_class = Type(BoundedChannel)
    iopub_channel_class = Type(BoundedChannel)

    def start_channels(
        self,
        shell: bool = True,
        iopub: bool = True,
        stdin: bool = True,
        hb: bool = True,
        control: bool = True,
    ) -> None:
        """Opens the two channels from which something is received.

        Whatever a kernel sends to the others would stay in this process's memory.
        """
        super().start_channels(shell, iopub, stdin=False, hb=False, control=False)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Waits until the kernel answers, and what it publishes is received.

        Args:
            timeout: Seconds; `None` waits for ever.

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
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError(f"Kernel did not answer in {timeout} seconds")


def make_client(document: NotebookNode, limits: Limits, folder: Path) -> BoundedClient:
    """Makes the client that runs a notebook's cells in a kernel.

    Args:
        document: Outputs are written into it.
        limits: Those on output and on a cell's wall time count here.
        folder: The kernel's working folder; the one above it is private too.
    """
    client = BoundedClient(
        document,
        output_bytes=limits.output_bytes,
        timeout=limits.cell_wall,
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
    manager.client_factory = PromptClient
    # The manager has a control channel of its own, and never receives from it.
    manager.context.setsockopt(zmq.RCVHWM, UNREAD_MESSAGES)
    manager.context.setsockopt(zmq.MAXMSGSIZE, UNREAD_BYTES)
    manager.connection_file = str(folder.parent / "kernel.json")
    if os.name == "posix":
        # Sockets in a private folder, not ports that everybody on the machine can try.
        manager.transport, manager.ip = "ipc", str(folder.parent / "kernel")
    return client


def kernel_environment(threads: int) -> dict[str, str]:
    """Returns a kernel's environment: that of this process, with calmer libraries."""
    count = str(threads)
    return {
        # What this process draws with is left out: figures belong into the notebook.
        **{key: value for key, value in os.environ.items() if key != "MPLBACKEND"},
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_NUM_INTRAOP_THREADS": count,
        "TF_NUM_INTEROP_THREADS": count,
        "OMP_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        "NBGRADER_EXECUTION": "autograde",
    }
