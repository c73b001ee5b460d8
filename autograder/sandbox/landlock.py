"""What a process may open, by Landlock: on top of mounts, or alone."""

import os

from py_landlock import AccessFs, Landlock
from py_landlock.landlock_sys import get_abi_version

from autograder.sandbox.policy import (
    DEVICES,
    NAMESPACES,
    home_and_scratch,
    readable_paths,
    work_folder,
)

READ = AccessFs.READ_FILE | AccessFs.READ_DIR | AccessFs.EXECUTE
WRITE = (
    READ
    | AccessFs.WRITE_FILE
    | AccessFs.TRUNCATE
    | AccessFs.REMOVE_DIR
    | AccessFs.REMOVE_FILE
    | AccessFs.MAKE_DIR
    | AccessFs.MAKE_REG
    | AccessFs.MAKE_SOCK
    | AccessFs.MAKE_FIFO
    | AccessFs.MAKE_SYM
    | AccessFs.REFER
)
DEVICE = AccessFs.READ_FILE | AccessFs.WRITE_FILE | AccessFs.IOCTL_DEV
# Rights that make sense for what is not a folder.
OF_A_FILE = (
    AccessFs.READ_FILE
    | AccessFs.WRITE_FILE
    | AccessFs.EXECUTE
    | AccessFs.TRUNCATE
    | AccessFs.IOCTL_DEV
)
# What libraries read about the machine, where /proc is the host's.
PROC = ("self", "cpuinfo", "meminfo", "stat", "filesystems", "version", "sys/kernel")
# Signals to others and abstract sockets are refused by Landlock itself from here on.
SCOPED = 6


def version():
    """Returns Landlock's version in this kernel; 0 where it is not to be had."""
    try:
        return int(get_abi_version())
    except Exception:
        return 0


def restrict(policy):
    """Takes away every file but those of the policy, TCP, and signals to others.

    Args:
        policy: Dict of `make_policy`.

    Raises:
        Exception: If the kernel has no Landlock.
    """
    rules = Landlock(strict=False)
    home, scratch = home_and_scratch(policy)
    place, work = policy["place"], work_folder(policy)
    for path in (home, scratch, work, "/dev/shm"):
        if path != "/dev/shm" or policy["level"] == NAMESPACES:
            _allow(rules, path, WRITE)
    # Sockets only: regular files in it would be out of every bound.
    _allow(rules, place, AccessFs.READ_FILE | AccessFs.READ_DIR | AccessFs.MAKE_SOCK)
    if policy["level"] == NAMESPACES:
        # A network of its own, with nobody else in it.
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


def _allow(rules, path, access):
    if os.path.exists(path):
        rights = access if os.path.isdir(path) else access & OF_A_FILE
        rules.add_path_rule(path, access=rights)
