"""Runs one warm parent for all users of a hub: `python -m autograder.warm.multiuser`.

The hub runs it as a service, where need be as root, in the environment that its users'
servers get. A kernel runs as the user who asked for it: the system says who connected,
and the fork becomes that user before it reads the request.
"""

import contextlib
import os
import site
import socket
import struct
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from pathlib import Path

from autograder import compat
from autograder.sandbox import cgroups, syscalls
from autograder.warm import settings

# Names the folder of the parent's socket, in the environment of users' servers.
VARIABLE = "LAYERWISE_SHARED_PARENT"
# How many kernels a user may have at a time, and start in how many seconds.
MOST_KERNELS = 24
MOST_STARTS, START_WINDOW = 12, 10
# Variables that name folders of a user's own. A shared parent has others.
PERSONAL = ("HOME", "MPLCONFIGDIR")
CREDENTIALS = struct.Struct("iII")
# Python's `socket` lacks it. Only old architectures have another number.
SO_PEERGROUPS, MOST_GROUPS = 59, 256
# Bounds that a kernel takes over from the server that asked for it: from a bound's name
# in /proc to that in `resource`, which only Linux has in full. Only root can raise the
# bounds that are not among them, and nobody lowers them.
BOUNDS = {
    "Max address space": "RLIMIT_AS",
    "Max core file size": "RLIMIT_CORE",
    "Max cpu time": "RLIMIT_CPU",
    "Max data size": "RLIMIT_DATA",
    "Max file size": "RLIMIT_FSIZE",
    "Max locked memory": "RLIMIT_MEMLOCK",
    "Max nice priority": "RLIMIT_NICE",
    "Max open files": "RLIMIT_NOFILE",
    "Max processes": "RLIMIT_NPROC",
    "Max realtime priority": "RLIMIT_RTPRIO",
    "Max stack size": "RLIMIT_STACK",
}
# A user's server with one of these of its own would get a kernel that has the parent's:
# other files, another network or other processes.
NAMESPACES = ("mnt", "net", "pid", "user", "ipc", "uts")


def main() -> None:
    """Becomes a parent that holds nothing of what the hub gave this process.

    The hub's token is in this process's environment, and a kernel could read in its
    own memory what its parent was started with.
    """
    import resource

    path = socket_path(os.environ)
    if path is None or not path.is_absolute():
        sys.exit(f"{VARIABLE} must name a folder by its whole path. Received: {path}")
    # Only its owner may write to it: what is in it can be imported by all kernels.
    os.umask(0o022)
    home = path.parent / "home"
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o755)
    for stale in path.parent.glob("*.sock*"):
        stale.unlink()
    environment = settings.parent_environment(without_personal(os.environ))
    os.chdir("/")
    os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    # A parent needs two descriptors for a kernel. The bound of a kernel itself becomes
    # that of its user's server.
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


def without_personal(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns an environment without what differs between users."""
    return {name: value for name, value in environment.items() if name not in PERSONAL}


def socket_path(environment: Mapping[str, str]) -> Path | None:
    """Returns where the shared parent of a kernel's environment listens.

    Returns:
        The socket; `None` where the hub shares no parent.
    """
    folder = environment.get(VARIABLE)
    if not folder:
        return None
    return Path(folder) / f"{settings.parent_name(without_personal(environment))}.sock"


def is_trusted(connection: socket.socket) -> bool:
    """Returns whether root, or this user, listens at the other end of a connection."""
    return peer(connection)[1] in (0, os.getuid())


def peer(connection: socket.socket) -> tuple[int, int, int]:
    """Returns process id, user id and group id at the other end, as the system says."""
    size = CREDENTIALS.size
    data = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    pid, uid, gid = CREDENTIALS.unpack(data)
    return pid, uid, gid


def peer_groups(connection: socket.socket) -> list[int]:
    """Returns the groups at the other end, as the system says."""
    size = struct.calcsize("I")
    data = connection.getsockopt(socket.SOL_SOCKET, SO_PEERGROUPS, MOST_GROUPS * size)
    return [number for (number,) in struct.iter_unpack("I", data)]


class Admission:
    """Decides who gets a kernel, so that no user takes all that the parent can run.

    Args:
        now: The clock, in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.now = now
        self.starts: defaultdict[int, deque[float]] = defaultdict(deque)

    def objection(self, pid: int, uid: int, running: int) -> str:
        """Says why a user gets no kernel now; empty if they do.

        Args:
            pid: The process that asks.
            uid: Its user.
            running: How many kernels the user has.
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


def other_place(pid: int, uid: int) -> str:
    """Says why a kernel forked here would have other files or rights than a process.

    Args:
        pid: The process that asks.
        uid: Its user.

    Returns:
        The first difference found; empty if there is none.
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


def status_of(pid: int | str) -> dict[str, str]:
    """Returns what the system says of a process in its file `status`, line by line."""
    parts = (line.partition(":") for line in lines_of(f"/proc/{pid}/status"))
    return {name: text.strip() for name, _, text in parts}


def lines_of(path: str) -> list[str]:
    """Returns the lines of a file of the system's that holds names chosen by users.

    A name may hold any byte but a line feed, which the system escapes: also bytes that
    are no text, and characters at which Python's `splitlines` would end a line.
    """
    return os.fsdecode(Path(path).read_bytes()).rstrip("\n").split("\n")


def become(connection: socket.socket) -> None:
    """Makes this fork its client's: user, groups, bounds, control groups.

    Args:
        connection: To the client; nothing has been read from it.

    Raises:
        OSError: If the system refuses a step; the fork must end then.
    """
    pid, uid, gid = peer(connection)
    words = status_of(pid)
    join_control_groups(pid)
    take_bounds(pid)
    os.umask(int(words["Umask"], 8))
    # Read again: the process is still there, so that all of this was about one process,
    # and it is not a program that runs as one user and connects for another.
    words = status_of(pid)
    for name, number in (("Uid", uid), ("Gid", gid)):
        if words[name].split() != [str(number)] * 4:
            raise PermissionError(f"the process that asked has another {name}")
    # The parent's own are the hub's log, or the terminal that it was started from.
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
    # Kernels of one parent would share its session's keys.
    syscalls.join_session_keyring()
    if os.getresuid() != (uid,) * 3 or os.getresgid() != (gid,) * 3:
        raise PermissionError(f"this fork is not the user {uid} who asked for it")


def take_bounds(pid: int) -> None:
    """Bounds this process as another is bounded; no bound of its own is raised."""
    import resource

    for line in Path(f"/proc/{pid}/limits").read_text().splitlines():
        name = BOUNDS.get(line[:26].strip())
        if name is not None:
            number = getattr(resource, name)
            own = resource.getrlimit(number)[1]
            soft, hard = (
                min(own, _limit(word), key=_size) for word in line[26:].split()[:2]
            )
            resource.setrlimit(number, (soft, hard))
    os.sched_setaffinity(0, os.sched_getaffinity(pid))
    nice = os.getpriority(os.PRIO_PROCESS, pid)
    os.setpriority(os.PRIO_PROCESS, 0, max(nice, os.getpriority(os.PRIO_PROCESS, 0)))
    # A hub's services may be protected where memory runs out; their kernels are not.
    adjustments = [Path(f"/proc/{who}/oom_score_adj") for who in (pid, "self")]
    asking, asked = (int(path.read_text()) for path in adjustments)
    if asking > asked:
        adjustments[1].write_text(f"{asking}\n")


def _limit(word: str) -> int:
    import resource

    return resource.RLIM_INFINITY if word == "unlimited" else int(word)


def _size(limit: int) -> float:
    import resource

    return float("inf") if limit == resource.RLIM_INFINITY else limit


def join_control_groups(pid: int) -> None:
    """Moves this process to another's groups, so that its user's bounds hold here.

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


def make_personal() -> None:
    """Puts the user's own folders in place of the parent's, once HOME is theirs."""
    home = os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras")
    compat.set_keras_home(home)
    # Without it Keras takes a folder that is the same for all users. It makes it itself
    # when it is imported, which was before there was this user.
    with contextlib.suppress(OSError):
        os.makedirs(home, exist_ok=True)
    if site.ENABLE_USER_SITE:
        site.USER_BASE = site.USER_SITE = None
        with contextlib.suppress(OSError):
            site.addsitedir(site.getusersitepackages())


if __name__ == "__main__":
    main()
