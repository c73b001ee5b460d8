"""The Jupyter client that runs cells: bounded in what it takes, prompt at the start."""

import contextlib
import os
import queue
import time
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client import AsyncKernelClient, AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from autograder.engine.outputs import cut, size_of
from autograder.limits import Limits

# How long a kernel may take to start, and to stop after an interrupt. Seconds.
STARTUP, GRACE = 120, 10


class BoundedClient(NotebookClient):
    """A notebook client that drops what a cell puts out beyond a bound.

    Args:
        document: Outputs are written into it.
        output_bytes: The bound.
        **options: As for `NotebookClient`.
    """

    def __init__(
        self, document: NotebookNode, output_bytes: int, **options: Any
    ) -> None:
        super().__init__(document, **options)
        self.output_bytes = output_bytes
        self.received: dict[int, int] = {}

    @property
    def manager(self) -> AsyncKernelManager:
        """The manager of its kernel, from `make_client` until the kernel is closed."""
        assert isinstance(self.km, AsyncKernelManager)
        return self.km

    def output(
        self,
        outs: list[NotebookNode],
        msg: dict[str, Any],
        display_id: str | None,
        cell_index: int,
    ) -> NotebookNode | None:
        """Takes an output; of what is over the bound, only a note."""
        content = msg["content"]
        if msg["msg_type"] == "error":
            # An error is the verdict: it is cut, never dropped.
            content["evalue"] = cut(content.get("evalue", ""), self.output_bytes // 10)
            content["traceback"] = [
                cut(entry, self.output_bytes // 10)
                for entry in content.get("traceback", [])[:100]
            ]
            return super().output(outs, msg, display_id, cell_index)
        size = size_of(content.get("text", "")) + size_of(content.get("data", {}))
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


class PromptClient(AsyncKernelClient):
    """A kernel client that knows when a kernel is ready.

    Jupyter's own goes on to wait 0.2 s for messages of others, to drop them.
    """

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
