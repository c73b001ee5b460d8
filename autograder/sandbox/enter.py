"""Puts a fresh fork into its sandbox; a supervisor outside waits for its end."""

import contextlib
import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NoReturn

from autograder.processes import children_of
from autograder.sandbox import landlock, rlimits, rootfs, seccomp, syscalls
from autograder.sandbox.policy import FIRST_UID, LANDLOCK, NAMESPACES, RLIMITS, Policy

# In the sandbox: the policy in force.
entered: Policy | None = None


def enter(
    policy: Policy,
    report: Callable[[int], object],
    keep: Iterable[int] = (),
    cpu_seconds: int | None = None,
) -> None:
    """Forks; the child goes on in the sandbox, the parent stays to wait for its end.

    It returns in the child only. The parent leaves with the child's exit status.

    Args:
        policy: What the child may do.
        report: Called outside with the child's process id.
        keep: Descriptors, beside the standard three, for the child.
        cpu_seconds: The CPU time after which the child will be killed: it only tells
            that end from others.

    Raises:
        OSError: In the child, if the system refuses a step.
        ImportError: If a library that the level needs is not installed.
    """
    global entered
    _import_libraries(policy["level"])
    cpu_limit = cpu_seconds or float("inf")
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    root = os.geteuid() == 0
    uid, gid = os.getuid(), os.getgid()
    if root:
        # Unique as long as the process is there.
        uid = gid = FIRST_UID + os.getpid()
        _give(policy["place"], uid, gid)
    if policy["level"] == NAMESPACES:
        syscalls.unshare(
            syscalls.CLONE_NEWPID | (0 if root else syscalls.CLONE_NEWUSER)
        )
        if not root:
            _map_user(uid, gid)
    pid = os.fork()
    if pid:
        _supervise(pid, report, cpu_limit)
    os.setsid()
    _close_all_but(keep)
    if policy["level"] == NAMESPACES:
        syscalls.unshare(
            syscalls.CLONE_NEWNS
            | syscalls.CLONE_NEWNET
            | syscalls.CLONE_NEWIPC
            | syscalls.CLONE_NEWUTS
            | syscalls.CLONE_NEWCGROUP
        )
        syscalls.bring_up_loopback()
        rootfs.enter_root(policy, uid, gid)
    rlimits.apply(policy, shared_user=not root)
    kept: tuple[int, ...] = ()
    if root:
        if policy["level"] == LANDLOCK and _is_private(sys.prefix, sys.base_prefix):
            # An environment under /root: Landlock decides which files can be read.
            kept = (syscalls.CAP_DAC_READ_SEARCH,)
            syscalls.prctl(syscalls.PR_SET_KEEPCAPS, 1)
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        # A change of user hides /proc/self from its own process.
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    syscalls.keep_capabilities(*kept)
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    _refuse(policy)
    entered = policy


def finish_start() -> None:
    """Takes away what only the start of a kernel needs: sockets, where they are the
    host's."""
    if entered is not None and entered["level"] == LANDLOCK:
        seccomp.refuse_sockets()


def _import_libraries(level: str) -> None:
    """Imports what `_refuse` calls, before the file system looks different.

    libseccomp is looked up by a search of the system's folders, which fails inside.
    """
    for name in ("py_landlock", "pyseccomp"):
        try:
            importlib.import_module(name)
        except Exception:
            # The lowest level holds without them.
            if level != RLIMITS:
                raise


def _refuse(policy: Policy) -> None:
    """Takes files and system calls away: all or none at the two upper levels."""
    if policy["level"] == RLIMITS:
        with contextlib.suppress(Exception):
            seccomp.refuse_privileged()
        return
    if policy["level"] == LANDLOCK or landlock.version():
        landlock.restrict(policy)
    seccomp.refuse_privileged()
    if policy["level"] == LANDLOCK:
        seccomp.refuse_changes_to_others()
        if landlock.version() < landlock.SCOPED:
            seccomp.refuse_signals()


def _is_private(*paths: str) -> bool:
    """Returns whether other users cannot reach a path."""
    return any(
        not os.stat(folder).st_mode & 0o001
        for path in paths
        for real in [os.path.realpath(path)]
        for folder in (real, *map(str, Path(real).parents))
    )


def _map_user(uid: int, gid: int) -> None:
    """Maps this user and group, and no others, into the new user namespace."""
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def _give(place: str, uid: int, gid: int) -> None:
    """Makes another user the owner of a folder and of what is in it."""
    os.chown(place, uid, gid)
    for folder, folders, files in os.walk(place):
        for name in (*folders, *files):
            os.chown(os.path.join(folder, name), uid, gid, follow_symlinks=False)


def _close_all_but(keep: Iterable[int]) -> None:
    last = 2
    for fd in sorted(keep):
        os.closerange(last + 1, fd)
        last = fd
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))


def _supervise(pid: int, report: Callable[[int], object], cpu_limit: float) -> NoReturn:
    """Waits for the child, ends what it left, and leaves with its exit status."""
    status = 1
    running: int | None = pid
    try:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        report(pid)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        _, status, used = os.wait4(pid, 0)
        running = None
        status = os.waitstatus_to_exitcode(status)
        if status == -signal.SIGKILL and used.ru_utime + used.ru_stime >= cpu_limit:
            # The system does not send SIGXCPU to the first process of a namespace.
            status = -signal.SIGXCPU
    finally:
        with contextlib.suppress(BaseException):
            _end_all(running)
        if status < 0:
            with contextlib.suppress(OSError):
                signal.signal(-status, signal.SIG_DFL)
            os.kill(os.getpid(), -status)
        os._exit(status if status >= 0 else 1)


def _end_all(pid: int | None) -> None:
    """Kills the child and what it started: orphans have become children of this one.

    Args:
        pid: The child, unless it has ended.
    """
    if pid is not None:
        os.kill(pid, signal.SIGKILL)
    own = os.getpid()
    while True:
        for orphan in children_of(own):
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return
