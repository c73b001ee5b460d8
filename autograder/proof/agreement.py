"""Holds three engines against each other: this one, a plain kernel, stock nbgrader."""

import tempfile
from pathlib import Path

from autograder.cells import from_bytes
from autograder.course import Course
from autograder.engine.execute import execute
from autograder.grading.assignment import Assigned, as_student
from autograder.grading.judge import cell_verdicts
from autograder.limits import Limits
from autograder.proof.answers import RELEASE, bank_of
from autograder.proof.bank import Answer
from autograder.proof.result_cache import KeptResults, key_of_run
from autograder.proof.stock import Stock


def run_agreement(
    course: Course,
    assignments: list[str],
    limits: Limits,
    everything: bool = False,
    fresh: bool = True,
) -> int:
    """Grades answers of the bank with each engine and compares the points of each test.

    Args:
        course: It must be built.
        assignments: Assignment ids.
        limits: `Limits`.
        everything: Whether to take the whole bank, and not one right and one wrong
            answer of each assignment.
        fresh: Whether what engines agreed on before, with the same code and the same
            answers, is run again.

    Returns:
        The exit status: 0 if all points agree, else 1.
    """
    differences = 0
    for assignment in assignments:
        assigned, answers = bank_of(course, assignment)
        answers = [answer for answer in answers if answer.name != RELEASE]
        if not everything:
            answers = choose(answers)
        print(f"{assignment}: {len(answers)} answers, three engines", flush=True)
        store = KeptResults("agreement", fresh)
        key = _key(assigned, answers, limits)
        if store.find(key):
            for answer in answers:
                print(f"  {answer.name:40} same points, as before", flush=True)
            continue
        before = differences
        with tempfile.TemporaryDirectory(prefix="lw-agree-") as place:
            root = Path(place, "stock")
            students = [f"s{number:03}" for number in range(len(answers))]
            for student, answer in zip(students, answers, strict=True):
                folder = root / "submitted" / student / assignment
                folder.mkdir(parents=True)
                content = as_student(answer.notebook, assigned)
                (folder / f"{assignment}.ipynb").write_bytes(content)
            with Stock(course, root, assignment, limits.cell_seconds) as stock:
                for student, answer in zip(students, answers, strict=True):
                    stock.grade(student)
                    points = {
                        "engine": _points(answer, assigned, limits, split=True),
                        "plain kernel": _points(answer, assigned, limits, split=False),
                        "stock nbgrader": stock.points(student),
                    }
                    differences += _report(answer, points)
        if differences == before:
            store.keep(key, True)
    print("All engines agree." if not differences else f"{differences} disagree.")
    return 1 if differences else 0


def _key(assigned: Assigned, answers: list[Answer], limits: Limits) -> str:
    """Returns the key of an agreement: answers, helper files, and this code."""
    code = [Path(__file__), Path(__file__).with_name("stock.py")]
    return key_of_run(
        limits,
        sorted(assigned.files.items()),
        sorted(assigned.answer_names),
        *(path.read_bytes() for path in code),
        *(answer.notebook for answer in answers),
    )


def choose(answers: list[Answer]) -> list[Answer]:
    """Returns the first right and the first wrong answer of a bank."""
    return [
        next(answer for answer in answers if answer.name.startswith(kind))
        for kind in ("right_", "wrong_")
    ]


def _points(
    answer: Answer, assigned: Assigned, limits: Limits, split: bool
) -> dict[str, float]:
    names = assigned.answer_names if split else None
    run = execute(answer.notebook, limits, assigned.files, names, assigned.files)
    verdicts = cell_verdicts(from_bytes(run.notebook))
    return {name: points for name, (points, _) in verdicts.items()}


def _report(answer: Answer, points: dict[str, dict[str, float]]) -> bool:
    """Prints one line for an answer; returns whether the engines disagree."""
    engine = points["engine"]
    print(f"  {answer.name:40} {sum(engine.values()):g}", end="", flush=True)
    different = {
        name: {kind: found.get(name) for kind, found in points.items()}
        for name in engine
        if len({found.get(name) for found in points.values()}) > 1
    }
    print("  DIFFERENT" if different else "  same points", flush=True)
    for name, found in different.items():
        print(f"      {name}: {found}", flush=True)
    return bool(different)
