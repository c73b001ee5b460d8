"""Grades a class: plans what must run, runs it side by side, records one by one."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import Course, CourseError, find_course
from autograder.engine.folders import write_files
from autograder.engine.pool import share_cores
from autograder.grading.assignment import Assigned, load_assigned
from autograder.grading.console import print_outcome, print_table
from autograder.grading.feedback import FeedbackWriter, add_banner
from autograder.grading.gradebook import GradebookWriter
from autograder.grading.journal import Journal
from autograder.grading.judge import judge
from autograder.grading.lateness import enter_lateness, is_lateness
from autograder.grading.outcome import Outcome, key_of
from autograder.grading.outcome_folder import read_execution
from autograder.grading.prepare import Prepared, prepare, run_prepared
from autograder.grading.results import ResultStore
from autograder.grading.roster import Roster, read_roster
from autograder.grading.submission import Submission, find_students, read_submission
from autograder.limits import GRADED, Execution, Limits


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
        outcome.

    Raises:
        CourseError: If the assignment is not there or not built, or nobody handed in.
    """
    if not isinstance(course, Course):
        course = find_course(course)
    if results is not None and not results.is_dir():
        raise CourseError(f"There is no folder {results} with results")
    if results is None and (course.served / "results").is_dir():
        results = course.served / "results"
    outcomes = grade_class(
        course, assignment, limits, workers, force, students, plain, results
    )
    print_table(outcomes, course)
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
        One outcome for each student, in the order of their ids.
    """
    assigned = load_assigned(course, assignment)
    roster = read_roster(course)
    wanted = _wanted(course, assignment, roster, students)
    workers, limits = share_cores(limits, workers)
    journal = Journal(course.classroom / "journal.jsonl")
    store = ResultStore(course.classroom / "executed")
    with GradebookWriter(course, assigned) as gradebook:
        gradebook.enter_assignment()
        gradebook.enter_roster(roster)
        record = Recorder(course, assigned, gradebook, journal, store, report)
        record.total = len(wanted)

        def to_run() -> Iterator[Prepared]:
            for student in wanted:
                submission = read_submission(course, assignment, student)
                key = key_of(submission, assigned, limits, plain)
                step = plan(submission, key, journal, gradebook, store, results, force)
                if step.kept is not None:
                    # Nothing of a student's notebook is parsed for what stands.
                    record.keep(submission, step.kept)
                    continue
                prepared = prepare(submission, assigned, limits, plain, key=key)
                if step.executed is not None:
                    record.finish(prepared, step.executed)
                else:
                    yield prepared

        for prepared, execution in run_prepared(to_run(), workers, record.finish):
            if isinstance(execution, Execution):
                store.keep(prepared.key, execution)
            record.finish(prepared, execution)
    return [record.outcomes[student] for student in wanted]


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
        raise CourseError(
            f"Nobody handed in {assignment}: there is no "
            f"{course.submitted}/STUDENT/{assignment} folder."
        )
    return wanted


@dataclass(frozen=True)
class Step:
    """What grading a submission takes: nothing, a record, or a run as well.

    Attributes:
        kept: The outcome that stands; `None` if there is none.
        executed: What a run that was killed, or a shard, had got as far as; `None` if
            it must run.
    """

    kept: Outcome | None = None
    executed: Execution | None = None


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
    known = journal.find(submission.student, submission.assignment)
    if known is not None and known.key == key:
        page = _autograded(gradebook.course, submission) / f"{known.assignment}.ipynb"
        if submission.folder is None or (page.is_file() and gradebook.holds(known)):
            return Step(kept=known)
    if submission.status:
        return Step()
    executed = store.load(key)
    if executed is None and results is not None:
        folder = results / submission.student / submission.assignment
        executed = read_execution(folder, key)
    return Step(executed=executed)


def _autograded(course: Course, submission: Submission) -> Path:
    return course.autograded / submission.student / submission.assignment


class Recorder:
    """Writes outcomes: gradebook, autograded notebook, feedback page, journal.

    Args:
        course: The class's course.
        assigned: The assignment.
        gradebook: It must be open.
        journal: Gets each outcome.
        store: What is recorded is dropped there.
        report: As for `grade_class`.
    """

    def __init__(
        self,
        course: Course,
        assigned: Assigned,
        gradebook: GradebookWriter,
        journal: Journal,
        store: ResultStore,
        report: Callable[..., None],
    ) -> None:
        self.course, self.assigned, self.gradebook = course, assigned, gradebook
        self.journal, self.store, self.report = journal, store, report
        self.feedback = FeedbackWriter(course, assigned, gradebook.marks())
        self.outcomes: dict[str, Outcome] = {}
        self.total = 0

    def finish(
        self, prepared: Prepared, execution: Execution | Exception | None
    ) -> None:
        """Records what came of a submission."""
        outcome = self._grade(prepared, execution)
        if prepared.submission.folder is not None:
            self._write_feedback(prepared.submission)
        self.journal.append(outcome)
        self.store.drop(prepared.key)
        self._count(outcome)

    def keep(self, submission: Submission, known: Outcome) -> None:
        """Records what may have changed since: marks of a person, and lateness."""
        late, notes = enter_lateness(self.course, self.gradebook, submission)
        if submission.folder is not None:
            marks = known.marks
            known = self._refreshed(known, late, notes)
            if known.marks != marks:
                self._write_feedback(submission)
                self.journal.append(known)
        self._count(known, True)

    def _count(self, outcome: Outcome, kept: bool = False) -> None:
        self.outcomes[outcome.student] = outcome
        self.report(outcome, len(self.outcomes), self.total, kept)

    def _grade(
        self, prepared: Prepared, execution: Execution | Exception | None
    ) -> Outcome:
        outcome, document = judge(prepared, execution)
        submission = prepared.submission
        if submission.folder is None:
            return replace(outcome, max_score=self.gradebook.max_score())
        late, late_notes = enter_lateness(self.course, self.gradebook, submission)
        score, max_score = self.gradebook.save(submission.student, document)
        notes = [*outcome.notes, *late_notes]
        add_banner(document, outcome.status, outcome.reason, notes)
        self._write_autograded(submission, document)
        return replace(
            outcome,
            score=score,
            max_score=max_score,
            flags=[*late, *outcome.flags],
            notes=[*late_notes, *outcome.notes],
            marks=self.gradebook.hand_marks(submission.student),
        )

    def _refreshed(
        self, known: Outcome, late: list[str], late_notes: list[str]
    ) -> Outcome:
        score, max_score = self.gradebook.score(known.student)
        flags = [flag for flag in known.flags if flag not in ("late", "no-time")]
        notes = [note for note in known.notes if not is_lateness(note)]
        return replace(
            known,
            score=score,
            max_score=max_score,
            flags=[*late, *flags],
            notes=[*late_notes, *notes],
            marks=self.gradebook.hand_marks(known.student),
        )

    def _write_feedback(self, submission: Submission) -> None:
        folder = _autograded(self.course, submission)
        page = folder / f"{self.assigned.assignment}.ipynb"
        self.feedback.write(submission.student, nbformat.read(page, as_version=4))

    def _write_autograded(self, submission: Submission, document: NotebookNode) -> None:
        """Writes what nbgrader keeps of a graded submission, read-only as it does."""
        folder = _autograded(self.course, submission)
        if folder.exists():
            shutil.rmtree(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        write_files(folder, {**submission.files, **self.assigned.files})
        nbformat.write(document, folder / f"{self.assigned.assignment}.ipynb")
        for path in folder.rglob("*"):
            if path.is_file():
                with contextlib.suppress(PermissionError):
                    os.chmod(path, 0o444)
