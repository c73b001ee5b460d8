"""Grades a folder of submissions into a folder of outcomes: for batch systems.

    autograder grade-shard IN OUT

IN is laid out as nbgrader's `submitted` folder is, so that a shard is a copy of a part
of it:

    IN/STUDENT/ASSIGNMENT/ASSIGNMENT.ipynb      and files beside it

OUT gets the executed notebook and an outcome for each, as `autograder.outcome_folder`
says. `autograder grade HW --results OUT` takes them into the gradebook.

An outcome is complete if it can be read, fits its notebook and has the key that the
submission has now. Complete ones are left alone; anything else is graded again. There
is no gradebook, no journal, no lock: two shards never write the same file unless they
hold the same submission.
"""

import copy
from dataclasses import replace
from pathlib import Path

import nbformat

from autograder.assigned import load_assigned
from autograder.course import Course, CourseError
from autograder.execute import GRADED, execute
from autograder.grade import judge
from autograder.journal import key_of
from autograder.outcome_folder import read_outcome, write_outcome
from autograder.pool import count_cores, map_unordered
from autograder.report import print_outcome, print_sandbox
from autograder.restore import restore
from autograder.submission import find_students, read_notebook, read_submission


def grade_shard(course, given, out, limits, workers=None, plain=False):
    """Grades every submission under a folder.

    Args:
        course: `Course`, built.
        given: Path of the folder of submissions.
        out: Path of the folder of outcomes; it need not exist.
        limits: `Limits`.
        workers: Integer, submissions at a time. Without it, the cores at hand.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.

    Returns:
        Integer, the exit status: 0 if every submission was graded, else 1.

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
    assigned = {name: load_assigned(course, name) for name in assignments}
    names = [
        (name, student)
        for name in assignments
        for student in find_students(shard, name)
    ]
    workers = workers or count_cores()
    limits = replace(limits, threads=max(1, count_cores() // workers))
    outcomes = []

    def finish(outcome, kept=False):
        outcomes.append(outcome)
        print_outcome(outcome, len(outcomes), len(names), kept)

    def jobs():
        for name, student in names:
            submission = read_submission(shard, name, student)
            key = key_of(submission, assigned[name], limits, plain)
            known = read_outcome(out / student / name)
            if known is not None and known.key == key:
                finish(known, kept=True)
            elif submission.outcome:
                finish(_write(out, submission, assigned[name], None, [], key))
            else:
                document = read_notebook(submission.notebook)
                notes = restore(document, assigned[name].full, assigned[name].released)
                content = nbformat.writes(document).encode("utf-8")
                students = None if plain else assigned[name].students
                arguments = (submission.files, students, assigned[name].files)
                yield (submission, notes, key), (content, limits, *arguments)

    for (submission, notes, key), execution, error in map_unordered(
        execute, jobs(), workers
    ):
        this = assigned[submission.assignment]
        finish(_write(out, submission, this, error or execution, notes, key))
    print_sandbox(outcomes)
    return 0 if all(outcome.outcome == GRADED for outcome in outcomes) else 1


def _course_of(course, given):
    """Returns the course with other people's submissions in place of the class's."""
    config = copy.deepcopy(course.config)
    config.CourseDirectory.submitted_directory = str(given)
    return Course(course.root, config)


def _write(out, submission, assigned, execution, notes, key):
    outcome, document = judge(submission, assigned, execution, notes, key)
    content = nbformat.writes(document).encode("utf-8")
    write_outcome(out / submission.student / submission.assignment, outcome, content)
    return outcome
