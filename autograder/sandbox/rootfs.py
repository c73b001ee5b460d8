"""Builds a root file system: the environment read-only, one bounded folder to write."""

import os
import shutil

from autograder.sandbox import syscalls
from autograder.sandbox.policy import (
    DEVICES,
    HOME,
    MOST_FILES,
    MOST_TERMINALS,
    Policy,
    readable_paths,
    work_folder,
)

# Folders of the one file system that a submission writes to, and where they appear.
SCRATCH = {"tmp": "/tmp", "home": HOME, "shm": "/dev/shm"}
ACCOUNTS = {
    "passwd": f"student:x:{{uid}}:{{gid}}:student:{HOME}:/bin/sh\n",
    "group": "student:x:{gid}:\n",
    "hosts": "127.0.0.1 localhost\n",
}


def enter_root(policy: Policy, uid: int, gid: int) -> None:
    """Builds a root in memory and moves into it; this process has its own mounts.

    Args:
        policy: What the process may do.
        uid: The user who will write.
        gid: Their group.

    Raises:
        OSError: If the system refuses a step.
    """
    syscalls.mount("none", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)
    root = os.path.join(policy["place"], "root")
    plain = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("tmpfs", root, "tmpfs", plain, "size=4m,mode=755")
    # First: an environment may lie under /tmp, and must not be hidden by a private one.
    _make_scratch(root, policy, uid, gid)
    _bind_system(root)
    _make_devices(root)
    os.mkdir(f"{root}/proc")
    syscalls.mount("proc", f"{root}/proc", "proc", plain | syscalls.MS_NOEXEC)
    _make_accounts(root, uid, gid)
    syscalls.set_mount_attributes(root, syscalls.MOUNT_ATTR_RDONLY, 0)
    syscalls.change_root(root)


def _bind_system(root: str) -> None:
    attributes = (
        syscalls.MOUNT_ATTR_RDONLY
        | syscalls.MOUNT_ATTR_NOSUID
        | syscalls.MOUNT_ATTR_NODEV
    )
    for path in readable_paths():
        if os.path.islink(path) and os.path.dirname(path) == "/":
            # /bin is a link to /usr/bin nearly everywhere.
            os.symlink(os.readlink(path), f"{root}{path}")
        else:
            _bind(path, f"{root}{path}", attributes)


def _bind(source: str, target: str, attributes: int) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "ab"):
            pass
    syscalls.mount(source, target, "", syscalls.MS_BIND | syscalls.MS_REC)
    syscalls.set_mount_attributes(target, attributes)


def _make_devices(root: str) -> None:
    os.makedirs(f"{root}/dev", exist_ok=True)
    for name in DEVICES:
        _bind(f"/dev/{name}", f"{root}/dev/{name}", syscalls.MOUNT_ATTR_NOSUID)
    os.symlink("/proc/self/fd", f"{root}/dev/fd")
    # IPython runs shell commands in a terminal. The host's terminals are not seen, and
    # a student's is no other submission's.
    os.mkdir(f"{root}/dev/pts")
    options = f"newinstance,ptmxmode=666,mode=600,max={MOST_TERMINALS}"
    flags = syscalls.MS_NOSUID | syscalls.MS_NOEXEC
    syscalls.mount("devpts", f"{root}/dev/pts", "devpts", flags, options)
    os.symlink("pts/ptmx", f"{root}/dev/ptmx")


def _make_accounts(root: str, uid: int, gid: int) -> None:
    os.makedirs(f"{root}/etc", exist_ok=True)
    for name, text in ACCOUNTS.items():
        with open(f"{root}/etc/{name}", "w") as file:
            file.write(text.format(uid=uid, gid=gid))


def _make_scratch(root: str, policy: Policy, uid: int, gid: int) -> None:
    """Makes the folders that can be written: one file system, so one bound on all."""
    place = policy["place"]
    scratch = f"{root}/scratch"
    os.mkdir(scratch)
    options = f"size={policy['disk_bytes']},nr_inodes={MOST_FILES},mode=755"
    flags = syscalls.MS_NOSUID | syscalls.MS_NODEV
    syscalls.mount("tmpfs", scratch, "tmpfs", flags, options)
    for name, target in SCRATCH.items():
        os.mkdir(f"{scratch}/{name}")
        os.chown(f"{scratch}/{name}", uid, gid)
        os.makedirs(f"{root}{target}", exist_ok=True)
        syscalls.mount(f"{scratch}/{name}", f"{root}{target}", "", syscalls.MS_BIND)
    # The kernel's sockets are made in this folder: the engine finds them there.
    os.makedirs(f"{root}{place}", exist_ok=True)
    syscalls.mount(place, f"{root}{place}", "", syscalls.MS_BIND)
    work = work_folder(policy)
    shutil.copytree(work, f"{scratch}/work")
    for folder, _, files in os.walk(f"{scratch}/work"):
        for path in (folder, *(os.path.join(folder, name) for name in files)):
            os.chown(path, uid, gid)
    syscalls.mount(f"{scratch}/work", f"{root}{work}", "", syscalls.MS_BIND)
