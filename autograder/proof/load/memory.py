"""What a student's processes take of the machine's memory, each page counted once.

A page that several processes have mapped counts in each of them as its share: the sum
of these proportional sizes (PSS) over all processes is what is in use.
"""

import contextlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil

from autograder.proof.load.hub import LoadHub
from autograder.proof.load.student import SimulatedStudent, kind_of

MEGABYTE = 1e6
PARTS = ("kernel", "parent", "server")


def proportional(pids: Iterable[int]) -> dict[str, float]:
    """Returns the proportional size of some processes; those that are gone have none.

    Returns:
        `all`, and of it `anonymous`, what is not a file's. Megabytes.
    """
    total = {"all": 0.0, "anonymous": 0.0}
    names = {"Pss:": "all", "Pss_Anon:": "anonymous"}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                word, *rest = line.split()
                if word in names:
                    total[names[word]] += int(rest[0]) * 1024 / MEGABYTE
    return total


def tree(pid: int) -> set[int]:
    """Returns a process and everything below it."""
    try:
        below = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return set()
    return {pid, *(process.pid for process in below)}


def measure(
    students: list[SimulatedStudent], hub: LoadHub, before: float
) -> dict[str, Any]:
    """Measures all students at one moment.

    Args:
        students: Those whose kernels run.
        hub: The load's.
        before: Megabytes that were available before the hub started.

    Returns:
        `students`, from name to the parts' sizes, a parent's divided by its kernels;
        `hub`, the size of the hub and the proxy; `taken`, what the machine has less of
        since `before`.
    """
    assert hub.process is not None
    parents = Counter(student.kernel[1] for student in students if _has_parent(student))
    sizes = {pid: proportional([pid]) for pid in parents}
    everybody: set[int] = set()
    result = {}
    for student in students:
        pid, parent, _ = student.kernel
        kernel, server = tree(pid), tree(student.pid)
        everybody |= kernel | server
        share = {"all": 0.0, "anonymous": 0.0}
        if parent in parents:
            share = {key: size / parents[parent] for key, size in sizes[parent].items()}
            server -= tree(parent)
            everybody |= tree(parent)
        result[student.name] = {
            "kernel": proportional(kernel),
            "parent": share,
            "server": proportional(server - kernel),
        }
    return {
        "students": result,
        "hub": proportional(tree(hub.process.pid) - everybody),
        "taken": before - available(),
    }


def _has_parent(student: SimulatedStudent) -> bool:
    return kind_of(student.kernel[1], student.pid) != "cold"


def available() -> float:
    """Returns the machine's available memory. Megabytes."""
    return psutil.virtual_memory().available / MEGABYTE


def means(measured: dict[str, Any], key: str = "all") -> dict[str, float]:
    """Returns what one student takes on average, by part and in `total`."""
    students = list(measured["students"].values())
    mean = {
        part: sum(student[part][key] for student in students) / len(students)
        for part in PARTS
    }
    return {**mean, "total": mean["kernel"] + mean["parent"]}
