"""Refuses system calls that no notebook needs, by seccomp."""

import errno
import os
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING

from autograder.sandbox.syscalls import CLONE_NEW

if TYPE_CHECKING:
    from pyseccomp import SyscallFilter

NEVER = (
    *("acct", "add_key", "adjtimex", "bpf", "chroot", "clock_adjtime", "clock_settime"),
    *("delete_module", "fanotify_init", "finit_module", "fsconfig", "fsmount"),
    *("fsopen", "fspick", "init_module", "io_uring_enter", "io_uring_register"),
    *("io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load"),
    # Memory that the system counts for no process.
    *("memfd_create", "memfd_secret", "msgget", "shmget"),
    *(
        "keyctl",
        "lookup_dcookie",
        "migrate_pages",
        "mount",
        "mount_setattr",
        "move_mount",
    ),
    *("move_pages", "name_to_handle_at", "open_by_handle_at", "open_tree"),
    *("perf_event_open", "pidfd_getfd", "pivot_root", "process_madvise"),
    *("process_vm_readv", "process_vm_writev", "ptrace", "quotactl", "reboot"),
    *("request_key", "setdomainname", "sethostname", "setns", "settimeofday"),
    *("swapoff", "swapon", "syslog", "umount2", "unshare", "userfaultfd", "vhangup"),
)
SIGNALS = ("kill", "tkill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo")
# Landlock does not keep a process from changing modes, owners and dates of its user's
# files, wherever they are. Copying files and unpacking archives set them too, and go on
# only where that seems to succeed.
METADATA = (
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "fchownat"),
    *("lchown", "futimesat", "utime", "utimensat", "utimes"),
)
ATTRIBUTES = (
    *("setxattr", "fsetxattr", "lsetxattr", "setxattrat"),
    *("removexattr", "fremovexattr", "lremovexattr", "removexattrat"),
)
# Calls that take the id of a process, and the position of that argument; the id 0 is
# the caller.
OF_A_PROCESS = {"ioprio_set": 1, "prlimit64": 0, "setpriority": 1}
# ZeroMQ sets these for its threads by their ids, and gives up where that fails.
OF_A_THREAD = (
    *("sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler"),
)
# What a notebook may make of sockets. The last asks the system for its own addresses.
FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
# 0 is a family's own; of the internet's there are TCP and UDP.
PROTOCOLS = {"AF_INET": (0, 6, 17), "AF_INET6": (0, 6, 17)}
# The bits of a socket's type that say its kind; others are flags.
SOCKET_KINDS = 0xF


def refuse_privileged() -> None:
    """Refuses what could change, watch or leave this process's surroundings."""
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    refused = seccomp.ERRNO(errno.EPERM)
    _refuse(rules, NEVER)
    for flag in CLONE_NEW:
        rules.add_rule(refused, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    # A filter cannot read its flags, which are in memory. Where it is missing, the C
    # library calls clone.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    _allow_families(rules)
    rules.load()


def refuse_sockets() -> None:
    """Refuses new sockets in all threads; those that are there go on working.

    Pairs of streams are left, which event loops and pipes between processes need: one
    end of another kind of pair could be connected to a server of the host.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    rules.set_attr(seccomp.Attr.CTL_TSYNC, 1)
    _refuse(rules, ("socket",))
    for kind in range(SOCKET_KINDS + 1):
        if kind != socket.SOCK_STREAM:
            of_kind = seccomp.Arg(1, seccomp.MASKED_EQ, SOCKET_KINDS, kind)
            rules.add_rule(seccomp.ERRNO(errno.EPERM), "socketpair", of_kind)
    rules.load()


def _allow_families(rules: "SyscallFilter") -> None:
    """Refuses every family of sockets, and protocol, but those that are named.

    Two comparisons of one argument cannot stand in one rule: all numbers below the
    highest that is allowed are refused one by one, and all above it together.
    """
    import pyseccomp as seccomp

    family = seccomp.ERRNO(errno.EAFNOSUPPORT)
    for name in ("socket", "socketpair"):
        highest = max(FAMILIES.values())
        for other in set(range(highest)).difference(FAMILIES.values()):
            rules.add_rule(family, name, seccomp.Arg(0, seccomp.EQ, other))
        rules.add_rule(family, name, seccomp.Arg(0, seccomp.GT, highest))
    protocol = seccomp.ERRNO(errno.EPROTONOSUPPORT)
    for own, number in FAMILIES.items():
        of_family = seccomp.Arg(0, seccomp.EQ, number)
        allowed = PROTOCOLS.get(own, (0,))
        for other in range(max(allowed)):
            if other not in allowed:
                of_protocol = seccomp.Arg(2, seccomp.EQ, other)
                rules.add_rule(protocol, "socket", of_family, of_protocol)
        above = seccomp.Arg(2, seccomp.GT, max(allowed))
        rules.add_rule(protocol, "socket", of_family, above)


def refuse_changes_to_others() -> None:
    """Refuses what the same user may do to files and processes outside the sandbox.

    The call does not say where a file is, so that no file's mode, owner or date can be
    changed; the caller is told that it was.
    """
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    _refuse(rules, METADATA, seccomp.ERRNO(0))
    _refuse(rules, ATTRIBUTES, seccomp.ERRNO(errno.EOPNOTSUPP))
    refused = seccomp.ERRNO(errno.EPERM)
    for name, place in OF_A_PROCESS.items():
        rules.add_rule(refused, name, seccomp.Arg(place, seccomp.NE, 0))
    for name in OF_A_THREAD:
        rules.add_rule(seccomp.ERRNO(0), name, seccomp.Arg(0, seccomp.NE, 0))
    rules.load()


def refuse_signals() -> None:
    """Refuses signals to other processes, where Landlock cannot."""
    import pyseccomp as seccomp

    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    own, refused = os.getpid(), seccomp.ERRNO(errno.EPERM)
    for name in SIGNALS:
        rules.add_rule(refused, name, seccomp.Arg(0, seccomp.NE, own))
    _refuse(rules, ("pidfd_send_signal",))
    rules.load()


def _refuse(
    rules: "SyscallFilter", names: Iterable[str], action: int | None = None
) -> None:
    import pyseccomp as seccomp

    if action is None:
        action = seccomp.ERRNO(errno.EPERM)
    for name in names:
        try:
            rules.add_rule(action, name)
        except (OSError, ValueError):
            # An older library, or an architecture that never had this call.
            continue
