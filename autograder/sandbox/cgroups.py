"""Makes control groups, so that the system itself ends a run that takes too much.

The watch on memory looks ten times a second; a control group holds in between.
"""

import contextlib
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

MOUNTED = Path("/sys/fs/cgroup")
# Names a folder of version 2 that an administrator has delegated.
VARIABLE = "LAYERWISE_CGROUP"
# By controller: the file of its bound, in version 1 and in version 2.
BOUNDS = {
    "memory": ("memory.limit_in_bytes", "memory.max"),
    "pids": ("pids.max", "pids.max"),
    # It stays as it is: all groups get the same share, however many processes are in
    # one.
    "cpu": ("cpu.shares", "cpu.weight"),
}
# A group whose maker is gone is removed when it is this old. Seconds.
STALE_SECONDS = 60
# Files that count the processes that were killed for want of memory.
KILL_COUNTS = ("memory.oom_control", "memory.events")
# How long processes that were killed may take to leave a group.
GONE_SECONDS = 2


def find(
    mounted: Path = MOUNTED, own: Path = Path("/proc/self/cgroup")
) -> dict[str, Path]:
    """Finds the folders in which this process may make groups.

    Args:
        mounted: Where the hierarchies are mounted.
        own: The file that says in which groups this process is.

    Returns:
        The folder of each controller, `"memory"`, `"pids"` and `"cpu"`. Empty where
        nothing is delegated.
    """
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    places: dict[str, Path] = {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        for name in controllers.split(",") if controllers else BOUNDS:
            folder = mounted / name if controllers else mounted
            if name in BOUNDS and name not in places:
                places[name] = folder / path.lstrip("/")
    if VARIABLE in os.environ:
        places = dict.fromkeys(BOUNDS, Path(os.environ[VARIABLE]))
    return {name: folder for name, folder in places.items() if _works(name, folder)}


def _works(name: str, folder: Path) -> bool:
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
    """A control group of one process and of all that it starts.

    Args:
        name: Must be unique.
        places: As of `find`.
        **limits: The bounds of controllers.
    """

    def __init__(self, name: str, places: Mapping[str, Path], **limits: int) -> None:
        self.folders: list[Path] = []
        for controller, place in places.items():
            folder = place / f"layerwise-{name}"
            if folder not in self.folders:
                folder.mkdir(exist_ok=True)
                self.folders.append(folder)
            for bound in BOUNDS[controller]:
                if controller in limits and (folder / bound).exists():
                    (folder / bound).write_text(f"{limits[controller]}\n")

    def add(self, pid: int) -> None:
        """Puts a process into the group; what it has started already stays outside."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(f"{pid}\n")

    def has_killed(self) -> bool:
        """Returns whether the system ended a process for want of memory."""
        for folder in self.folders:
            for name in KILL_COUNTS:
                with contextlib.suppress(OSError):
                    for line in (folder / name).read_text().splitlines():
                        kind, _, count = line.partition(" ")
                        if kind == "oom_kill" and int(count):
                            return True
        return False

    def remove(self) -> None:
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
def make_groups(
    count: int, places: Mapping[str, Path], **limits: int
) -> Iterator[list[Group]]:
    """Makes groups, and removes them in the end.

    Args:
        count: How many.
        places: As of `find`.
        **limits: The bounds of controllers.

    Yields:
        The groups; none where none can be made.
    """
    made: list[Group] = []
    for place in {*places.values()}:
        remove_stale(place)
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


def remove_stale(place: Path) -> None:
    """Removes the groups of processes that were killed before they could.

    Args:
        place: Where groups are made. One that still holds a process stays.
    """
    for folder in place.glob("layerwise-*-*"):
        maker = folder.name.split("-")[1]
        if maker.isdecimal() and not os.path.exists(f"/proc/{maker}"):
            # Another container's processes have other numbers.
            with contextlib.suppress(OSError):
                if time.time() - folder.stat().st_mtime > STALE_SECONDS:
                    folder.rmdir()
