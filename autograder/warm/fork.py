"""Turns a fresh fork into the process that a request asks for."""

import importlib
import os
import random
import signal
import socket
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from autograder import compat
from autograder.sandbox import enter
from autograder.sandbox.policy import Policy, own_variables
from autograder.warm import messages, module_files, multiuser, settings

if TYPE_CHECKING:
    from ipykernel.kernelapp import IPKernelApp

INLINE = "module://matplotlib_inline.backend_inline"


class GuardedEnvironment(type(os.environ)):  # type: ignore[misc]
    """An environment that refuses changes to what was read at import."""

    def __setitem__(self, key: str, value: str) -> None:
        if key == "KERAS_BACKEND" and value != self.get(key):
            raise RuntimeError(
                f"KERAS_BACKEND={value} comes too late: this kernel has imported Keras "
                f"with {self.get(key)!r} already. Set it before the kernel starts, in "
                "the kernel's specification or the server's environment."
            )
        super().__setitem__(key, value)


def run(connection: socket.socket, is_shared: bool = False) -> Any:
    """Reads the request, becomes what it asks for, and runs it.

    Args:
        connection: To the client. The request is `{"env": {...}, "cwd": ..., "target":
            "module:function", "arguments": [...], "cpu_seconds": ..., "sandbox": ...}`;
            its descriptors are stdin, stdout, stderr and whatever the target takes.
        is_shared: Whether the parent was other users' too.

    Returns:
        What the target returned: the exit status.
    """
    import resource

    request, fds = messages.receive(connection)
    for number, fd in enumerate(fds[:3]):
        os.dup2(fd, number)
        os.close(fd)
    policy = request.get("sandbox")
    if policy:
        _enter(policy, connection, fds[3:], request.get("cpu_seconds"))
    else:
        messages.send(connection, {"pid": os.getpid()})
        connection.close()
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if request.get("cpu_seconds"):
        # At the first the system sends SIGXCPU, which says why; at the second SIGKILL.
        seconds = request["cpu_seconds"]
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    settle(request["env"], request["cwd"])
    if is_shared:
        multiuser.make_personal()
    if policy:
        os.environ.update(own_variables(policy))
        tempfile.tempdir = None
    module, name = request["target"].split(":")
    target = getattr(importlib.import_module(module), name)
    return target(*request["arguments"], *fds[3:])


def _enter(
    policy: Policy,
    connection: socket.socket,
    keep: Sequence[int],
    cpu_seconds: int | None,
) -> None:
    """Goes on in a sandbox; the process that was forked stays outside and waits."""

    def report(pid: int) -> None:
        messages.send(connection, {"pid": pid})
        connection.close()

    enter.enter(policy, report, keep, cpu_seconds)
    # The sandbox has closed it already, with every other descriptor but those to keep.
    connection.detach()


def settle(environment: Mapping[str, str], folder: str) -> None:
    """Puts a request's environment in place of the parent's, and draws new seeds.

    Args:
        environment: Replaces the parent's.
        folder: The working folder.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    own = {name: os.environ[name] for name in settings.DEFAULTS if name in os.environ}
    os.environ.clear()
    os.environ.update({**own, **environment})
    # ipykernel ends itself when the process with this number is not its parent.
    os.environ["JPY_PARENT_PID"] = str(os.getppid())
    os.environ.setdefault("MPLBACKEND", INLINE)
    os.environ.__class__ = GuardedEnvironment
    os.chdir(folder)
    if sys.path[:1] != [""]:
        sys.path.insert(0, "")
    _select_backend(os.environ["MPLBACKEND"])
    reseed()


def _select_backend(name: str) -> None:
    """Does what matplotlib would have done, had it been imported just now."""
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is not None:
        matplotlib.rcParams["backend"] = name


def reseed() -> None:
    """Draws new seeds for every generator that the parent may have made."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    compat.reset_keras_seed()


def kernel(*arguments: str) -> None:
    """Runs an IPython kernel.

    Args:
        *arguments: As after `python -m ipykernel_launcher`.
    """
    make_kernel(arguments).start()


def make_kernel(arguments: Sequence[str]) -> "IPKernelApp":
    """Makes an IPython kernel that is ready to start.

    Args:
        arguments: As after `python -m ipykernel_launcher`.
    """
    from ipykernel.kernelapp import IPKernelApp

    # Its default was read from the environment when the parent imported it. The first
    # process of a namespace has no parent to watch; its supervisor outside ends it.
    app = IPKernelApp.instance(parent_handle=os.getppid() or 1)
    with module_files.at_hand():
        app.initialize(list(arguments))
    return app
