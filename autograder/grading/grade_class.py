"""Grades a class: plans what must run, runs it side by side, records one by one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from autograder.course import Course, CourseError, find_course
from autograder.engine.pool import share_cores
from autograder.grading.assignment import Assigned, load_parts
from autograder.grading.console import print_outcome, print_table
from autograder.grading.gradebook import GradebookWriter
from autograder.grading.journal import Journal
from autograder.grading.lint import require_apart, share_of
from autograder.grading.outcome import Outcome, key_of
from autograder.grading.outcome_folder import read_ran
from autograder.grading.recorder import Recorder, autograded_path
from autograder.grading.rehearsal import rehearse
from autograder.grading.results import ResultStore
from autograder.grading.roster import Roster, read_roster
from autograder.grading.run import Ran, Task, run_all
from autograder.grading.submission import Submission, find_students, read_submission
from autograder.limits import GRADED, Limits


def grade(
    course: Course | str | Path,
    assignment: str,
    limits: Limits,
    workers: int | None = None,
    force: bool = False,
    students: list[str] | None = None,
    plain: bool = False,
    results: Path | None = None,
) -> int:
    """Grades an assignment for a class and prints the progress and a table.

    Args:
        course: The course, or a path in it.
        assignment: The assignment's id.
        limits: What one submission may use.
        workers: Submissions at a time. Without it, the cores at hand.
        force: Whether to run again what is graded and unchanged.
        students: Student ids; without it, everybody who handed in or is in the roster.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.
        results: A folder that `autograder grade-shard` filled: what it holds of these
            submissions is taken and not run again. Without it, what `autograder serve`
            has graded.

    Returns:
        The exit status: 0 if every submission was graded, 1 if one has another
        outcome, or nobody handed in: then the table shows what the reference's
        answers and the untouched release get.

    Raises:
        CourseError: If the assignment is not there or not built.
    """
    if not isinstance(course, Course):
        course = find_course(course)
    if results is not None and not results.is_dir():
        raise CourseError(f"There is no folder {results} with results")
    if results is None and (course.served / "results").is_dir():
        results = course.served / "results"
    try:
        outcomes = grade_class(
            course, assignment, limits, workers, force, students, plain, results
        )
    except NobodyError as error:
        return rehearse(course, assignment, limits, str(error), plain)
    print_table(outcomes, course)
    parts = load_parts(course, assignment)
    if any(part.together for part in parts):
        print(f"Tests:           {share_of(parts)}")
    return 0 if all(outcome.status == GRADED for outcome in outcomes) else 1


def grade_class(
    course: Course,
    assignment: str,
    limits: Limits,
    workers: int | None = None,
    force: bool = False,
    students: list[str] | None = None,
    plain: bool = False,
    results: Path | None = None,
    report: Callable[..., None] = print_outcome,
) -> list[Outcome]:
    """Grades an assignment for a class; arguments as for `grade`.

    Args:
        report: Called with each outcome when it is recorded, how many there are by
            then, and how many there will be.

    Returns:
        One outcome for each student and notebook, in the order of the students' ids.
    """
    parts = load_parts(course, assignment)
    roster = read_roster(course)
    require_apart(parts, roster.split)
    wanted = _wanted(course, assignment, roster, students)
    workers, limits = share_cores(limits, workers)
    journal = Journal(course.classroom / "journal.jsonl")
    store = ResultStore(course.classroom / "executed")
    total = len(wanted) * len(parts)
    outcomes: dict[tuple[str, str], Outcome] = {}
    for assigned in parts[1:]:
        # nbgrader gives a submission the notebooks that are there when it is entered.
        with GradebookWriter(course, assigned) as gradebook:
            gradebook.enter_assignment()

    def counted(outcome: Outcome, done: int, _: int, kept: bool = False) -> None:
        report(outcome, len(outcomes) + done, total, kept)

    for assigned in parts:
        found = _grade_notebook(
            course,
            assigned,
            roster,
            wanted,
            limits,
            workers,
            force,
            plain,
            results,
            journal,
            store,
            counted,
        )
        name = assigned.notebook_name
        outcomes |= {(student, name): found[student] for student in wanted}
    return [
        outcomes[student, assigned.notebook_name]
        for student in wanted
        for assigned in parts
    ]


def _grade_notebook(
    course: Course,
    assigned: Assigned,
    roster: Roster,
    wanted: list[str],
    limits: Limits,
    workers: int,
    force: bool,
    plain: bool,
    results: Path | None,
    journal: Journal,
    store: ResultStore,
    report: Callable[..., None],
) -> dict[str, Outcome]:
    """Grades one notebook of an assignment; returns its outcomes by student."""
    with GradebookWriter(course, assigned) as gradebook:
        gradebook.enter_assignment()
        gradebook.enter_roster(roster)
        record = Recorder(course, assigned, gradebook, journal, store, report)
        record.total = len(wanted)

        def next_step(student: str) -> Task | None:
            """Returns what must run; what need not is recorded."""
            submission = read_submission(
                course, assigned.assignment, student, assigned.notebook_name
            )
            key = key_of(submission, assigned, limits, plain)
            step = plan(submission, key, journal, gradebook, store, results, force)
            if step.kept is not None:
                record.keep(submission, step.kept)
                return None
            task = Task(submission, assigned, limits, plain, key=key)
            if step.ran is not None:
                record.finish(task, step.ran)
                return None
            return task

        def to_run() -> Iterator[Task]:
            for student in wanted:
                task = None
                with record.guard(student):
                    task = next_step(student)
                if task is not None:
                    yield task

        for task, ran in run_all(to_run(), workers):
            with record.guard(task.submission.student):
                if isinstance(ran, Ran) and ran.execution is not None:
                    store.keep(task.key, ran)
                record.finish(task, ran)
    return record.outcomes


def _wanted(
    course: Course, assignment: str, roster: Roster, students: list[str] | None
) -> list[str]:
    """Returns the ids of the students to grade."""
    handed_in = find_students(course, assignment)
    wanted = students or sorted({*handed_in, *roster.students})
    unknown = sorted(set(wanted) - set(handed_in) - set(roster.students))
    if unknown:
        raise CourseError(
            f"{', '.join(unknown)}: no such student under {course.submitted} or in the "
            "roster"
        )
    if not handed_in:
        raise NobodyError(
            f"Nobody handed in {assignment}: there is no "
            f"{course.submitted}/STUDENT/{assignment} folder."
        )
    return wanted


class NobodyError(CourseError):
    """Nobody handed in: there is nothing to grade yet."""


@dataclass(frozen=True)
class Step:
    """What grading a submission takes: nothing, a record, or a run as well.

    Attributes:
        kept: The outcome that stands; `None` if there is none.
        ran: What a run that was killed, or a shard, had got as far as; `None` if it
            must run.
    """

    kept: Outcome | None = None
    ran: Ran | None = None


def plan(
    submission: Submission,
    key: str,
    journal: Journal,
    gradebook: GradebookWriter,
    store: ResultStore,
    results: Path | None = None,
    force: bool = False,
) -> Step:
    """Says what grading a submission takes; changes nothing.

    Args:
        submission: What was handed in.
        key: The hash of everything that its outcome depends on.
        journal: What was graded before.
        gradebook: It must still hold what the journal says.
        store: What was executed and not recorded.
        results: A folder of outcomes that were made elsewhere.
        force: Whether nothing of all this counts.
    """
    if force:
        return Step()
    name = submission.notebook_name
    known = journal.find(submission.student, submission.assignment, name)
    if known is not None and known.key == key:
        stored = autograded_path(gradebook.course, submission)
        if submission.folder is None or (stored.is_file() and gradebook.holds(known)):
            return Step(kept=known)
    if submission.status:
        return Step(ran=Ran(submission.status, submission.reason))
    ran = store.load(key)
    if ran is None and results is not None:
        folder = results / submission.student / submission.assignment
        ran = read_ran(folder, name, key)
    return Step(ran=ran)
