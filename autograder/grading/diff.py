"""Says whose grade would change if the class were graded again, and changes nothing."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.course import Course, CourseError
from autograder.engine.pool import share_cores
from autograder.grading.assignment import load_parts
from autograder.grading.console import printable
from autograder.grading.journal import Journal
from autograder.grading.judge import judge
from autograder.grading.outcome import Outcome, environment
from autograder.grading.run import Task, run_all
from autograder.grading.submission import find_students, read_submission
from autograder.limits import Limits


def print_differences(
    course: Course,
    assignment: str,
    limits: Limits,
    workers: int | None = None,
    plain: bool = False,
) -> int:
    """Runs every graded submission again and compares.

    Args:
        workers: Submissions at a time. Without it, the cores at hand.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.

    Returns:
        The exit status: 0 if no grade would change, else 1.

    Raises:
        CourseError: If nothing of the assignment has been graded yet.
    """
    parts = load_parts(course, assignment)
    journal = Journal(course.classroom / "journal.jsonl")
    known = {
        (student, part.notebook_name): outcome
        for student in find_students(course, assignment)
        for part in parts
        if (outcome := journal.find(student, assignment, part.notebook_name))
    }
    if not known:
        raise CourseError(f"Nothing of {assignment} is graded yet: nothing to compare")
    workers, limits = share_cores(limits, workers)
    fresh: dict[tuple[str, str], Outcome] = {}

    def to_run() -> Iterator[Task]:
        for part in parts:
            for student, name in known:
                if name == part.notebook_name:
                    submission = read_submission(course, assignment, student, name)
                    yield Task(submission, part, limits, plain)

    for task, ran in run_all(to_run(), workers):
        outcome, _ = judge(task, ran)
        fresh[outcome.student, outcome.notebook_name] = outcome
        print(f"[{len(fresh)}/{len(known)}]  {printable(outcome.student)}", flush=True)
    return _print(known, fresh)


def _print(
    known: dict[tuple[str, str], Outcome], fresh: dict[tuple[str, str], Outcome]
) -> int:
    table = Table(title="What would change", title_justify="left")
    for column in ("student", "outcome", "cell", "was", "would be", "message"):
        table.add_column(column)
    changed = 0
    for place, was in known.items():
        now, student = fresh[place], was.student
        if was.notebook_name != was.assignment:
            student += f" {was.notebook_name}"
        cells = sorted({*was.cells, *now.cells})
        rows = [
            (cell, was.cells.get(cell, [0, ""]), now.cells.get(cell, [0, ""]))
            for cell in cells
        ]
        rows = [row for row in rows if row[1][0] != row[2][0]]
        if not rows and was.status == now.status:
            continue
        changed += 1
        status = " → ".join(dict.fromkeys((was.status, now.status)))
        for cell, before, after in rows or [("", ["", ""], ["", ""])]:
            message = printable(str(after[1])[:80])
            row = (student, status, cell, str(before[0]), str(after[0]), message)
            table.add_row(*map(Text, row))
    here = environment()
    versions = {
        f"{name} {old} → {here.get(name, 'none')}"
        for outcome in known.values()
        for name, old in outcome.environment.items()
        if here.get(name) != old
    }
    if versions:
        print("Environment:", ", ".join(sorted(versions)))
    if changed:
        Console(width=None if Console().is_terminal else 110).print(table)
    print(f"{changed} of {len(known)} grades would change; none was changed")
    return 1 if changed else 0
