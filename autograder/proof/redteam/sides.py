"""The two graders that are attacked, each in a course with decoys."""

import contextlib
import json
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from autograder.course import CourseError
from autograder.grading.assignment import load_assigned
from autograder.limits import GRADED
from autograder.proof.redteam.attacks import RUN, Attack
from autograder.proof.redteam.course import (
    ASSIGNMENT,
    ATTACKER,
    FIRST,
    LAST,
    Target,
    remove,
)
from autograder.proof.redteam.graders import GraderProcess, end_left, of_course
from autograder.proof.redteam.observe import NOT_RUN, Scene, Seen, judge
from autograder.proof.stock import Stock

# Bounds that an attack can hit in seconds. Times are CPU time: what only sleeps ends
# after `WALL_PER_CPU` times as long, a cell after 15 s and a notebook after 75 s.
LIMITS = {
    "cell_seconds": 3,
    "notebook_seconds": 15,
    "output_bytes": 200_000,
    "cpu_seconds": 20,
    "memory_bytes": 600_000_000,
    "disk_bytes": 100_000_000,
    "processes": 48,
    "open_files": 256,
}
# Wall time, as stock nbgrader counts.
STOCK_CELL_SECONDS = 5
# How long a grader may take for one attack before it counts as hung.
STOCK_SECONDS, ENGINE_SECONDS = 40, 60
ENGINE = "this engine"
# Attackers in one class: side by side they are harder to withstand, and quicker.
TOGETHER = 8


class Side:
    """One grader and its course, put back to its first state before each attack.

    Args:
        name: For people.
        scene: The course.
        grader: Who grades it.
        ask: Makes, of a list of students, the line that has them graded.
        seconds: How long one submission may take.
        together: How many attacks it takes at a time.
    """

    def __init__(
        self,
        name: str,
        scene: Scene,
        grader: GraderProcess,
        ask: Callable[[list[str]], str],
        seconds: float,
        together: int = 1,
    ) -> None:
        self.name, self.scene, self.grader = name, scene, grader
        self.ask, self.seconds, self.together = ask, seconds, together
        self.target, self.root = scene.target, scene.root
        self.kept = scene.target.pristine / scene.root.name
        self.startup = scene.target.home / ".ipython" / "profile_default" / "startup"
        self._begin()
        shutil.copytree(self.root, self.kept, symlinks=True)

    def _begin(self) -> None:
        """Has the honest students graded, and one who answers the honest part."""
        self.grader.ready()
        scene, folder = self.scene, self.scene.submitted
        self.target.hand_in(None, ATTACKER, folder, {})
        answer = self.grader.ask(self.ask([ATTACKER]), self.seconds * 2)
        if answer is None:
            words = Path(self.grader.log.name).read_text(errors="replace")[-2000:]
            raise CourseError(f"{self.name} grades not even honest work:\n{words}")
        self.honest = _others(answer)
        _, scene.usual = scene.look_at(ATTACKER)
        # What is graded already, stock nbgrader would not grade again.
        for name in (folder.name, "autograded", "feedback"):
            shutil.rmtree(folder.parent / name / ATTACKER)

    def reset(self) -> None:
        """Puts back what attacks may have changed."""
        remove(self.root)
        shutil.copytree(self.kept, self.root, symlinks=True)
        home = self.target.home
        (home / ".ssh").mkdir(exist_ok=True)
        (home / ".ssh" / "id_canary").write_text(self.target.tokens["home"])
        (home / ".bashrc").write_text("# empty\n")
        remove(*self.startup.glob("*.py"), *self.target.tmp.iterdir())

    def attack(
        self,
        attacks: Sequence[Attack],
        report: Callable[[Attack, str, Seen], None],
    ) -> dict[str, Seen]:
        """Has attacks graded, some together where the grader can.

        Where something went wrong that could be any one's doing, each is tried alone.

        Args:
            attacks: What is tried.
            report: Called with each attack, this side's name and what was seen.

        Returns:
            From the attack's name to what was seen.
        """
        found: dict[str, Seen] = {}
        wanted: list[Attack] = []
        for attack in attacks:
            if self.is_engine or attack.stock == RUN:
                wanted.append(attack)
            else:
                found[attack.name] = Seen(NOT_RUN)
        while wanted:
            some, wanted = wanted[: self.together], wanted[self.together :]
            seen = self._try(some)
            if seen is None:
                seen = {}
                for attack in some:
                    seen.update(self._try([attack]) or {})
            for attack in some:
                report(attack, self.name, seen[attack.name])
            found.update(seen)
        return found

    @property
    def is_engine(self) -> bool:
        return self.name == ENGINE

    def _try(self, attacks: list[Attack]) -> dict[str, Seen] | None:
        """Returns what was seen, by name; `None` if one of several did damage."""
        self.reset()
        target, scene = self.target, self.scene
        known, grader = of_course(target), self.grader.ready()
        attackers = {f"{ATTACKER}{n}": attack for n, attack in enumerate(attacks)}
        for attacker, attack in attackers.items():
            told = target.told(
                attacker, scene.root, scene.submitted, scene.gradebook, grader
            )
            target.hand_in(attack, attacker, scene.submitted, told)
        scene.begin()
        began = time.monotonic()
        line = self.ask(list(attackers))
        answer = self.grader.ask(line, self.seconds * (2 + len(attacks)) / 2)
        seconds = time.monotonic() - began
        left = end_left(target, known, grader)
        grades, shared = scene.look(left)
        if self.is_engine and answer is not None and _others(answer) != self.honest:
            shared["others"] = "another student's grade changed"
        if len(attacks) > 1 and (shared or answer is None):
            return None
        found = {}
        for attacker, attack in attackers.items():
            outcome, took = "lost", seconds
            if answer is not None:
                outcome = GRADED
                if self.is_engine:
                    outcome, took = (answer[attacker][k] for k in ("status", "seconds"))
            own, _ = scene.look_at(attacker)
            mine, faults = grades.get(attacker), {**shared, **own}
            found[attack.name] = judge(
                attack, self.is_engine, outcome, mine, faults, took
            )
        return found


def _others(answer: Any) -> dict[str, dict[str, Any]] | None:
    """Returns what the honest students got, where the grader says it."""
    if not isinstance(answer, dict):
        return None
    names = ("status", "reason", "score", "cells", "notes")
    return {
        student: {name: answer[student][name] for name in names}
        for student in (FIRST, LAST)
    }


@contextlib.contextmanager
def engine_side(target: Target, level: str, plain: bool) -> Iterator[Side]:
    """Makes this engine's side."""
    course = target.course
    assigned = load_assigned(course, ASSIGNMENT)
    target.hand_in_others(assigned, course.submitted)
    limits = {**LIMITS, "sandbox": None if plain else level}
    scene = Scene(
        target,
        course.root,
        course.submitted,
        course.source,
        course.classroom / "gradebook.db",
    )
    scene.ours = True
    with GraderProcess(
        ("autograder.proof.redteam.graders", course.root),
        target.environment(),
        target.place / "engine.log",
        greets=True,
    ) as grader:

        def ask(attackers: list[str]) -> str:
            asked = {"limits": limits, "plain": plain, "attackers": attackers}
            return json.dumps(asked)

        together = 1 if plain else TOGETHER
        yield Side(ENGINE, scene, grader, ask, ENGINE_SECONDS, together)


@contextlib.contextmanager
def stock_side(target: Target) -> Iterator[Side]:
    """Makes stock nbgrader's side, in a course of its own."""
    root = target.place / "stock"
    environment = {**target.environment(), "JUPYTER_PATH": str(root / "jupyter")}
    with Stock(target.course, root, ASSIGNMENT, STOCK_CELL_SECONDS):
        # It is made, and ended: another one, in the environment with decoys, grades.
        pass
    shutil.copy(target.course.root / "secret.txt", root)
    (root / "submitted").mkdir()
    assigned = load_assigned(target.course, ASSIGNMENT)
    target.hand_in_others(assigned, root / "submitted")
    scene = Scene(
        target, root, root / "submitted", root / "source", root / "gradebook.db"
    )
    with GraderProcess(
        ("autograder.proof.stock", root, ASSIGNMENT),
        environment,
        target.place / "stock.log",
        greets=True,
    ) as grader:
        grader.ready()
        for student in (FIRST, LAST):
            if grader.ask(student, STOCK_SECONDS * 2) is None:
                raise CourseError("Stock nbgrader grades not even honest work")
        with contextlib.closing(sqlite3.connect(scene.gradebook)) as gradebook:
            name = target.tokens["gradebook"]
            gradebook.execute("UPDATE student SET last_name = ?", (name,))
            gradebook.commit()
        yield Side("stock nbgrader", scene, grader, "".join, STOCK_SECONDS)
