"""Shows what an assignment gives before anybody has handed it in."""

import sys

from autograder.cells import to_bytes
from autograder.course import Course
from autograder.grading.assignment import as_student, load_parts, load_solution
from autograder.grading.console import print_outcomes
from autograder.grading.judge import judge
from autograder.grading.run import Task, run
from autograder.grading.submission import Submission
from autograder.grading.trial import reference_of
from autograder.limits import Limits

REFERENCE, UNTOUCHED = "the reference", "untouched"


def rehearse(
    course: Course, assignment: str, limits: Limits, why: str, plain: bool = False
) -> int:
    """Grades the reference's answers and the untouched release; records nothing.

    Args:
        course: The course.
        assignment: The assignment's id.
        limits: What a notebook may use.
        why: What is said on top.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.

    Returns:
        The exit status, 1: nothing was graded.
    """
    print(why, file=sys.stderr)
    print("This is what the assignment gives; nothing is recorded.", file=sys.stderr)
    outcomes = []
    for part in load_parts(course, assignment):
        name = part.notebook_name
        reference = reference_of(part.full, load_solution(course, assignment, name))
        for who, content in (
            (REFERENCE, as_student(reference, part)),
            (UNTOUCHED, to_bytes(part.released)),
        ):
            submission = Submission(who, assignment, content, name=name)
            task = Task(submission, part, limits, plain)
            outcomes.append(judge(task, run(task))[0])
    print_outcomes(sorted(outcomes, key=lambda outcome: outcome.student))
    return 1
