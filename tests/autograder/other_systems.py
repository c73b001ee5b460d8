"""Imports all of autograder as if this were another system, and prints what failed.

    python other_systems.py darwin win32

Other packages are imported first, as they are here: whether they can be imported on
other systems is not tested. Then what only Linux has is taken away, and autograder is
imported anew for each system.
"""

import importlib
import importlib.abc
import importlib.util
import json
import os
import pkgutil
import select
import signal
import socket
import sys

MODULES = ("fcntl", "grp", "py_landlock", "pyseccomp", "pwd", "resource", "termios")
# Windows lacks all of these and macOS some. `os.name` stays: paths of Windows cannot be
# made elsewhere.
ATTRIBUTES = {
    os: (
        *("O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "fork", "geteuid", "getuid"),
        *("killpg", "pidfd_open", "sched_getaffinity", "setsid", "uname", "wait4"),
    ),
    select: ("POLLIN", "POLLRDHUP", "epoll", "poll"),
    signal: ("SIGKILL", "SIGXCPU", "pidfd_send_signal", "pthread_sigmask"),
    socket: ("AF_UNIX", "MSG_DONTWAIT", "SCM_RIGHTS", "SO_PEERCRED", "send_fds"),
}
# Attacks on Linux's mechanisms, and a configuration that JupyterHub runs.
LEFT_OUT = ("autograder.proof.redteam", "autograder.proof.load.hub_config")
NEED_JUPYTERHUB = ("autograder.serve.app", "autograder.proof.load.spawner")


class Refusal(importlib.abc.MetaPathFinder):
    """Finds none of `MODULES`, whoever asks."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in MODULES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def module_names():
    """Returns the names of autograder's modules."""
    package = importlib.import_module("autograder")
    left_out = LEFT_OUT
    if importlib.util.find_spec("jupyterhub") is None:
        left_out += NEED_JUPYTERHUB
    return [
        module.name
        for module in pkgutil.walk_packages(package.__path__, "autograder.")
        if not module.name.startswith(left_out)
    ]


def import_all(names):
    """Returns what failed, by the module's name."""
    faults = {}
    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:
            faults[name] = f"{type(error).__name__}: {error}"
    return faults


def forget(*packages):
    """Makes the next import of these packages run their code again."""
    for name in list(sys.modules):
        if name.partition(".")[0] in packages:
            del sys.modules[name]


def take_away():
    """Removes what only Linux has from this process."""
    forget(*MODULES)
    sys.meta_path.insert(0, Refusal())
    for module, attributes in ATTRIBUTES.items():
        for name in attributes:
            delattr(module, name)


def look(names, platform):
    """Imports autograder on a system; returns what it says of that system."""
    sys.platform = platform
    forget("autograder")
    faults = import_all(names)
    from autograder.sandbox import levels
    from autograder.warm import client

    found = levels.detect()
    return {
        "faults": faults,
        "warm": client.available(),
        "level": found.level,
        "missing": sorted(set(found.missing.values())),
    }


def main(platforms):
    names = module_names()
    answer = {"modules": names, "here": import_all(names)}
    take_away()
    print(json.dumps({**answer, **{name: look(names, name) for name in platforms}}))


if __name__ == "__main__":
    main(sys.argv[1:])
