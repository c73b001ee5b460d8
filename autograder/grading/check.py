"""Grades one notebook of one's own: no class, no gradebook, nothing kept."""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import determine_grade, is_grade
from rich.console import Console
from rich.text import Text

from autograder.cells import by_id
from autograder.course import Course, CourseError
from autograder.grading.assignment import Assigned, load_assigned
from autograder.grading.console import printable
from autograder.grading.feedback import FeedbackWriter, set_banner
from autograder.grading.judge import judge
from autograder.grading.outcome import Outcome
from autograder.grading.run import Task, run
from autograder.grading.submission import read_files, read_one
from autograder.limits import GRADED, Limits

OWNER = "you"


def check(
    course: Course,
    path: Path | str,
    limits: Limits,
    assignment: str | None = None,
    out: Path | str | None = None,
    plain: bool = False,
) -> int:
    """Grades a notebook, prints what each test says and writes a feedback page.

    Args:
        assignment: The assignment's id. Without it, the name of the file or of its
            folder says which.
        out: The page; without it, `NOTEBOOK-feedback.html` beside the notebook.
        plain: Whether tests run in the notebook's own kernel, as in stock nbgrader.

    Returns:
        The exit status: 0 if every test passed, else 1.

    Raises:
        CourseError: If the notebook is not there, or its assignment is not known.
    """
    path = Path(path)
    if not path.is_file():
        raise CourseError(f"{path} is not there")
    assignment = assignment or find_assignment(course, path)
    assigned = load_assigned(
        course, assignment, find_notebook(course, assignment, path)
    )
    outcome, document = grade_one(assigned, path, limits, plain)
    set_banner(document, outcome.status, outcome.reason, outcome.notes)
    page = Path(out) if out else path.with_name(f"{path.stem}-feedback.html")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(
        FeedbackWriter(course, assigned, Marks).page(OWNER, document), encoding="utf-8"
    )
    print_verdict(outcome, assigned, document)
    print(f"Feedback page: {page}")
    return 0 if outcome.score == outcome.max_score else 1


def find_assignment(course: Course, path: Path) -> str:
    """Returns the id of the assignment that a notebook's name or folder names.

    Raises:
        CourseError: If neither does.
    """
    known = course.assignments()
    for name in (path.stem, path.resolve().parent.name):
        if name in known:
            return name
    raise CourseError(
        f"{path} does not say which assignment it is: neither the file nor its folder "
        f"has an assignment's name. Name it with --assignment. Assignments: "
        f"{', '.join(known) or 'none'}."
    )


def find_notebook(course: Course, assignment: str, path: Path) -> str | None:
    """Returns which of an assignment's notebooks a file's name names.

    Returns:
        `None` where the assignment has one only, whatever the file is called.
    """
    names = course.notebooks_of(assignment)
    return path.stem if len(names) > 1 else None


def grade_one(
    assigned: Assigned, path: Path, limits: Limits, plain: bool = False
) -> tuple[Outcome, NotebookNode]:
    """Grades one notebook file; returns the outcome and the executed notebook.

    Files beside the notebook are there when it runs if its folder is the assignment's.
    """
    own = path.resolve().parent.name == assigned.assignment
    files = read_files(path.parent, path) if own else {}
    submission = read_one(
        path.resolve(), OWNER, assigned.assignment, files, assigned.notebook_name
    )
    task = Task(submission, assigned, limits, plain)
    return judge(task, run(task))


def print_verdict(outcome: Outcome, assigned: Assigned, document: NotebookNode) -> None:
    """Prints points and message of each test, the total and the outcome."""
    console = Console(highlight=False, soft_wrap=True)
    width = max(map(len, outcome.cells), default=0)
    for name, (points, message) in outcome.cells.items():
        most = assigned.points[name]
        row = Text(f"{points:g}/{most:g}".rjust(6))
        row.stylize("green" if points == most else "red")
        shown = "\n".join(map(printable, message.splitlines()))
        console.print(row.append(f"  {name:{width}}  {shown}", "default"))
    for name, cell in by_id(document).items():
        if is_grade(cell) and name not in outcome.cells:
            line = f"-/{cell.metadata.nbgrader.points:g}".rjust(6)
            print(f"{line}  {name:{width}}  a person marks this answer")
    for note in (outcome.reason, *outcome.notes):
        if note:
            print(printable(note))
    state = "" if outcome.status == GRADED else f", {outcome.status}"
    print(
        f"{assigned.notebook_name}: {outcome.score:g}/{outcome.max_score:g}{state}, "
        f"{outcome.seconds:.1f} s"
    )


class Marks(NbGraderPreprocessor):
    """Gives a feedback page the points that the notebook itself shows."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Writes each cell's points and the total where nbgrader's template reads."""
        score = most = 0.0
        for cell in filter(is_grade, nb.cells):
            points, most_here = determine_grade(cell)
            cell.metadata.nbgrader.score = points or 0.0
            cell.metadata.nbgrader.points = most_here
            score, most = score + (points or 0.0), most + most_here
        resources["nbgrader"].update(score=score, max_score=most, late_penalty=0)
        return nb, resources
