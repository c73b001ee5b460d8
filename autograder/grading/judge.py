"""Says what came of a submission, as far as that depends on nothing but itself."""

import nbformat
from nbformat import NotebookNode

from autograder.cells import copy_of, from_bytes, named_tests
from autograder.grading.assignment import Assigned
from autograder.grading.html_safety import NOT_BEGUN
from autograder.grading.outcome import Outcome, environment
from autograder.grading.run import Ran, Task
from autograder.limits import CRASHED


def judge(task: Task, ran: Ran | Exception) -> tuple[Outcome, NotebookNode]:
    """Judges a submission.

    Args:
        task: What was handed in, and the assignment.
        ran: What came of running it, or the exception that ended its process.

    Returns:
        The outcome with the points of the autograded tests, and the executed notebook.
    """
    submission, assigned = task.submission, task.assigned
    seconds, sandbox = 0.0, ""
    if isinstance(ran, Exception):
        ran = Ran(CRASHED, f"the process that ran it died ({ran})")
    status, reason, notes = ran.status, ran.reason, ran.notes
    if ran.execution is None:
        document = not_run(assigned, status)
    else:
        status, reason = ran.execution.status, ran.execution.reason
        seconds, sandbox = ran.execution.seconds, ran.execution.sandbox
        document = from_bytes(ran.execution.notebook)
    cells = cell_verdicts(document)
    outcome = Outcome(
        submission.student,
        assigned.assignment,
        status,
        reason,
        score=sum(points for points, _ in cells.values()),
        max_score=sum(assigned.points.values()),
        flags=["restored"] if notes else [],
        notes=notes,
        seconds=round(seconds, 2),
        cells=cells,
        key=task.key,
        environment=environment(),
        sandbox=sandbox,
        name=assigned.notebook_name,
    )
    return outcome, document


def cell_verdicts(document: NotebookNode) -> dict[str, list]:
    """Returns what each autograded test of an executed notebook said.

    Returns:
        Dict from grade id to `[points, message]`; the message is empty for full marks.
    """
    from nbgrader.utils import determine_grade

    verdicts = {}
    for name, cell in named_tests(document):
        points, _ = determine_grade(cell)
        errors = [out for out in cell.outputs if out.output_type == "error"]
        message = f"{errors[-1].ename}: {errors[-1].evalue}" if errors else ""
        if errors and errors[-1].ename == NOT_BEGUN:
            message = errors[-1].evalue
        verdicts[name] = [points, message]
    return verdicts


def not_run(assigned: Assigned, status: str) -> NotebookNode:
    """Returns the assignment without answers, each test with an error."""
    document = copy_of(assigned.full)
    for _, cell in named_tests(document):
        text = f"this test did not run: the submission is {status}"
        cell.outputs = [
            nbformat.v4.new_output(
                "error", ename="NotRun", evalue=text, traceback=[f"NotRun: {text}"]
            )
        ]
    return document
