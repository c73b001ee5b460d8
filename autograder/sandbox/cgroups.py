"""Control groups: a wall of the system's own behind the watch on memory."""

import contextlib
import os
import time
from pathlib import Path

MOUNTED = Path("/sys/fs/cgroup")
# Names a folder of version 2 that an administrator has delegated.
VARIABLE = "LAYERWISE_CGROUP"
# By controller: the file of its bound, in version 1 and in version 2.
BOUNDS = {
    "memory": ("memory.limit_in_bytes", "memory.max"),
    "pids": ("pids.max", "pids.max"),
}
KILLS = ("memory.oom_control", "memory.events")
# How long processes that were killed may take to leave a group.
GONE_SECONDS = 2


def find(mounted=MOUNTED, own=Path("/proc/self/cgroup")):
    """Finds where groups of one's own can be made.

    Args:
        mounted: Path of the hierarchies.
        own: Path of the file that says in which groups this process is.

    Returns:
        Dict from controller, `"memory"` or `"pids"`, to the Path of a folder. Empty
        where nothing is delegated.
    """
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    places = {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        for name in controllers.split(",") if controllers else BOUNDS:
            folder = mounted / name if controllers else mounted
            if name in BOUNDS and name not in places:
                places[name] = folder / path.lstrip("/")
    if VARIABLE in os.environ:
        places = dict.fromkeys(BOUNDS, Path(os.environ[VARIABLE]))
    return {name: folder for name, folder in places.items() if _works(name, folder)}


def _works(name, folder):
    """Tries to make a group: what modes say is not what a container allows."""
    trial = folder / f"layerwise-{os.getpid()}-trial"
    try:
        trial.mkdir()
    except OSError:
        return False
    try:
        return any((trial / bound).exists() for bound in BOUNDS[name])
    finally:
        trial.rmdir()


class Group:
    """A group of one process and of all that it starts.

    Args:
        name: String, unique.
        places: Dict as of `find`.
        **limits: Integers, by controller.
    """

    def __init__(self, name, places, **limits):
        self.folders = []
        for controller, place in places.items():
            folder = place / f"layerwise-{name}"
            if folder not in self.folders:
                folder.mkdir(exist_ok=True)
                self.folders.append(folder)
            for bound in BOUNDS[controller]:
                if (folder / bound).exists():
                    (folder / bound).write_text(f"{limits[controller]}\n")

    def add(self, pid):
        """Puts a process into the group; what it has started already stays outside."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(f"{pid}\n")

    def has_killed(self):
        """Returns whether the system ended a process for want of memory."""
        for folder in self.folders:
            for name in KILLS:
                with contextlib.suppress(OSError):
                    for line in (folder / name).read_text().splitlines():
                        kind, _, count = line.partition(" ")
                        if kind == "oom_kill" and int(count):
                            return True
        return False

    def remove(self):
        """Removes the group, whose processes have been killed."""
        deadline = time.monotonic() + GONE_SECONDS
        for folder in self.folders:
            while folder.exists():
                try:
                    folder.rmdir()
                except OSError:
                    if time.monotonic() > deadline:
                        break
                    time.sleep(0.01)


@contextlib.contextmanager
def walls(count, places, **limits):
    """Makes groups, and removes them in the end.

    Args:
        count: Integer, how many.
        places: Dict as of `find`.
        **limits: Integers, by controller.

    Yields:
        List of `Group`; empty where none can be made.
    """
    made = []
    try:
        # Another process, or a hub, may have taken the place away meanwhile.
        with contextlib.suppress(OSError):
            for number in range(count if places else 0):
                name = f"{os.getpid()}-{time.monotonic_ns()}-{number}"
                made.append(Group(name, places, **limits))
        yield made
    finally:
        for group in made:
            group.remove()
