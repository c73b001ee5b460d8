"""One warm parent for all users of a hub: `python -m autograder.warm.multiuser`.

The hub runs it as a service, where need be as root, in the environment that its users'
servers get. Whoever connects gets a kernel that is theirs: the fork drops to the user
who asked, whom the system names, before it reads a word of the request.
"""

import contextlib
import os
import resource
import site
import socket
import struct
import sys
import time
from collections import defaultdict, deque
from pathlib import Path

from autograder.sandbox import cgroups, syscalls
from autograder.warm import settings

# Names the folder of the parent's socket, in the environment of users' servers.
VARIABLE = "LAYERWISE_SHARED_PARENT"
# A user's kernels at a time, and starts in as many seconds.
MOST_KERNELS = 24
MOST_STARTS, START_WINDOW = 12, 10
# What differs between users, and is no setting of the packages.
PERSONAL = ("HOME", "MPLCONFIGDIR")
CREDENTIALS = struct.Struct("iII")
# Not in Python's socket; the same on every architecture of Linux but old ones.
SO_PEERGROUPS, MOST_GROUPS = 59, 256
# Bounds that a kernel takes over from the server that asked for it, by their names in
# /proc; the rest are root's to raise, and nobody's to lower.
BOUNDS = {
    "Max address space": resource.RLIMIT_AS,
    "Max core file size": resource.RLIMIT_CORE,
    "Max cpu time": resource.RLIMIT_CPU,
    "Max data size": resource.RLIMIT_DATA,
    "Max file size": resource.RLIMIT_FSIZE,
    "Max locked memory": resource.RLIMIT_MEMLOCK,
    "Max nice priority": resource.RLIMIT_NICE,
    "Max open files": resource.RLIMIT_NOFILE,
    "Max processes": resource.RLIMIT_NPROC,
    "Max realtime priority": resource.RLIMIT_RTPRIO,
    "Max stack size": resource.RLIMIT_STACK,
}
# A kernel is a process of its user: with another root, network or processes of its own,
# it would not be where its user's server is.
NAMESPACES = ("mnt", "net", "pid", "user", "ipc", "uts")


def main():
    """Becomes a parent that holds nothing of what the hub gave this process.

    The hub's token is in this process's environment, and a kernel could read in its
    own memory what its parent was started with.
    """
    path = socket_path(os.environ)
    if path is None or not path.is_absolute():
        sys.exit(f"{VARIABLE} must name a folder by its whole path. Received: {path}")
    # Its owner's alone to write: what is in it is imported into everybody's kernels.
    os.umask(0o022)
    home = path.parent / "home"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    for stale in path.parent.glob("*.sock*"):
        stale.unlink()
    environment = settings.parent_environment(without_personal(os.environ))
    os.chdir("/")
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    # Two for a kernel; a kernel itself gets no more than its user's server has.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    os.execve(
        sys.executable,
        [
            sys.executable,
            "-m",
            "autograder.warm.forkserver",
            str(path),
            "inf",
            "shared",
        ],
        {**environment, "HOME": str(home)},
    )


def without_personal(environment):
    """Returns an environment without what differs between users."""
    return {name: value for name, value in environment.items() if name not in PERSONAL}


def socket_path(environment):
    """Returns where the shared parent of an environment listens.

    Args:
        environment: Dict of strings, the environment that a kernel is to have.

    Returns:
        Path, or `None` where the hub shares none.
    """
    folder = environment.get(VARIABLE)
    if not folder:
        return None
    return Path(folder) / f"{settings.parent_name(without_personal(environment))}.sock"


def is_trusted(connection):
    """Returns whether root, or this user, listens at the other end of a connection."""
    return peer(connection)[1] in (0, os.getuid())


def peer(connection):
    """Returns process id, user id and group id at the other end, as the system says."""
    size = CREDENTIALS.size
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    return CREDENTIALS.unpack(data)


def peer_groups(connection):
    """Returns the list of the groups at the other end, as the system says."""
    size = struct.calcsize("I")
    data = connection.getsockopt(socket.SOL_SOCKET, SO_PEERGROUPS, MOST_GROUPS * size)
    return [number for (number,) in struct.iter_unpack("I", data)]


class Door:
    """Decides who gets a kernel, so that one user cannot take everybody's place."""

    def __init__(self, now=time.monotonic):
        self.now = now
        self.starts = defaultdict(deque)

    def objection(self, pid, uid, running):
        """Says why a user gets no kernel now; empty if they do.

        Args:
            pid: Integer, the process that asks.
            uid: Integer, its user.
            running: Integer, how many kernels the user has.
        """
        if os.geteuid() not in (0, uid):
            return "this parent is another user's, and not root's"
        fault = other_place(pid, uid)
        if fault:
            return fault
        if running >= MOST_KERNELS:
            return f"a user has at most {MOST_KERNELS} shared kernels at a time"
        recent = self.starts[uid]
        while recent and recent[0] < self.now() - START_WINDOW:
            recent.popleft()
        if len(recent) >= MOST_STARTS:
            return f"a user starts at most {MOST_STARTS} kernels in {START_WINDOW} s"
        recent.append(self.now())
        return ""


def other_place(pid, uid):
    """Says why a kernel forked here would not be where a process is.

    Args:
        pid: Integer, the process that asks.
        uid: Integer, its user.

    Returns:
        String; empty if the two are in the same place.
    """
    try:
        words = status_of(pid)
        for name in ("root", *(f"ns/{kind}" for kind in NAMESPACES)):
            if not os.path.samefile(f"/proc/self/{name}", f"/proc/{pid}/{name}"):
                return f"the process that asked has another {name}"
    except OSError as error:
        return f"the process that asked cannot be looked at: {error}"
    if words.get("Uid", "").split() != [str(uid)] * 4:
        return "the process that asked is gone, or is two users at once"
    if words.get("Seccomp") != "0":
        return "the process that asked is filtered by seccomp"
    if uid == 0 and words.get("CapEff") != status_of("self")["CapEff"]:
        return "the process that asked is root with other capabilities"
    return ""


def status_of(pid):
    """Returns what the system says of a process, a dict of strings."""
    parts = (line.partition(":") for line in lines_of(f"/proc/{pid}/status"))
    return {name: text.strip() for name, _, text in parts}


def lines_of(path):
    """Returns the lines of a file of the system's, in which users have named things.

    A name may hold any byte but what the system escapes, which is the end of a line:
    not what else may end one in Python, and not only text.
    """
    return os.fsdecode(Path(path).read_bytes()).rstrip("\n").split("\n")


def become(connection):
    """Makes this fork its client's: user, groups, bounds, control groups.

    Args:
        connection: Unix socket to the client, of which nothing has been read.

    Raises:
        OSError: If the system refuses a step; nothing may go on then.
    """
    pid, uid, gid = peer(connection)
    words = status_of(pid)
    join_control_groups(pid)
    take_bounds(pid)
    os.umask(int(words["Umask"], 8))
    # All of this was one process's: it is there still, and no program that runs as
    # somebody else connected for its user.
    words = status_of(pid)
    for name, number in (("Uid", uid), ("Gid", gid)):
        if words[name].split() != [str(number)] * 4:
            raise PermissionError(f"the process that asked has another {name}")
    # The parent's own are the hub's: its log, or the terminal it was started from.
    with open(os.devnull, "r+b", 0) as null:
        for number in range(3):
            os.dup2(null.fileno(), number)
    if words["NoNewPrivs"] == "1":
        syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    if os.geteuid() == 0:
        syscalls.drop_bounding(int(words["CapBnd"], 16))
        os.setgroups(peer_groups(connection))
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        # A change of user hides /proc/self from its own process.
        syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    # Kernels of one parent would have their session's keys in common.
    syscalls.join_session_keyring()
    if os.getresuid() != (uid,) * 3 or os.getresgid() != (gid,) * 3:
        raise PermissionError(f"this fork is not the user {uid} who asked for it")


def take_bounds(pid):
    """Bounds this process as another is bounded; nothing is bounded less than before.

    Args:
        pid: Integer.
    """
    for line in Path(f"/proc/{pid}/limits").read_text().splitlines():
        number = BOUNDS.get(line[:26].strip())
        if number is not None:
            own = resource.getrlimit(number)[1]
            theirs = (_limit(word) for word in line[26:].split()[:2])
            resource.setrlimit(number, [min(own, each, key=_size) for each in theirs])
    os.sched_setaffinity(0, os.sched_getaffinity(pid))
    nice = os.getpriority(os.PRIO_PROCESS, pid)
    os.setpriority(os.PRIO_PROCESS, 0, max(nice, os.getpriority(os.PRIO_PROCESS, 0)))
    # A hub's services may be protected from it; a kernel is the first that shall go.
    adjustments = [Path(f"/proc/{who}/oom_score_adj") for who in (pid, "self")]
    theirs, own = (int(path.read_text()) for path in adjustments)
    if theirs > own:
        adjustments[1].write_text(f"{theirs}\n")


def _limit(word):
    return resource.RLIM_INFINITY if word == "unlimited" else int(word)


def _size(limit):
    return float("inf") if limit == resource.RLIM_INFINITY else limit


def join_control_groups(pid):
    """Moves this process to where another is, so that its user's bounds hold here.

    Args:
        pid: Integer.

    Raises:
        OSError: If the process is in other groups, and the system refuses to move.
    """
    theirs, own = (lines_of(f"/proc/{who}/cgroup") for who in (pid, "self"))
    if theirs == own:
        return
    for line in theirs:
        _, controllers, path = line.split(":", 2)
        name = controllers.removeprefix("name=")
        members = cgroups.MOUNTED / name / path.lstrip("/") / "cgroup.procs"
        if line not in own and (name == "" or members.parent.is_dir()):
            members.write_text(f"{os.getpid()}\n")


def make_personal():
    """Puts the user's own folders in place of the parent's, once HOME is theirs."""
    config = sys.modules.get("keras.src.backend.config")
    if config is not None:
        home = os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")
        config._KERAS_DIR = home
    if site.ENABLE_USER_SITE:
        site.USER_BASE = site.USER_SITE = None
        with contextlib.suppress(OSError):
            site.addsitedir(site.getusersitepackages())


if __name__ == "__main__":
    main()
