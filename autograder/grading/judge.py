"""Says what came of a submission, as far as that depends on nothing but itself."""

import nbformat
from nbformat import NotebookNode

from autograder.cells import copy_of, from_bytes, named_tests
from autograder.grading.assignment import Assigned
from autograder.grading.outcome import Outcome, environment
from autograder.grading.prepare import Prepared
from autograder.limits import CRASHED, Execution


def judge(
    prepared: Prepared, execution: Execution | Exception | None
) -> tuple[Outcome, NotebookNode]:
    """Judges a submission.

    Args:
        prepared: What was handed in, and the assignment.
        execution: What came of running it; the exception that ended its process;
            `None` if there was nothing to run.

    Returns:
        The outcome with the points of the autograded tests, and the executed notebook.
    """
    submission, assigned, notes = prepared.submission, prepared.assigned, prepared.notes
    status, reason, seconds, sandbox = submission.status, submission.reason, 0.0, ""
    if isinstance(execution, Execution):
        status, reason = execution.status, execution.reason
        seconds, sandbox = execution.seconds, execution.sandbox
        document = from_bytes(execution.notebook)
    else:
        if execution is not None:
            status, reason = CRASHED, f"the process that ran it died ({execution})"
        document = not_run(assigned, status)
    cells = cell_verdicts(document)
    outcome = Outcome(
        submission.student,
        assigned.assignment,
        status,
        reason,
        score=sum(points for points, _ in cells.values()),
        max_score=sum(assigned.points.values()),
        flags=["restored"] if notes else [],
        notes=[f"put back: {', '.join(notes)}"] if notes else [],
        seconds=round(seconds, 2),
        cells=cells,
        key=prepared.key,
        environment=environment(),
        sandbox=sandbox,
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
