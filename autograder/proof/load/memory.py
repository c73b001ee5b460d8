"""What a student's processes take of the machine's memory, each page counted once.

A page that several processes have mapped counts in each of them as its share: the sum
of these proportional sizes (PSS) over all processes is what is in use.
"""

import contextlib
from collections import Counter
from pathlib import Path

import psutil

from autograder.proof.load.student import kind_of

MEGABYTE = 1e6
PARTS = ("kernel", "parent", "server")


def proportional(pids):
    """Returns the proportional size of some processes.

    Args:
        pids: Iterable of integers; those that are gone count nothing.

    Returns:
        Dict: `all`, and of it `anonymous`, what is not a file's. Megabytes.
    """
    total = Counter(all=0.0, anonymous=0.0)
    names = {"Pss:": "all", "Pss_Anon:": "anonymous"}
    for pid in pids:
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                word, *rest = line.split()
                if word in names:
                    total[names[word]] += int(rest[0]) * 1024 / MEGABYTE
    return dict(total)


def tree(pid):
    """Returns the set of a process and everything below it."""
    try:
        below = psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return set()
    return {pid, *(process.pid for process in below)}


def measure(students, hub, before):
    """Measures all students at one moment.

    Args:
        students: List of `Student` whose kernels run.
        hub: `LoadHub`.
        before: Float, megabytes that were available before the hub started.

    Returns:
        Dict: `students`, from name to the parts' sizes, a parent's divided by its
        kernels; `hub`, the size of the hub and the proxy; `taken`, what the machine
        has less of since `before`.
    """
    parents = Counter(student.kernel[1] for student in students if _has_parent(student))
    sizes = {pid: proportional([pid]) for pid in parents}
    everybody, result = set(), {}
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


def _has_parent(student):
    return kind_of(student.kernel[1], student.pid) != "cold"


def available():
    """Returns the machine's available memory. Megabytes."""
    return psutil.virtual_memory().available / MEGABYTE


def means(measured, key="all"):
    """Returns what one student takes on average, a dict over the parts and `total`."""
    students = list(measured["students"].values())
    mean = {
        part: sum(student[part][key] for student in students) / len(students)
        for part in PARTS
    }
    return {**mean, "total": mean["kernel"] + mean["parent"]}
