"""Prints what a run does and what came of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.course import Course
from autograder.grading.advice import spell_out
from autograder.grading.lateness import is_lateness
from autograder.grading.outcome import Outcome
from autograder.limits import GRADED

COLOURS = {"graded": "green", "timeout": "yellow", "missing": "yellow"}


def print_outcome(outcome: Outcome, done: int, total: int, kept: bool = False) -> None:
    """Prints one line for one submission."""
    width = len(str(total))
    points = f"{outcome.score:g}/{outcome.max_score:g}"
    tail = "kept" if kept else f"{outcome.seconds:.1f} s"
    if outcome.notebook_name != outcome.assignment:
        tail += f"  {printable(outcome.notebook_name)}"
    print(
        f"[{done:{width}}/{total}]  {printable(outcome.student):12}  {points:>7}  "
        f"{outcome.status:10}  {tail}",
        flush=True,
    )


def print_table(outcomes: Sequence[Outcome], course: Course) -> None:
    """Prints the table of a class, and where everything lies."""
    print_outcomes(outcomes)
    counts = Counter(outcome.status for outcome in outcomes)
    summary = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    print(f"{len(outcomes)} outcomes: {summary}")
    print_sandbox(outcomes)
    name, notebooks = outcomes[0].assignment, {part.notebook_name for part in outcomes}
    page = name if notebooks == {name} else "NOTEBOOK"
    print(f"Feedback pages:  {course.feedback}/STUDENT/{name}/{page}.html")
    print(f"Gradebook:       {course.db_url}")


def print_outcomes(outcomes: Sequence[Outcome]) -> None:
    """Prints the table of a class.

    Where an assignment has several notebooks, a line of the table holds their sum.
    """
    by_student: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        by_student.setdefault(outcome.student, []).append(outcome)
    # What a student wrote is text: as a string, rich would read markup in it.
    table = Table(title=Text(outcomes[0].assignment), title_justify="left")
    table.add_column("student")
    table.add_column("points", justify="right")
    table.add_column("outcome")
    table.add_column("seconds", justify="right")
    table.add_column("remarks")
    for student, parts in by_student.items():
        score = sum(part.score for part in parts)
        most = sum(part.max_score for part in parts)
        statuses = dict.fromkeys(part.status for part in parts)
        status = next((each for each in statuses if each != GRADED), GRADED)
        table.add_row(
            Text(printable(student)),
            f"{score:g}/{most:g}",
            Text(status, COLOURS.get(status, "red")),
            f"{sum(part.seconds for part in parts):.1f}",
            Text(printable("; ".join(_remarks(parts)))),
        )
    console = Console(width=None if Console().is_terminal else 110)
    console.print(table)


def _remarks(parts: Sequence[Outcome]) -> Iterator[str]:
    """Yields what is to be said of a student's notebooks, each thing once."""
    said = set()
    for part in parts:
        of = "" if part.notebook_name == part.assignment else f"{part.notebook_name}: "
        for text in (part.reason, *part.notes):
            if text and text not in said:
                said.add(text)
                yield text if is_lateness(text) else of + text


def printable(text: str) -> str:
    """Returns a text as any terminal shows it: what it could act on is spelled out."""
    return spell_out(text.encode("utf-8", "backslashreplace").decode())


def print_sandbox(outcomes: Iterable[Outcome]) -> None:
    """Prints in which sandboxes submissions ran."""
    levels = sorted({outcome.sandbox for outcome in outcomes if outcome.sandbox})
    print(f"Sandbox:         {', '.join(levels) or 'nothing was run'}")
