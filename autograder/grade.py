"""Grades a class: reads submissions, runs them side by side, writes them one by one."""

import contextlib
import os
import shutil
from dataclasses import replace

import nbformat

from autograder.assigned import load_assigned
from autograder.build.metadata import is_test
from autograder.course import Course, CourseError, find_course
from autograder.execute import CRASHED, GRADED, execute, write_files
from autograder.feedback import FeedbackWriter, add_banner
from autograder.gradebook import GradebookWriter
from autograder.journal import Journal, Outcome, key_of
from autograder.outcome_folder import read_execution
from autograder.pool import count_cores, map_unordered
from autograder.report import print_outcome, print_table
from autograder.restore import restore
from autograder.results import ResultStore, environment
from autograder.roster import read_roster
from autograder.submission import (
    find_students,
    is_folder,
    read_notebook,
    read_regular,
    read_submission,
)

# A date in any spelling. Bytes.
LONGEST_STAMP = 1000
NO_TIME = "timestamp.txt holds no date that can be read"


def grade(
    course,
    assignment,
    limits,
    workers=None,
    force=False,
    students=None,
    plain=False,
    results=None,
):
    """Grades an assignment for a class and prints the progress and a table.

    Args:
        course: `Course`, or the path of one.
        assignment: String, the assignment's id.
        limits: `Limits`.
        workers: Integer, submissions at a time. Without it, the cores at hand.
        force: Whether to run again what is graded and unchanged.
        students: List of student ids; without it, everybody who handed in or is in the
            roster.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.
        results: Path of a folder that `autograder grade-shard` filled: what it holds
            of these submissions is taken and not run again. Without it, what
            `autograder serve` has graded.

    Returns:
        Integer, the exit status: 0 if every submission was graded, 1 if one has
        another outcome.

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
    return 0 if all(outcome.outcome == GRADED for outcome in outcomes) else 1


def grade_class(
    course,
    assignment,
    limits,
    workers=None,
    force=False,
    students=None,
    plain=False,
    results=None,
    report=print_outcome,
):
    """Grades an assignment for a class; arguments as for `grade`.

    Args:
        report: Function that is called with each outcome when it is recorded, how many
            there are by then, and how many there will be.

    Returns:
        List of `Outcome`, one for each student, in the order of their ids.
    """
    assigned = load_assigned(course, assignment)
    roster = read_roster(course)
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
    workers = workers or count_cores()
    limits = replace(limits, threads=max(1, count_cores() // workers))
    journal = Journal(course.classroom / "journal.jsonl")
    store = ResultStore(course.classroom / "executed")
    outcomes = {}

    with GradebookWriter(course, assigned) as gradebook:
        gradebook.enter_assignment()
        gradebook.enter_roster(roster)
        feedback = FeedbackWriter(course, assigned, gradebook.marks())

        def write_feedback(student):
            page = course.autograded / student / assignment / f"{assignment}.ipynb"
            feedback.write(student, nbformat.read(page, as_version=4))

        def finish(submission, execution, notes, key):
            outcome = _record(
                course, assigned, gradebook, submission, execution, notes, key
            )
            if submission.folder is not None:
                write_feedback(submission.student)
            journal.append(outcome)
            store.drop(key)
            outcomes[outcome.student] = outcome
            report(outcome, len(outcomes), len(wanted))

        def jobs():
            for student in wanted:
                submission = read_submission(course, assignment, student)
                key = key_of(submission, assigned, limits, plain)
                known = journal.find(student, assignment)
                page = course.autograded / student / assignment / f"{assignment}.ipynb"
                kept = submission.folder is None or (
                    page.is_file() and known and gradebook.holds(known)
                )
                if not force and known and known.key == key and kept:
                    late, notes = _lateness(course, gradebook, submission)
                    if submission.folder is not None:
                        marks = known.marks
                        known = _refreshed(known, gradebook, late, notes)
                        if known.marks != marks:
                            # Somebody has marked or commented since.
                            write_feedback(student)
                            journal.append(known)
                    outcomes[student] = known
                    report(outcomes[student], len(outcomes), len(wanted), True)
                elif submission.outcome:
                    finish(submission, None, [], key)
                else:
                    document = read_notebook(submission.notebook)
                    notes = restore(document, assigned.full, assigned.released)
                    executed = None if force else store.load(key)
                    if executed is None and results is not None:
                        executed = read_execution(results / student / assignment, key)
                    if executed is not None:
                        # A run that was killed, or a shard, had got as far as this.
                        finish(submission, executed, notes, key)
                        continue
                    content = nbformat.writes(document).encode("utf-8")
                    names = None if plain else assigned.students
                    arguments = (submission.files, names, assigned.files)
                    yield (submission, notes, key), (content, limits, *arguments)

        for (submission, notes, key), execution, error in map_unordered(
            execute, jobs(), workers
        ):
            if execution is not None:
                store.keep(key, execution)
            finish(submission, error or execution, notes, key)
    return [outcomes[student] for student in wanted]


def judge(submission, assigned, execution, notes, key):
    """Says what came of a submission, as far as that depends on nothing but itself.

    Args:
        submission: `Submission`.
        assigned: `Assigned`.
        execution: `Execution`; the exception that ended its process; `None` if there
            was nothing to run.
        notes: List of strings, what was put back.
        key: String, the hash of everything that the outcome depends on.

    Returns:
        `Outcome` with the points of the autograded tests, and the executed notebook.
    """
    outcome, reason, seconds = submission.outcome, submission.reason, 0.0
    if isinstance(execution, Exception):
        outcome, reason = CRASHED, f"the process that ran it died ({execution})"
    elif execution is not None:
        outcome, reason, seconds = (
            execution.outcome,
            execution.reason,
            execution.seconds,
        )
    sandbox = getattr(execution, "sandbox", "")
    if execution is None or isinstance(execution, Exception):
        document = not_run(assigned, outcome)
    else:
        document = nbformat.reads(execution.notebook.decode("utf-8"), as_version=4)
    cells = cell_verdicts(document)
    result = Outcome(
        submission.student,
        assigned.assignment,
        outcome,
        reason,
        score=sum(points for points, _ in cells.values()),
        max_score=sum(assigned.points.values()),
        flags=["restored"] if notes else [],
        notes=[f"put back: {', '.join(notes)}"] if notes else [],
        seconds=round(seconds, 2),
        cells=cells,
        key=key,
        environment=environment(),
        sandbox=sandbox,
    )
    return result, document


def _record(course, assigned, gradebook, submission, execution, notes, key):
    """Writes one submission's grades and autograded notebook; returns its outcome."""
    result, document = judge(submission, assigned, execution, notes, key)
    if submission.folder is None:
        return replace(result, max_score=gradebook.max_score())
    late, late_notes = _lateness(course, gradebook, submission)
    score, max_score = gradebook.save(submission.student, document)
    add_banner(document, result.outcome, result.reason, [*result.notes, *late_notes])
    _write_autograded(course, submission, document, assigned)
    return replace(
        result,
        score=score,
        max_score=max_score,
        flags=[*late, *result.flags],
        notes=[*late_notes, *result.notes],
        marks=gradebook.hand_marks(submission.student),
    )


def cell_verdicts(document):
    """Returns what each autograded test said.

    Args:
        document: Executed notebook.

    Returns:
        Dict from grade id to `[points, message]`; the message is empty for full marks.
    """
    from nbgrader.utils import determine_grade

    verdicts = {}
    for cell in filter(is_test, document.cells):
        points, _ = determine_grade(cell)
        errors = [out for out in cell.outputs if out.output_type == "error"]
        message = f"{errors[-1].ename}: {errors[-1].evalue}" if errors else ""
        verdicts[cell.metadata.nbgrader.grade_id] = [points, message]
    return verdicts


def not_run(assigned, outcome):
    """Returns the assignment as nobody answered it, each test with an error."""
    document = nbformat.reads(nbformat.writes(assigned.full), as_version=4)
    for cell in filter(is_test, document.cells):
        text = f"this test did not run: the submission is {outcome}"
        cell.outputs = [
            nbformat.v4.new_output(
                "error", ename="NotRun", evalue=text, traceback=[f"NotRun: {text}"]
            )
        ]
    return document


def _lateness(course, gradebook, submission):
    """Enters the submission; returns the flags and notes of a late one."""
    if submission.folder is None:
        return [], []
    path = submission.folder / "timestamp.txt"
    try:
        if not is_folder(submission.folder) or (
            os.path.lexists(path) and read_regular(path, LONGEST_STAMP) is None
        ):
            # nbgrader would follow a link, and wait on a pipe for ever.
            raise ValueError("timestamp.txt is no file")
        stamp = course.directory().get_existing_timestamp(str(submission.folder))
    except (ValueError, OverflowError, OSError, AttributeError):
        # The last is nbgrader's own, on its way to say that the date is none.
        gradebook.enter_submission(submission.student, None)
        return ["no-time"], [NO_TIME]
    seconds = gradebook.enter_submission(submission.student, stamp)
    notes = lateness_notes(seconds)
    return ["late"] * len(notes), notes


def lateness_notes(seconds):
    """Returns what to say of a submission that is late by some seconds, if it is."""
    if seconds <= 0:
        return []
    minutes = int(seconds // 60)
    if not minutes:
        return ["late by less than a minute"]
    return [f"late by {minutes // 60} h {minutes % 60} min"]


def _refreshed(known, gradebook, late, late_notes):
    """Returns a kept outcome with what may have changed since: marks and lateness."""
    flags = [flag for flag in known.flags if flag not in ("late", "no-time")]
    notes = [
        note
        for note in known.notes
        if note != NO_TIME and not note.startswith("late by")
    ]
    score, max_score = gradebook.score(known.student)
    return replace(
        known,
        score=score,
        max_score=max_score,
        flags=[*late, *flags],
        notes=[*late_notes, *notes],
        marks=gradebook.hand_marks(known.student),
    )


def _write_autograded(course, submission, document, assigned):
    """Writes what nbgrader keeps of a graded submission, read-only as nbgrader does."""
    name = submission.assignment
    folder = course.autograded / submission.student / name
    if folder.exists():
        shutil.rmtree(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_files(folder, {**submission.files, **assigned.files})
    nbformat.write(document, folder / f"{name}.ipynb")
    for path in folder.rglob("*"):
        if path.is_file():
            with contextlib.suppress(PermissionError):
                os.chmod(path, 0o444)
