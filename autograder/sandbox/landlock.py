"""Restricts what a process may open, by Landlock: on top of mounts, or alone."""

import functools
import operator
import os
from collections.abc import Collection
from typing import TYPE_CHECKING

from autograder.sandbox.policy import (
    DEVICES,
    NAMESPACES,
    Policy,
    home_and_scratch,
    readable_paths,
    work_folder,
)

if TYPE_CHECKING:
    from py_landlock import Landlock

# Rights by their names in `py_landlock.AccessFs`, which only Linux has.
READ = frozenset({"READ_FILE", "READ_DIR", "EXECUTE"})
WRITE = READ | {
    "WRITE_FILE",
    "TRUNCATE",
    "REMOVE_DIR",
    "REMOVE_FILE",
    "MAKE_DIR",
    "MAKE_REG",
    "MAKE_SOCK",
    "MAKE_FIFO",
    "MAKE_SYM",
    "REFER",
}
SOCKETS_ONLY = frozenset({"READ_FILE", "READ_DIR", "MAKE_SOCK"})
DEVICE = frozenset({"READ_FILE", "WRITE_FILE", "IOCTL_DEV"})
# Rights that make sense for what is not a folder.
OF_A_FILE = frozenset({"READ_FILE", "WRITE_FILE", "EXECUTE", "TRUNCATE", "IOCTL_DEV"})
# What libraries read about the machine, where /proc is the host's.
PROC = ("self", "cpuinfo", "meminfo", "stat", "filesystems", "version", "sys/kernel")
# From this version on Landlock itself refuses signals to others and abstract sockets.
SCOPED = 6


def version() -> int:
    """Returns Landlock's version in this kernel; 0 where there is none."""
    try:
        from py_landlock import get_abi_version

        return int(get_abi_version())
    except Exception:
        return 0


def restrict(policy: Policy) -> None:
    """Takes away every file but those of the policy, TCP, and signals to others.

    Raises:
        Exception: If the kernel has no Landlock.
    """
    from py_landlock import Landlock

    rules = Landlock(strict=False)
    home, scratch = home_and_scratch(policy)
    place, work = policy["place"], work_folder(policy)
    for path in (home, scratch, work, "/dev/shm"):
        if path != "/dev/shm" or policy["level"] == NAMESPACES:
            _allow(rules, path, WRITE)
    # No limit on the disk would count regular files in it.
    _allow(rules, place, SOCKETS_ONLY)
    if policy["level"] == NAMESPACES:
        # No other process is in its network namespace.
        rules.allow_all_network()
        _allow(rules, "/", READ)
        _allow(rules, "/dev", DEVICE | READ)
        _allow(rules, "/proc", DEVICE | READ)
    else:
        for path in readable_paths():
            _allow(rules, path, READ)
        for name in DEVICES:
            _allow(rules, f"/dev/{name}", DEVICE)
        for name in PROC:
            _allow(rules, f"/proc/{name}", READ)
    rules.apply()


def _allow(rules: "Landlock", path: str, names: Collection[str]) -> None:
    from py_landlock import AccessFs

    if os.path.exists(path):
        wanted = names if os.path.isdir(path) else OF_A_FILE.intersection(names)
        rights = functools.reduce(operator.or_, (AccessFs[name] for name in wanted))
        rules.add_path_rule(path, access=rights)
