"""Makes system calls that `os` lacks; constants have their names in Linux's headers."""

import ctypes
import functools
import os
import socket
import struct

CLONE_NEWNS, CLONE_NEWCGROUP = 0x00020000, 0x02000000
CLONE_NEWUTS, CLONE_NEWIPC = 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000

# All that a process may leave its parent's for.
CLONE_NEW = (
    *(CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC),
    *(CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET),
)

MS_NOSUID, MS_NODEV, MS_NOEXEC = 2, 4, 8
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV = 1, 2, 4
AT_FDCWD, AT_RECURSIVE = -100, 0x8000
# The same numbers on every architecture that was added since 2011, and on x86-64.
SYS_MOUNT_SETATTR = 442
SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
SYS_KEYCTL = {"x86_64": 250, "aarch64": 219}
KEYCTL_JOIN_SESSION_KEYRING = 1

PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_KEEPCAPS = 1, 4, 8
PR_CAPBSET_READ, PR_CAPBSET_DROP = 23, 24
CAP_DAC_READ_SEARCH = 2
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40
CAPABILITY_VERSION_3 = 0x20080522


@functools.cache
def libc() -> ctypes.CDLL:
    """Returns the C library; Windows has none by this name."""
    return ctypes.CDLL(None, use_errno=True)


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Leaves namespaces of this process's parent. See unshare(2)."""
    _checked(libc().unshare(flags), "unshare")


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mounts. See mount(2)."""
    encoded = [os.fsencode(text) for text in (source, target, kind)]
    result = libc().mount(*encoded, ctypes.c_ulong(flags), options.encode())
    _checked(result, f"mount {kind or source} on {target}")


def bring_up_loopback() -> None:
    """Makes 127.0.0.1 work in a network namespace of one's own. See netdevice(7)."""
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        request = struct.pack("16sh14x", b"lo", IFF_UP | IFF_RUNNING)
        fcntl.ioctl(connection, SIOCSIFFLAGS, request)


class _MountAttr(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_uint64)
        for name in ("attr_set", "attr_clr", "propagation", "userns_fd")
    ]


def set_mount_attributes(path: str, attributes: int, flags: int = AT_RECURSIVE) -> None:
    """Adds attributes to a mount and those in it. See mount_setattr(2)."""
    wanted = _MountAttr(attributes, 0, 0, 0)
    result = libc().syscall(
        SYS_MOUNT_SETATTR,
        AT_FDCWD,
        os.fsencode(path),
        flags,
        ctypes.byref(wanted),
        ctypes.c_size_t(ctypes.sizeof(wanted)),
    )
    _checked(result, f"mount_setattr {path}")


def change_root(path: str) -> None:
    """Makes a mount the root and takes the old root away. See pivot_root(2)."""
    os.chdir(path)
    number = SYS_PIVOT_ROOT[os.uname().machine]
    _checked(libc().syscall(number, b".", b"."), "pivot_root")
    _checked(libc().umount2(b".", MNT_DETACH), "umount2")
    os.chdir("/")


def prctl(option: int, value: int, argument: int = 0) -> None:
    """Sets a property of this process. See prctl(2)."""
    result = libc().prctl(option, ctypes.c_ulong(value), ctypes.c_ulong(argument), 0, 0)
    _checked(result, f"prctl {option}")


def keep_capabilities(*kept: int) -> None:
    """Gives up all capabilities but those named, all below 32. See capset(2).

    What this process starts has the named ones too.
    """
    mask = sum(1 << capability for capability in kept)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    # Effective, permitted and inheritable, each in two halves.
    sets = (ctypes.c_uint32 * 6)(mask, mask, mask, 0, 0, 0)
    _checked(libc().capset(header, sets), "capset")
    for capability in kept:
        prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)


def drop_bounding(kept: int) -> None:
    """Takes capabilities out of the bounding set. See capabilities(7).

    Args:
        kept: The mask of those that stay.
    """
    capability = 0
    while libc().prctl(PR_CAPBSET_READ, ctypes.c_ulong(capability), 0, 0, 0) >= 0:
        if not kept >> capability & 1:
            prctl(PR_CAPBSET_DROP, capability)
        capability += 1


def join_session_keyring() -> None:
    """Joins a new session keyring, so that the old one's keys cannot be read.

    Does nothing where this system keeps no keys. See keyctl(2).
    """
    number = SYS_KEYCTL.get(os.uname().machine)
    if number is not None:
        libc().syscall(number, KEYCTL_JOIN_SESSION_KEYRING, None)
