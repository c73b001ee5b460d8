"""Asks a warm parent for a process, and starts the parent where there is none."""

import contextlib
import logging
import os
import select
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from filelock import FileLock

from autograder.sandbox.policy import Policy
from autograder.warm import messages, multiuser, settings

# A parent that is asked for nothing ends after this long, unless the environment's
# LAYERWISE_WARM_SECONDS says otherwise. Seconds.
IDLE_SECONDS = 900
# `import tensorflow, keras` takes 10 s here; a loaded machine more.
START_SECONDS = 180


_log = logging.getLogger(__name__)
# Parents that this process started: they outlive it, and a Popen object that is deleted
# before its process ends would warn.
_started: list[subprocess.Popen[bytes]] = []


class WarmError(RuntimeError):
    """There is no warm process: the message says why."""


def available() -> bool:
    """Returns whether this system can fork warm processes at all."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def meeting_place() -> Path:
    """Returns the folder of the parents' sockets, private to this user.

    Raises:
        WarmError: If somebody else owns it.
    """
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    folder = base / f"layerwise-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    private = stat.S_ISDIR(status.st_mode) and not status.st_mode & 0o077
    if status.st_uid != os.getuid() or not private:
        raise WarmError(f"{folder} is not a private folder of this user: remove it")
    return folder


def connect(environment: Mapping[str, str]) -> socket.socket:
    """Connects to the parent that fits an environment; starts it if need be.

    Args:
        environment: What the process is to have.

    Raises:
        WarmError: If no parent could be started; the message ends with its log.
    """
    path = meeting_place() / f"{settings.parent_name(environment)}.sock"
    connection = _try(path)
    if connection is not None:
        return connection
    with FileLock(path.with_suffix(".lock")):
        connection = _try(path)
        return connection or _start(path, environment)


def _try(path: Path) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _start(path: Path, environment: Mapping[str, str]) -> socket.socket:
    # Parents of the same settings whose packages are no longer those on disk end once
    # their socket is gone and their last kernel has ended.
    for stale in path.parent.glob(f"{path.stem.split('-')[0]}-*.sock"):
        stale.unlink(missing_ok=True)
    idle = os.environ.get("LAYERWISE_WARM_SECONDS", str(IDLE_SECONDS))
    with path.with_suffix(".log").open("wb") as log:
        parent = subprocess.Popen(
            [sys.executable, "-m", "autograder.warm.forkserver", path, idle],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=settings.parent_environment(environment),
            start_new_session=True,
        )
    _started.append(parent)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        connection = _try(path)
        if connection is not None:
            return connection
        if parent.poll() is not None:
            break
        time.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        parent.kill()
    words = path.with_suffix(".log").read_text(errors="replace").strip()[-2000:]
    raise WarmError(f"the warm parent did not start:\n{words}")


def connect_shared(environment: Mapping[str, str]) -> socket.socket | None:
    """Connects to the parent that a hub shares among its users.

    Args:
        environment: What the process is to have.

    Returns:
        The connection; `None` if there is no shared parent for these settings.
    """
    path = multiuser.socket_path(environment)
    if path is None:
        return None
    try:
        connection = _try(path)
    except PermissionError:
        return None
    if connection is not None and not multiuser.is_trusted(connection):
        connection.close()
        return None
    return connection


class ForkedProcess:
    """A process that a parent forked for us, with the methods of `subprocess.Popen`.

    Args:
        target: What the process runs, as `module:function`.
        arguments: For the target.
        environment: What the process is to have.
        folder: The working folder.
        fds: Three open descriptors for stdin, stdout and stderr, and any others that
            the target takes.
        cpu_seconds: CPU time after which the system kills the process; `None` sets no
            limit.
        sandbox: What the process may do; `None` puts it into no sandbox.

    Raises:
        WarmError: If there is no parent, or it refuses to fork.
    """

    stdin = stdout = stderr = None

    def __init__(
        self,
        target: str,
        arguments: Iterable[Any],
        environment: Mapping[str, str],
        folder: str | Path,
        fds: Sequence[int],
        cpu_seconds: int | None = None,
        sandbox: Policy | None = None,
    ) -> None:
        self.returncode: int | None = None
        request = {
            "target": target,
            "arguments": list(arguments),
            "env": dict(environment),
            "cwd": str(folder),
            "cpu_seconds": cpu_seconds,
            "sandbox": sandbox,
        }
        # A shared parent forks no sandboxed process.
        connection = None if sandbox else connect_shared(environment)
        if connection is not None:
            try:
                self._ask(connection, request, fds)
                return
            except WarmError as error:
                _log.warning("Not from the shared parent: %s", error)
        self._ask(connect(environment), request, fds)

    def _ask(
        self, connection: socket.socket, request: dict[str, Any], fds: Sequence[int]
    ) -> None:
        try:
            connection.settimeout(START_SECONDS)
            messages.send(connection, request, fds)
            answer, _ = messages.receive(connection)
        except (EOFError, OSError) as error:
            connection.close()
            raise WarmError("the warm parent closed the connection") from error
        if "pid" not in answer:
            connection.close()
            raise WarmError(answer.get("error", "the fork ended before it began"))
        connection.settimeout(None)
        self.connection, self.pid = connection, answer["pid"]

    def poll(self) -> int | None:
        """Returns the exit status, or `None` while the process runs."""
        if self.returncode is None:
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable:
                self.returncode = self._receive_end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Waits for the end.

        Args:
            timeout: Seconds; `None` sets no limit.

        Returns:
            The exit status; negative for a signal.

        Raises:
            subprocess.TimeoutExpired: If it runs longer.
        """
        if self.returncode is None:
            readable, _, _ = select.select([self.connection], [], [], timeout)
            if not readable:
                raise subprocess.TimeoutExpired("warm process", timeout or 0)
            self.returncode = self._receive_end()
        return self.returncode

    def _receive_end(self) -> int:
        """Receives the exit status, once the connection is readable, and closes it."""
        try:
            answer, _ = messages.receive(self.connection)
            return answer["exit"]
        except (EOFError, OSError):
            # The parent has ended, and its children with it.
            return -signal.SIGKILL
        finally:
            self.connection.close()

    def send_signal(self, signum: int) -> None:
        """Sends a signal to the process and what it started, while it runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signum)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)
