"""The warm parent: imports once, forks for each request, reports how children end.

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

from autograder.warm import fork, module_files, multiuser
from autograder.warm.reaper import GRACE, Children, tell

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
    "autograder.sandbox.rootfs",
    "autograder.sandbox.landlock",
    "autograder.sandbox.seccomp",
    "autograder.verdict.runner",
    "autograder.verdict.keras_objects",
    "layerwise.checks",
)


def main(path, idle_seconds, door=None):
    """Imports, listens and forks until nobody has asked for a while.

    Args:
        path: String, where to make the Unix socket.
        idle_seconds: Float, how long to wait without children and requests.
        door: `autograder.warm.multiuser.Door` of a parent that forks for all users of a
            machine; `None` for one user's own.
    """
    signal.signal(signal.SIGTERM, _stop)
    # A hub interrupts its services; whoever presses Ctrl-C means not their kernels.
    signal.signal(signal.SIGINT, signal.SIG_IGN if door is None else _stop)
    if door is None:
        # The name appears only when connections are welcome.
        preload()
        listener = _listen(path)
    else:
        # Nobody shall start a parent of their own while this one imports.
        listener = _listen(path, 0o666)
        preload()
    identity = os.stat(path).st_ino
    gc.collect()
    gc.freeze()
    try:
        serve(listener, idle_seconds, lambda: _is_there(path, identity), door)
    finally:
        with contextlib.suppress(FileNotFoundError):
            if _is_there(path, identity):
                os.unlink(path)


def _stop(*_):
    global stopped
    # Python drops an exception that a signal raises in one of its own callbacks, such
    # as those around a fork: the loop looks again.
    stopped = True
    sys.exit(0)


def _listen(path, mode=0o600):
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(f"{path}.new")
    os.chmod(f"{path}.new", mode)
    listener.listen(512)
    os.rename(f"{path}.new", path)
    return listener


def _is_there(path, identity):
    """Returns whether the socket at a path is still the one that was made there."""
    try:
        return os.stat(path).st_ino == identity
    except FileNotFoundError:
        return False


def preload():
    """Imports what kernels need; the backend first, since Keras imports it anyway."""
    names = [BACKENDS.get(os.environ.get("KERAS_BACKEND", "tensorflow")), *PRELOADED]
    for name in filter(None, names):
        importlib.import_module(name)
    module_files.gather()


def find_initialised():
    """Looks for a backend that cannot be forked any more.

    Returns:
        String that names it, or `None`.
    """
    context = sys.modules.get("tensorflow.python.eager.context")
    current = getattr(context, "_context", None)
    if current is not None and getattr(current, "_initialized", False):
        return "TensorFlow's eager context"
    bridge = sys.modules.get("jax._src.xla_bridge")
    if getattr(bridge, "_backends", None):
        return "a JAX backend"
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        return "CUDA, through torch"
    return None


def serve(listener, idle_seconds, reachable, door=None):
    """Accepts connections, forks, and watches the children.

    Args:
        listener: Listening Unix socket.
        idle_seconds: Float, as in `main`.
        reachable: Function that returns whether clients can still find the socket.
        door: As in `main`.
    """
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    children = Children(poller, door is not None)
    quiet_since = time.monotonic()
    while not stopped:
        if children.connections:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > idle_seconds or not reachable():
            return
        wait = min(idle_seconds, GRACE / 4 if children.unfinished() else 5)
        for fd, _ in poller.poll(1000 * wait):
            if fd == listener.fileno():
                quiet_since = time.monotonic()
                _accept(listener, children, door)
            elif fd in children.by_pidfd:
                children.report_end(fd)
            elif fd in children.by_connection:
                children.end(fd)
        children.tidy()


def _accept(listener, children, door):
    try:
        connection, _ = listener.accept()
    except OSError:
        # The system has no descriptors left; the connection waits for one.
        time.sleep(0.1)
        return
    pid, user, _ = multiuser.peer(connection)
    fault = find_initialised()
    if fault:
        _refuse(children, connection, f"it cannot be forked: {fault} is initialised")
        # A fresh parent may do better; this one never will.
        raise SystemExit(3)
    if children.are_full():
        _refuse(children, connection, "it has as many as it has descriptors for")
        return
    if door is not None:
        running = sum(owner == user for owner in children.users.values())
        objection = door.objection(pid, user, running)
        if objection:
            _refuse(children, connection, objection)
            return
    # What the system denies to one kernel must not end the others.
    try:
        pid = os.fork()
    except OSError as error:
        _refuse(children, connection, f"the system refuses to fork: {error}")
        return
    if pid == 0:
        _become_child(connection, listener, children, door is not None)
    try:
        children.add(pid, connection, user)
    except OSError as error:
        os.kill(pid, signal.SIGKILL)
        children.zombies.append(pid)
        _refuse(children, connection, f"the system refuses to watch it: {error}")


def _refuse(children, connection, reason):
    tell(connection, {"error": f"the warm parent forks no kernel: {reason}"})
    children.leave(connection)


def _become_child(connection, listener, children, is_shared):
    """Leaves everything of the parent's behind, and runs the request."""
    status = 1
    try:
        # Before it is anybody's: a user could hold it where it is, in this session.
        os.setsid()
        listener.close()
        children.close()
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
        multiuser.Door() if sys.argv[3:] == ["shared"] else None,
    )
