"""Prints what a run does and what came of it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.course import Course
from autograder.grading.advice import spell_out
from autograder.grading.outcome import Outcome

COLOURS = {"graded": "green", "timeout": "yellow", "missing": "yellow"}


def print_outcome(outcome: Outcome, done: int, total: int, kept: bool = False) -> None:
    """Prints one line for one submission."""
    width = len(str(total))
    points = f"{outcome.score:g}/{outcome.max_score:g}"
    tail = "kept" if kept else f"{outcome.seconds:.1f} s"
    print(
        f"[{done:{width}}/{total}]  {printable(outcome.student):12}  {points:>7}  "
        f"{outcome.status:10}  {tail}",
        flush=True,
    )


def print_table(outcomes: Sequence[Outcome], course: Course) -> None:
    """Prints the table of a class, and where everything lies."""
    # What a student wrote is text: as a string, rich would read markup in it.
    table = Table(title=Text(outcomes[0].assignment), title_justify="left")
    table.add_column("student")
    table.add_column("points", justify="right")
    table.add_column("outcome")
    table.add_column("seconds", justify="right")
    table.add_column("remarks")
    for outcome in outcomes:
        remarks = [text for text in (outcome.reason, *outcome.notes) if text]
        table.add_row(
            Text(printable(outcome.student)),
            f"{outcome.score:g}/{outcome.max_score:g}",
            Text(outcome.status, COLOURS.get(outcome.status, "red")),
            f"{outcome.seconds:.1f}",
            Text(printable("; ".join(remarks))),
        )
    console = Console(width=None if Console().is_terminal else 110)
    console.print(table)
    counts = Counter(outcome.status for outcome in outcomes)
    summary = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    print(f"{len(outcomes)} outcomes: {summary}")
    print_sandbox(outcomes)
    name = outcomes[0].assignment
    print(f"Feedback pages:  {course.feedback}/STUDENT/{name}/{name}.html")
    print(f"Gradebook:       {course.db_url}")


def printable(text: str) -> str:
    """Returns a text as any terminal shows it: what it could act on is spelled out."""
    return spell_out(text.encode("utf-8", "backslashreplace").decode())


def print_sandbox(outcomes: Iterable[Outcome]) -> None:
    """Prints in which sandboxes submissions ran."""
    levels = sorted({outcome.sandbox for outcome in outcomes if outcome.sandbox})
    print(f"Sandbox:         {', '.join(levels) or 'nothing was run'}")
