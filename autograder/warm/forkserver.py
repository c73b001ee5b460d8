"""Runs the warm parent: imports once, forks for each request, reports how forks end.

    python -m autograder.warm.forkserver SOCKET IDLE_SECONDS [shared]

It never runs an operation and never reads a request: it forks first and lets the child
read, so that one kernel's keys and environment are not in the memory of the next.
"""

import contextlib
import gc
import importlib
import os
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import NoReturn

from autograder import compat
from autograder.processes import lift_memory_bound
from autograder.warm import fork, module_files, multiuser
from autograder.warm.reaper import GRACE, Reaper, tell

stopped = False
BACKENDS = {"tensorflow": "tensorflow", "jax": "jax", "torch": "torch"}
# What kernels use soon after they start.
PRELOADED = (
    "numpy",
    "keras",
    "matplotlib.pyplot",
    "IPython",
    # Every kernel imports it when it starts, and debugpy with it: 0.1 s.
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "IPython.core.debugger",
    "IPython.core.completerlib",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
    "fcntl",
    "resource",
    "autograder.warm.submission_kernel",
    "autograder.verdict.runner",
    "autograder.verdict.keras_objects",
    "layerwise.checks",
)
# What a sandbox needs, where it is installed.
PRELOADED_IF_THERE = ("py_landlock", "pyseccomp")


def main(
    path: str, idle_seconds: float, admission: multiuser.Admission | None = None
) -> None:
    """Imports, listens and forks until nobody has asked for a while.

    Args:
        path: Where to make the Unix socket.
        idle_seconds: How long to wait without children and requests.
        admission: Of a parent that forks for all users of a machine; `None` for one
            user's own.
    """
    # The bound of the worker that started this process is the worker's own.
    lift_memory_bound(os.getpid())
    signal.signal(signal.SIGTERM, _stop)
    # A hub interrupts its services. A user's Ctrl-C in a terminal is not for kernels.
    signal.signal(signal.SIGINT, signal.SIG_IGN if admission is None else _stop)
    if admission is None:
        # The socket's name appears only when connections are answered at once.
        preload()
        listener = _listen(path)
    else:
        # Users would start parents of their own while this one imports.
        listener = _listen(path, 0o666)
        preload()
    identity = os.stat(path).st_ino
    gc.collect()
    gc.freeze()
    try:
        serve(listener, idle_seconds, lambda: _is_there(path, identity), admission)
    finally:
        with contextlib.suppress(FileNotFoundError):
            if _is_there(path, identity):
                os.unlink(path)


def _stop(*_: object) -> NoReturn:
    global stopped
    # Python drops an exception that a signal raises in one of its own callbacks, such
    # as those around a fork: `serve` looks at this too.
    stopped = True
    sys.exit(0)


def _listen(path: str, mode: int = 0o600) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(f"{path}.new")
    os.chmod(f"{path}.new", mode)
    listener.listen(512)
    os.rename(f"{path}.new", path)
    return listener


def _is_there(path: str, identity: int) -> bool:
    """Returns whether the socket at a path is still the one that was made there."""
    try:
        return os.stat(path).st_ino == identity
    except FileNotFoundError:
        return False


def preload() -> None:
    """Imports what kernels need; the backend first, since Keras imports it anyway."""
    names = [BACKENDS.get(os.environ.get("KERAS_BACKEND", "tensorflow")), *PRELOADED]
    for name in filter(None, names):
        importlib.import_module(name)
    for name in PRELOADED_IF_THERE:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    module_files.gather()


def find_initialised() -> str | None:
    """Returns the name of a backend that cannot be forked any more, if there is one."""
    if compat.tensorflow_is_initialised():
        return "TensorFlow's eager context"
    if compat.jax_is_initialised():
        return "a JAX backend"
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return "CUDA, through torch"
    return None


def serve(
    listener: socket.socket,
    idle_seconds: float,
    reachable: Callable[[], bool],
    admission: multiuser.Admission | None = None,
) -> None:
    """Accepts connections, forks, and watches the children.

    Args:
        listener: The socket to accept connections on.
        idle_seconds: As in `main`.
        reachable: Returns whether clients can still find the socket.
        admission: As in `main`.
    """
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    reaper = Reaper(poller, admission is not None)
    quiet_since = time.monotonic()
    while not stopped:
        if reaper.connections:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > idle_seconds or not reachable():
            return
        wait = min(idle_seconds, GRACE / 4 if reaper.unfinished() else 5)
        for fd, _ in poller.poll(1000 * wait):
            if fd == listener.fileno():
                quiet_since = time.monotonic()
                _accept(listener, reaper, admission)
            elif fd in reaper.by_pidfd:
                reaper.report_end(fd)
            elif fd in reaper.by_connection:
                reaper.end(fd)
        reaper.tidy()


def _accept(
    listener: socket.socket, reaper: Reaper, admission: multiuser.Admission | None
) -> None:
    try:
        connection, _ = listener.accept()
    except OSError:
        # The system has no descriptors left; the connection waits for one.
        time.sleep(0.1)
        return
    pid, user, _ = multiuser.peer(connection)
    fault = find_initialised()
    if fault:
        _refuse(reaper, connection, f"it cannot be forked: {fault} is initialised")
        # It stays initialised here; the next client starts another parent.
        raise SystemExit(3)
    if reaper.is_full():
        _refuse(reaper, connection, "it has as many as it has descriptors for")
        return
    if admission is not None:
        running = sum(owner == user for owner in reaper.users.values())
        objection = admission.objection(pid, user, running)
        if objection:
            _refuse(reaper, connection, objection)
            return
    # If the system refuses this kernel, the parent and its other kernels go on.
    try:
        pid = os.fork()
    except OSError as error:
        _refuse(reaper, connection, f"the system refuses to fork: {error}")
        return
    if pid == 0:
        _become_child(connection, listener, reaper, admission is not None)
    try:
        reaper.add(pid, connection, user)
    except OSError as error:
        os.kill(pid, signal.SIGKILL)
        reaper.zombies.append(pid)
        _refuse(reaper, connection, f"the system refuses to watch it: {error}")


def _refuse(reaper: Reaper, connection: socket.socket, reason: str) -> None:
    tell(connection, {"error": f"the warm parent forks no kernel: {reason}"})
    reaper.leave(connection)


def _become_child(
    connection: socket.socket, listener: socket.socket, reaper: Reaper, is_shared: bool
) -> NoReturn:
    """Closes everything of the parent's, and runs the request."""
    status = 1
    try:
        # Before it becomes a user's process, which the user could stop in this session.
        os.setsid()
        listener.close()
        reaper.close()
        if is_shared:
            multiuser.become(connection)
        result = fork.run(connection, is_shared)
        status = result if isinstance(result, int) else 0
    except SystemExit as stop:
        status = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    main(
        sys.argv[1],
        float(sys.argv[2]),
        multiuser.Admission() if sys.argv[3:] == ["shared"] else None,
    )
