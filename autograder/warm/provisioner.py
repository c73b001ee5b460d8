"""Starts warm kernels for Jupyter: a standard kernel provisioner."""

import asyncio
import os
import pathlib
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner

from autograder import compat
from autograder.sandbox.policy import Policy
from autograder.warm import client

# The heartbeat's socket is the last that ipykernel binds.
SOCKET_SECONDS = 10


@dataclass(frozen=True)
class Request:
    """What a kernel manager may ask for beyond a plain kernel, as `warm_request`.

    Attributes:
        target: What runs in the fork, as `module:function`.
        arguments: Come before the kernel's own.
        fds: Descriptors beside the standard three.
        cpu_seconds: CPU time after which the kernel is killed.
        sandbox: What the kernel may do. A cold kernel never takes the place of a
            sandboxed one.
    """

    target: str = "autograder.warm.fork:kernel"
    arguments: tuple[str, ...] = ()
    fds: tuple[int, ...] = ()
    cpu_seconds: int | None = None
    sandbox: Policy | None = None


class WarmProvisioner(LocalProvisioner):
    """Forks kernels from a warm parent; where there is none, starts cold ones."""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Chooses sockets in a private folder, where the manager left it open."""
        manager = self.parent
        if manager is not None and client.available() and manager.transport == "tcp":
            # Jupyter's own choice is in the runtime folder, whose path can be too long
            # for a socket where users have long names.
            folder = tempfile.mkdtemp(prefix="lw-")
            manager.transport, manager.ip = "ipc", os.path.join(folder, "k")
            self.sockets = folder
        return await super().pre_launch(**kwargs)

    async def launch_kernel(
        self, cmd: list[str], **kwargs: Any
    ) -> KernelConnectionInfo:
        """Forks a kernel.

        Args:
            cmd: The kernel's command line.
            **kwargs: `env`, `cwd` and descriptors, as for `subprocess.Popen`.
        """
        arguments = kernel_arguments(cmd)
        asked = getattr(self.parent, "warm_request", Request())
        if not client.available() or arguments is None:
            if asked.sandbox:
                raise client.WarmError(
                    "a kernel in a sandbox is a fork of a warm parent, and this one "
                    f"cannot be: {' '.join(cmd)}"
                )
            return await super().launch_kernel(cmd, **kwargs)
        environment = kwargs.get("env") or dict(os.environ)
        folder = kwargs.get("cwd") or os.getcwd()
        with open(os.devnull, "r+b") as null:
            # A submission gets nothing of the grader's terminal, or of its log.
            own = (None, None) if asked.sandbox else (1, 2)
            fds = [
                _descriptor(kwargs.get(name), null.fileno(), standard)
                for name, standard in zip(
                    ("stdin", "stdout", "stderr"), (None, *own), strict=True
                )
            ]
            try:
                forked = client.ForkedProcess(
                    asked.target,
                    [*asked.arguments, *arguments],
                    environment,
                    folder,
                    [*fds, *asked.fds],
                    asked.cpu_seconds,
                    asked.sandbox,
                )
            except client.WarmError as error:
                if asked.sandbox:
                    raise
                self.log.warning("Starting a cold kernel: %s", error)
                return await super().launch_kernel(cmd, **kwargs)
        # It has the methods of Popen that Jupyter calls.
        self.process = forked  # type: ignore[assignment]
        self.pid = self.pgid = forked.pid
        self.cwd = pathlib.Path(folder)
        await self._wait_for_sockets(forked)
        return self.connection_info

    async def _wait_for_sockets(self, forked: client.ForkedProcess) -> None:
        """Waits until the kernel has bound its sockets: a client that comes too early
        tries again only after 0.1 s."""
        manager = self.parent
        if manager is None or manager.transport != "ipc":
            return
        last = compat.heartbeat_socket(manager)
        deadline = time.monotonic() + SOCKET_SECONDS
        while not os.path.exists(last) and time.monotonic() < deadline:
            if forked.poll() is not None:
                return
            await asyncio.sleep(0.002)

    async def send_signal(self, signum: int) -> None:
        """Sends a signal to the kernel and what it started."""
        if isinstance(self.process, client.ForkedProcess):
            # Its process id, which Jupyter signals, could be another process's by now.
            self.process.send_signal(signum)
        else:
            await super().send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kills the kernel, and waits for its end: Jupyter looks every 0.1 s only."""
        await super().kill(restart)
        if isinstance(self.process, client.ForkedProcess):
            deadline = time.monotonic() + 1
            while self.process.poll() is None and time.monotonic() < deadline:
                await asyncio.sleep(0.001)

    async def cleanup(self, restart: bool = False) -> None:
        """Removes the sockets' folder, unless the kernel starts again on it."""
        await super().cleanup(restart)
        folder = getattr(self, "sockets", None)
        if folder and not restart:
            for path in pathlib.Path(folder).glob("k-*"):
                path.unlink(missing_ok=True)
            if os.path.isdir(folder):
                os.rmdir(folder)


def kernel_arguments(cmd: list[str]) -> list[str] | None:
    """Returns what follows `python -m ipykernel_launcher` in a command line.

    Returns:
        The arguments; `None` if this is not this Python's IPython kernel.
    """
    own = os.path.realpath(cmd[0]) == os.path.realpath(sys.executable)
    if own and "-m" in cmd:
        place = cmd.index("-m")
        if cmd[place + 1 : place + 2] == ["ipykernel_launcher"]:
            return cmd[place + 2 :]
    return None


def _descriptor(value: Any, null: int, standard: int | None) -> int:
    if isinstance(value, int) and value >= 0:
        return value
    if hasattr(value, "fileno"):
        return value.fileno()
    return standard if standard is not None and value is None else null
