"""Asks a warm parent for a process, and starts the parent where there is none."""

import contextlib
import fcntl
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
from pathlib import Path

from autograder.warm import messages, multiuser, settings

# A parent that nobody asks for anything goes after this long, unless the environment's
# LAYERWISE_WARM_SECONDS says otherwise. Seconds.
IDLE_SECONDS = 900
# `import tensorflow, keras` takes 10 s here; a loaded machine more.
START_SECONDS = 180


_log = logging.getLogger(__name__)
# Parents that this process started: they outlive it, and it must not disown them.
_started = []


class WarmError(RuntimeError):
    """No warm process is to be had: the message says why."""


def available():
    """Returns whether this system can fork warm processes at all."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def meeting_place():
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


def connect(environment):
    """Connects to the parent that fits an environment; starts it if need be.

    Args:
        environment: Dict of strings, the environment that the process is to have.

    Returns:
        Connected Unix socket.

    Raises:
        WarmError: If no parent could be started; the message holds its last words.
    """
    path = meeting_place() / f"{settings.parent_name(environment)}.sock"
    connection = _try(path)
    if connection is not None:
        return connection
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = _try(path)
        return connection or _start(path, environment)


def _try(path):
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _start(path, environment):
    # Parents of the same settings whose packages are no longer those on disk leave once
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


def connect_shared(environment):
    """Connects to the parent that a hub shares among its users.

    Args:
        environment: Dict of strings, the environment that the process is to have.

    Returns:
        Connected Unix socket; `None` if there is none for these settings.
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
    """A process that a parent forked for us; it looks like `subprocess.Popen`.

    Args:
        target: String, `module:function`, what the process runs.
        arguments: List of strings for the target.
        environment: Dict of strings.
        folder: String, the working folder.
        fds: Three open descriptors for stdin, stdout and stderr, and any others that
            the target takes.
        cpu_seconds: Integer, CPU time after which the system kills the process; `None`
            sets no limit.
        sandbox: Dict of `autograder.sandbox.policy.make_policy`, or `None`.

    Raises:
        WarmError: If no parent is to be had, or it refuses to fork.
    """

    stdin = stdout = stderr = None

    def __init__(
        self,
        target,
        arguments,
        environment,
        folder,
        fds,
        cpu_seconds=None,
        sandbox=None,
    ):
        self.returncode = None
        request = {
            "target": target,
            "arguments": list(arguments),
            "env": dict(environment),
            "cwd": str(folder),
            "cpu_seconds": cpu_seconds,
            "sandbox": sandbox,
        }
        # Whoever runs a sandbox has a parent of their own.
        connection = None if sandbox else connect_shared(environment)
        if connection is not None:
            try:
                self._ask(connection, request, fds)
                return
            except WarmError as error:
                _log.warning("Not from the shared parent: %s", error)
        self._ask(connect(environment), request, fds)

    def _ask(self, connection, request, fds):
        try:
            connection.settimeout(START_SECONDS)
            messages.send(connection, request, fds)
            answer, _ = messages.receive(connection)
        except (EOFError, OSError) as error:
            connection.close()
            raise WarmError("the warm parent went away") from error
        if "pid" not in answer:
            connection.close()
            raise WarmError(answer.get("error", "the fork ended before it began"))
        connection.settimeout(None)
        self.connection, self.pid = connection, answer["pid"]

    def poll(self):
        """Returns the exit status, or `None` while the process runs."""
        if self.returncode is None:
            readable, _, _ = select.select([self.connection], [], [], 0)
            if readable:
                self._take_end()
        return self.returncode

    def wait(self, timeout=None):
        """Waits for the end.

        Args:
            timeout: Float, seconds; `None` waits for ever.

        Returns:
            Integer, the exit status; negative for a signal.

        Raises:
            subprocess.TimeoutExpired: If it runs longer.
        """
        if self.returncode is None:
            readable, _, _ = select.select([self.connection], [], [], timeout)
            if not readable:
                raise subprocess.TimeoutExpired("warm process", timeout)
            self._take_end()
        return self.returncode

    def _take_end(self):
        try:
            answer, _ = messages.receive(self.connection)
            self.returncode = answer["exit"]
        except (EOFError, OSError):
            # The parent is gone, and its children with it.
            self.returncode = -signal.SIGKILL
        self.connection.close()

    def send_signal(self, signum):
        """Sends a signal to the process and what it started, while it runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signum)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        self.send_signal(signal.SIGTERM)
