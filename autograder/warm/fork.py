"""What a fork does before it is a kernel: it takes the request's place in the world."""

import importlib
import os
import random
import resource
import signal
import sys
import tempfile

from autograder.sandbox import enter
from autograder.sandbox.policy import own_variables
from autograder.warm import messages, module_files, multiuser, settings

INLINE = "module://matplotlib_inline.backend_inline"


class GuardedEnvironment(type(os.environ)):
    """An environment in which what was read at import cannot be set any more."""

    def __setitem__(self, key, value):
        if key == "KERAS_BACKEND" and value != self.get(key):
            raise RuntimeError(
                f"KERAS_BACKEND={value} comes too late: this kernel has imported Keras "
                f"with {self.get(key)!r} already. Set it before the kernel starts, in "
                "the kernel's specification or the server's environment."
            )
        super().__setitem__(key, value)


def run(connection, is_shared=False):
    """Reads the request, becomes what it asks for, and runs it.

    Args:
        connection: Unix socket to the client. The request is `{"env": {...}, "cwd":
            ..., "target": "module:function", "arguments": [...], "cpu_seconds": ...,
            "sandbox": ...}`; its descriptors are stdin, stdout, stderr and whatever
            the target takes.
        is_shared: Whether the parent was other users' too.

    Returns:
        What the target returned: the exit status.
    """
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


def _enter(policy, connection, keep, cpu_seconds):
    """Goes on in a sandbox; the process that was forked stays outside and waits."""

    def report(pid):
        messages.send(connection, {"pid": pid})
        connection.close()

    enter.enter(policy, report, keep, cpu_seconds)
    # Closed already, with everything else that the sandbox has no business with.
    connection.detach()


def settle(environment, folder):
    """Puts a request's environment in place of the parent's, and draws new seeds.

    Args:
        environment: Dict of strings; it replaces the parent's.
        folder: String, the working folder.
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


def _select_backend(name):
    """Does what matplotlib would have done, had it been imported just now."""
    matplotlib = sys.modules.get("matplotlib")
    if matplotlib is not None:
        matplotlib.rcParams["backend"] = name


def reseed():
    """Draws new seeds for every generator that the parent may have made."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    state = sys.modules.get("keras.src.backend.common.global_state")
    if state is not None:
        from keras.src.random import seed_generator

        state.set_global_attribute(seed_generator.GLOBAL_SEED_GENERATOR, None)


def kernel(*arguments):
    """Runs an IPython kernel.

    Args:
        *arguments: Strings, as after `python -m ipykernel_launcher`.
    """
    make_kernel(arguments).start()


def make_kernel(arguments):
    """Makes an IPython kernel that is ready to start.

    Args:
        arguments: Sequence of strings, as after `python -m ipykernel_launcher`.

    Returns:
        `IPKernelApp`.
    """
    from ipykernel.kernelapp import IPKernelApp

    # Its default was read from the environment when the parent imported it.
    # The first process of a namespace has no parent to watch; the supervisor does.
    app = IPKernelApp.instance(parent_handle=os.getppid() or 1)
    with module_files.at_hand():
        app.initialize(list(arguments))
    return app
