"""Makes of a submission what is run: a restored notebook, and the engine's call.

A class, a shard, the service on a hub, one notebook of one's own and the run that
compares all take this step.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from nbformat import NotebookNode

from autograder.cells import to_bytes
from autograder.grading.assignment import Assigned
from autograder.grading.notebook_file import UnreadableError, read_notebook
from autograder.grading.restore import restore
from autograder.grading.submission import UNREADABLE, Submission
from autograder.limits import Limits

ExecuteArguments = tuple[
    bytes,
    Limits,
    Mapping[str, bytes],
    frozenset[str] | None,
    Mapping[str, bytes],
    frozenset[str],
    str,
    bool,
]


@dataclass(frozen=True)
class Prepared:
    """A submission that is ready to run, or that cannot be run.

    Attributes:
        submission: What was handed in.
        assigned: The assignment.
        notes: What was put back, as a sentence; empty if nothing was.
        arguments: What `execute` takes; `None` if there is nothing to run.
    """

    submission: Submission
    assigned: Assigned
    notes: list[str]
    arguments: ExecuteArguments | None


def prepare(
    submission: Submission,
    assigned: Assigned,
    limits: Limits,
    plain: bool = False,
    tests: NotebookNode | None = None,
) -> Prepared:
    """Puts the course's cells back and gathers what a run needs. It never raises.

    Args:
        submission: What was handed in.
        assigned: The assignment.
        limits: What one submission may use.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.
        tests: The notebook whose tests are put back. Without it, all of them.
    """
    submission = replace(submission, files=files_beside(submission, assigned))
    if submission.status or submission.notebook is None:
        return Prepared(submission, assigned, [], None)
    try:
        document = read_notebook(submission.notebook)
        notes = restore(document, tests or assigned.full, assigned.released)
        content = to_bytes(document)
    except UnreadableError as error:
        reason = f"{assigned.notebook_name}.ipynb {error}"
        unreadable = replace(submission, status=UNREADABLE, reason=reason)
        return Prepared(unreadable, assigned, [], None)
    except Exception as error:
        # Nothing that a student wrote is known to end here; what does costs only them.
        reason = (
            "its cells could not be put together with the assignment's "
            f"({type(error).__name__}). Fetch the assignment anew, copy your answers "
            "into it and hand in again"
        )
        unreadable = replace(submission, status=UNREADABLE, reason=reason)
        return Prepared(unreadable, assigned, [], None)
    arguments = execute_arguments(content, limits, submission.files, assigned, plain)
    put_back = [f"put back: {', '.join(notes)}"] if notes else []
    return Prepared(submission, assigned, put_back, arguments)


def execute_arguments(
    content: bytes,
    limits: Limits,
    files: Mapping[str, bytes],
    assigned: Assigned,
    plain: bool = False,
) -> ExecuteArguments:
    """Returns what `execute` takes to run a notebook into which tests were put back.

    Args:
        content: The notebook.
        limits: What it may use.
        files: The student's files beside it.
        assigned: The assignment.
        plain: Whether tests run in the student's own kernel.
    """
    names = None if plain else assigned.answer_names
    return (
        content,
        limits,
        files,
        names,
        assigned.files,
        frozenset(assigned.together),
        assigned.imports,
        assigned.is_built,
    )


def files_beside(submission: Submission, assigned: Assigned) -> dict[str, bytes]:
    """Returns the student's files that can lie beside the assignment's own.

    A folder of a student's may have the name of one of those files, or of the notebook,
    and a file the name of one of their folders.
    """
    ours = {*assigned.files, f"{assigned.notebook_name}.ipynb"}
    folders = {str(above) for name in ours for above in PurePosixPath(name).parents}
    return {
        name: content
        for name, content in submission.files.items()
        if name not in folders
        and not ours.intersection(map(str, PurePosixPath(name).parents))
    }
