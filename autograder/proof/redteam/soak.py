"""A large class, a third of it hostile: honest grades must be those of a calm run."""

import contextlib
import re
import tempfile
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from autograder.course import CourseError
from autograder.grading.assignment import load_assigned
from autograder.proof.redteam.attacks import FOLDER, read_attacks
from autograder.proof.redteam.course import OTHERS, Target, remove
from autograder.proof.redteam.graders import end_left, end_parents, of_course
from autograder.proof.redteam.sides import Side, engine_side
from autograder.sandbox import levels

# What honest students write: right in several ways, wrong, unfinished, not Python.
HONEST = (
    "def double(x):\n    return 2 * x",
    "def double(x):\n    return x + x",
    "def double(x):\n    return x**2",
    "import keras\n\ndef double(x):\n"
    "    return float(keras.ops.convert_to_numpy(keras.ops.add(x, x)))",
    "def double(x):\n    raise NotImplementedError()",
    "def double(x):\n    return 2 x",
    "def double(x):\n    print('doubling', x)\n    return sum([x, x])",
    "def double(x):\n    return 4",
)
# The longest that a class may take, and how often the grader's memory is read.
LONGEST_SECONDS, WEIGH_SECONDS = 3600, 1.0
# Memory is flat if the most of its last third is at most so many times the middle's.
FLAT = 1.1
# A submission's control group: its name begins with the process that made it.
GROUP = re.compile(r"layerwise-(\d+)-")


def soak(count: int = 300, level: str | None = None) -> int:
    """Grades a class without attackers and with them, and prints what differs.

    Args:
        count: How many submissions; every third is an attack.
        level: The sandbox's level; `None` takes the best that works here.

    Returns:
        The exit status: 0 if nothing is lost or left behind, no honest grade differs
        and the grader's memory is flat.

    Raises:
        CourseError: If this machine lacks the level, or `count` is too small.
    """
    if count < 3:
        raise CourseError(f"A soak has at least 3 submissions. Received: {count}")
    if level is not None and (fault := levels.try_level(level)):
        raise CourseError(f"This machine does not allow {level!r}: {fault}")
    level = level or levels.detect().level
    hostile = count // 3
    print(f"{count} submissions, {hostile} of them hostile; sandbox: {level}")
    place = Path(tempfile.mkdtemp(prefix="lw-soak-"))
    # Others may enter: it is the sandbox that must hold, not the modes of folders.
    place.chmod(0o755)
    try:
        with contextlib.closing(Target(place, FOLDER.parents[1])) as target:
            try:
                faults = _run(target, count, level)
            finally:
                end_parents(target)
    finally:
        remove(place)
    for fault in faults:
        print(f"FAULT: {fault}")
    print("the soak found nothing" if not faults else f"{len(faults)} faults")
    return 1 if faults else 0


def _run(target: Target, count: int, level: str) -> list[str]:
    names = [f"s{number:04}" for number in range(count)]
    attackers = names[2::3]
    honest = [name for name in names if name not in set(attackers)]
    course = target.course
    assigned = load_assigned(course, "hw00_redteam")
    with engine_side(target, level, plain=False) as side:
        scene, grader = side.scene, side.grader
        works = {name: HONEST[n % len(HONEST)] for n, name in enumerate(honest)}
        target.hand_in_others(assigned, course.submitted, works)
        calm, seconds, _ = _grade(side, honest)
        print(f"calm:     {len(honest)} submissions in {seconds:.0f} s", flush=True)

        # The same class again, as if nothing had been graded.
        side.reset()
        target.hand_in_others(assigned, course.submitted, works)
        known, pid = of_course(target), grader.ready()
        attacks = read_attacks()
        for number, name in enumerate(attackers):
            attack = attacks[number * len(attacks) // len(attackers) % len(attacks)]
            told = target.told(name, scene.root, scene.submitted, scene.gradebook, pid)
            target.hand_in(attack, name, scene.submitted, told)
        scene.begin()
        before = _of_the_host(target)
        rough, seconds, use = _grade(side, names)
        print(f"attacked: {count} submissions in {seconds:.0f} s", flush=True)
        if rough is None or calm is None:
            return ["the grader died or hung"]
        left = end_left(target, known, pid)
        grades, seen = scene.look(left)
        after = _of_the_host(target)

    seen.pop("size", None)
    faults = [f"{name}: {words}" for name, words in seen.items()]
    faults += find_differences(calm, rough, grades, honest, names)
    for kind in before:
        more = after[kind] - before[kind]
        more = {name for name in more if not is_of_others(name, use.workers)}
        if more:
            faults.append(f"left behind: {len(more)} {kind}, as {min(more)}")
    weights = use.memory
    third = max(1, len(weights) // 3)
    middle, last = (max(part) for part in (weights[third:-third], weights[-third:]))
    words = f"{weights[0] / 1e6:.0f} MB at first, {middle / 1e6:.0f} MB in the middle"
    print(f"memory of the grader: {words}, {last / 1e6:.0f} MB at the end")
    if last > FLAT * middle:
        faults.append("the grader's memory grows")
    return faults


def find_differences(
    calm: Mapping[str, Mapping[str, Any]],
    rough: Mapping[str, Mapping[str, Any]],
    grades: Collection[str],
    honest: Sequence[str],
    names: Sequence[str],
) -> list[str]:
    """Returns what is wrong with the outcomes of a class, and prints the counts.

    Args:
        calm: From student to the outcome of the run without attackers.
        rough: The same of the run with them.
        grades: The students whom the gradebook has after the second run.
        honest: The honest students beside `OTHERS`.
        names: All students beside `OTHERS`.
    """
    lost = [name for name in names if name not in rough or name not in grades]
    same = ("status", "reason", "score", "cells", "notes")
    differ = [
        name
        for name in (*honest, *OTHERS)
        if any(calm[name][key] != rough[name][key] for key in same)
    ]
    kinds: dict[str, int] = {}
    for name in names:
        if name in rough:
            kinds[rough[name]["status"]] = kinds.get(rough[name]["status"], 0) + 1
    print("outcomes: " + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items())))
    print(f"lost: {len(lost)}; honest grades that differ: {len(differ)}", flush=True)
    faults = [f"{name} is lost" for name in lost]
    return faults + [f"{name} has another grade" for name in differ]


@dataclass
class GraderUse:
    """What a grader used while it graded a class.

    Attributes:
        memory: The grader's, without what it has started, in bytes, again and again.
        workers: The process ids of those it has started.
    """

    memory: list[int] = field(default_factory=list)
    workers: set[int] = field(default_factory=set)


def is_of_others(name: str, workers: Collection[int]) -> bool:
    """Returns whether a name is a control group's that none of some workers made.

    Whatever else grades on this machine makes and removes such groups all the time.
    """
    found = GROUP.search(name)
    return found is not None and int(found[1]) not in workers


def _grade(side: Side, students: list[str]) -> tuple[Any, float, GraderUse]:
    """Has students graded; returns the answer, seconds and what the grader used."""
    pid = side.grader.ready()
    use, done = GraderUse(), threading.Event()
    watch = threading.Thread(target=_weigh, args=(pid, use, done), daemon=True)
    watch.start()
    began = time.monotonic()
    answer = side.grader.ask(side.ask(students), LONGEST_SECONDS)
    seconds = time.monotonic() - began
    done.set()
    watch.join()
    return answer, seconds, use


def _weigh(pid: int, use: GraderUse, done: threading.Event) -> None:
    while True:
        with contextlib.suppress(psutil.Error):
            grader = psutil.Process(pid)
            use.memory.append(grader.memory_info().rss)
            use.workers.update(child.pid for child in grader.children())
        if done.wait(WEIGH_SECONDS):
            return


def _of_the_host(target: Target) -> dict[str, set[str]]:
    """Returns what of the host a submission could leave something in."""
    mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    sockets = Path("/proc/net/unix").read_text(encoding="utf-8").splitlines()
    words = (target.marker, str(target.place))
    groups = Path("/sys/fs/cgroup")
    return {
        "mounts": {line.split(" ", 1)[1] for line in mounts},
        "sockets": {
            line.split()[-1] for line in sockets if any(word in line for word in words)
        },
        "cgroups": {str(path) for path in groups.glob("**/") if path.is_dir()},
    }
