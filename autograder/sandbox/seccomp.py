"""System calls that no notebook needs, refused by seccomp."""

import errno
import os

import pyseccomp as seccomp

from autograder.sandbox.syscalls import (
    CLONE_NEWCGROUP,
    CLONE_NEWIPC,
    CLONE_NEWNET,
    CLONE_NEWNS,
    CLONE_NEWPID,
    CLONE_NEWUSER,
    CLONE_NEWUTS,
)

NEVER = (
    *("acct", "add_key", "adjtimex", "bpf", "chroot", "clock_adjtime", "clock_settime"),
    *("delete_module", "fanotify_init", "finit_module", "fsconfig", "fsmount"),
    *("fsopen", "fspick", "init_module", "io_uring_enter", "io_uring_register"),
    *("io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load"),
    # Memory that no process seems to have, beside what opens doors.
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
# Landlock lets a user's files have other modes, owners and dates, wherever they are.
# Copying files and unpacking archives set them too, and need not know that it failed.
MARKS = (
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "fchownat"),
    *("lchown", "futimesat", "utime", "utimensat", "utimes"),
)
ATTRIBUTES = (
    *("setxattr", "fsetxattr", "lsetxattr", "setxattrat"),
    *("removexattr", "fremovexattr", "lremovexattr", "removexattrat"),
)
# What takes the id of a process, and the argument that is it; 0 is the caller.
OF_A_PROCESS = {"ioprio_set": 1, "prlimit64": 0, "setpriority": 1}
# ZeroMQ sets these for its threads by their ids, and gives up where it may not.
OF_A_THREAD = (
    *("sched_setaffinity", "sched_setattr", "sched_setparam", "sched_setscheduler"),
)
REFUSED = seccomp.ERRNO(errno.EPERM)


def refuse_privileged():
    """Refuses what could change, watch or leave this process's surroundings."""
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    _refuse(rules, NEVER)
    for flag in (
        CLONE_NEWCGROUP,
        CLONE_NEWIPC,
        CLONE_NEWNET,
        CLONE_NEWNS,
        CLONE_NEWPID,
        CLONE_NEWUSER,
        CLONE_NEWUTS,
    ):
        rules.add_rule(REFUSED, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    # Its flags are in memory, where no filter looks; the C library then takes clone.
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    rules.load()


def refuse_sockets():
    """Refuses new sockets in all threads; those that are there go on working."""
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    rules.set_attr(seccomp.Attr.CTL_TSYNC, 1)
    _refuse(rules, ("socket",))
    rules.load()


def refuse_marks_of_others():
    """Refuses what the same user may do to files and processes that are not its own.

    The system cannot tell whose a file is from the call, so no file's mode, owner or
    date changes; the caller is told that it did.
    """
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    _refuse(rules, MARKS, seccomp.ERRNO(0))
    _refuse(rules, ATTRIBUTES, seccomp.ERRNO(errno.EOPNOTSUPP))
    for name, place in OF_A_PROCESS.items():
        rules.add_rule(REFUSED, name, seccomp.Arg(place, seccomp.NE, 0))
    for name in OF_A_THREAD:
        rules.add_rule(seccomp.ERRNO(0), name, seccomp.Arg(0, seccomp.NE, 0))
    rules.load()


def refuse_signals():
    """Refuses signals to other processes, where Landlock cannot."""
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    own = os.getpid()
    for name in SIGNALS:
        rules.add_rule(REFUSED, name, seccomp.Arg(0, seccomp.NE, own))
    _refuse(rules, ("pidfd_send_signal",))
    rules.load()


def _refuse(rules, names, action=REFUSED):
    for name in names:
        try:
            rules.add_rule(action, name)
        except (OSError, ValueError):
            # An older library, or an architecture that never had this call.
            continue
