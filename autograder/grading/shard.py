"""Grades a folder of submissions into a folder of outcomes: for batch systems.

    autograder grade-shard IN OUT

IN is laid out as nbgrader's `submitted` folder is, so that a shard is a copy of a part
of it:

    IN/STUDENT/ASSIGNMENT/NOTEBOOK.ipynb        and files beside it

OUT gets the executed notebook and an outcome for each, as `outcome_folder` says.
`autograder grade HW --results OUT` takes them into the gradebook.

An outcome is complete if it can be read, fits its notebook and has the key that the
submission has now. Complete ones are left alone; anything else is graded again. There
is no gradebook, no journal, no lock: two shards never write the same file unless they
hold the same submission.
"""

import contextlib
import copy
from collections.abc import Iterator
from pathlib import Path

from autograder.cells import to_bytes
from autograder.course import Course, CourseError
from autograder.engine.pool import share_cores
from autograder.grading.assignment import Assigned, load_parts
from autograder.grading.console import print_outcome, print_sandbox
from autograder.grading.failure import failed, is_of_the_machine
from autograder.grading.judge import judge, not_run
from autograder.grading.outcome import Outcome, key_of
from autograder.grading.outcome_folder import read_outcome, write_outcome
from autograder.grading.run import Ran, Task, run_all
from autograder.grading.submission import find_students, read_submission
from autograder.limits import GRADED, Limits


def grade_shard(
    course: Course,
    given: Path | str,
    out: Path | str,
    limits: Limits,
    workers: int | None = None,
    plain: bool = False,
) -> int:
    """Grades every submission under a folder.

    Args:
        course: It must be built.
        given: The folder of submissions.
        out: The folder of outcomes; it need not exist.
        limits: What one submission may use.
        workers: Submissions at a time. Without it, the cores at hand.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.

    Returns:
        The exit status: 0 if every submission was graded, else 1.

    Raises:
        CourseError: If there are no submissions, or one is of an assignment that the
            course does not have.
    """
    given, out = Path(given).resolve(), Path(out).resolve()
    shard = _course_of(course, given)
    assignments = sorted(
        {
            path.name
            for path in given.glob("[!.]*/[!.]*")
            if path.is_dir() and not path.parent.is_symlink()
        }
    )
    if not assignments:
        raise CourseError(f"There are no STUDENT/ASSIGNMENT folders in {given}")
    names = [
        (assigned, student)
        for name in assignments
        for assigned in load_parts(course, name)
        for student in find_students(shard, name)
    ]
    workers, limits = share_cores(limits, workers)
    outcomes: list[Outcome] = []

    def count(outcome: Outcome, kept: bool = False) -> None:
        outcomes.append(outcome)
        print_outcome(outcome, len(outcomes), len(names), kept)

    @contextlib.contextmanager
    def guard(assigned: Assigned, student: str) -> Iterator[None]:
        """Makes of whatever a submission causes its own outcome."""
        try:
            yield
        except Exception as error:
            if is_of_the_machine(error):
                raise
            outcome = failed(student, assigned, error)
            document = not_run(assigned, outcome.status)
            folder = out / student / assigned.assignment
            write_outcome(folder, outcome, to_bytes(document))
            count(outcome)

    def to_run() -> Iterator[Task]:
        for assigned, student in names:
            task = None
            with guard(assigned, student):
                name, notebook = assigned.assignment, assigned.notebook_name
                submission = read_submission(shard, name, student, notebook)
                key = key_of(submission, assigned, limits, plain)
                known = read_outcome(out / student / name, notebook)
                fresh = Task(submission, assigned, limits, plain, key=key)
                if known is not None and known.key == key:
                    count(known, kept=True)
                elif submission.status:
                    count(_write(out, fresh, Ran(submission.status, submission.reason)))
                else:
                    task = fresh
            if task is not None:
                yield task

    for task, ran in run_all(to_run(), workers):
        with guard(task.assigned, task.submission.student):
            count(_write(out, task, ran))
    print_sandbox(outcomes)
    return 0 if all(outcome.status == GRADED for outcome in outcomes) else 1


def _course_of(course: Course, given: Path) -> Course:
    """Returns the course with other people's submissions in place of the class's."""
    config = copy.deepcopy(course.config)
    config.CourseDirectory.submitted_directory = str(given)
    return Course(course.root, config)


def _write(out: Path, task: Task, ran: Ran | Exception) -> Outcome:
    outcome, document = judge(task, ran)
    folder = out / outcome.student / outcome.assignment
    write_outcome(folder, outcome, to_bytes(document))
    return outcome
