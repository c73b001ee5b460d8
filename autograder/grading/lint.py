"""Says which tests of an assignment do not run apart from the student's code."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from autograder.course import Course, CourseError
from autograder.grading.assignment import Assigned, load_parts
from autograder.grading.roster import SPLITS

# By how a reason begins: how the test is mended.
REMEDIES = {
    "binds": "use another name in the test, with an underscore in front",
    "imports": "import in a locked cell above",
    "reads 'In'": "compare results, not cells",
    "reads": "bind the name in a locked cell, or in the test",
    "draws": "test the data that are drawn: have a function return them",
    "looks at code": "test what the function returns, not how it is written",
    "looks at files": "have a function return what it writes, or release the file",
    "uses the student's class": "test what its methods return, by functions",
    "uses `is`": "compare with ==",
    "uses IPython": "write it in Python",
    "captures": "have the function return the text",
    "opens": "release the file, and read it in a locked cell",
    "calls": "name what is tested",
    "changes": "change a copy of what a function returned",
    "the reference's": "have the function return numbers, arrays or text",
}


def lint(course: Course, assignments: Sequence[str] = ()) -> int:
    """Prints the tests that run in the student's process, why, and what would help.

    Args:
        course: The course.
        assignments: Ids; without any, all assignments.

    Returns:
        The exit status: 0 if every test runs apart, else 1.
    """
    parts = [
        part
        for name in assignments or course.assignments()
        for part in load_parts(course, name)
    ]
    table = Table(title="Tests that run with the student's code", title_justify="left")
    for column in ("notebook", "test", "because it", "mended by"):
        table.add_column(column, overflow="fold")
    for part in parts:
        for test, reason in part.together.items():
            place = "/".join(dict.fromkeys((part.assignment, part.notebook_name)))
            row = (place, test, reason, remedy(reason))
            table.add_row(*map(Text, row))
    if table.row_count:
        Console(width=None if Console().is_terminal else 110).print(table)
    print(share_of(parts))
    return 1 if table.row_count else 0


def remedy(reason: str) -> str:
    """Returns how a test is mended that cannot run apart for a reason."""
    found = (text for start, text in REMEDIES.items() if reason.startswith(start))
    return next(found, "")


def share_of(parts: Sequence[Assigned]) -> str:
    """Says how many of the tests run apart from the student's code."""
    tests = sum(len(part.points) for part in parts)
    together = sum(len(part.together) for part in parts)
    return f"{tests - together} of {tests} tests run apart from the student's code" + (
        "; `autograder lint` names the others" if together else ""
    )


def require_apart(parts: Sequence[Assigned], split: str) -> None:
    """Refuses an assignment whose tests do not all run apart, where that is asked.

    Raises:
        CourseError: With the tests and the reasons.
    """
    if split == SPLITS[0] or not any(part.together for part in parts):
        return
    lines = [
        f"  {part.notebook_name}: {test} {reason}"
        for part in parts
        for test, reason in part.together.items()
    ]
    raise CourseError(
        'course.toml says split = "require", and these tests can only run with the '
        "student's code:\n" + "\n".join(lines)
    )
