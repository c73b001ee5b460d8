"""Holds an assignment's tests against answers whose worth is known."""

from dataclasses import replace

import nbformat

from autograder.course import CourseError
from autograder.engine.execute import execute
from autograder.engine.pool import count_cores, map_unordered
from autograder.grading.assignment import load_assigned
from autograder.grading.judge import cell_verdicts
from autograder.proof.bank import Answer, load_answers

REFERENCE, RELEASE = "reference", "release"


def run_answers(course, assignments, limits, workers=None, only=None, plain=False):
    """Runs the answers bank and prints what it shows.

    Args:
        course: `Course`.
        assignments: List of assignment ids.
        limits: `Limits`.
        workers: Integer, answers at a time. Without it, the cores at hand.
        only: String; with it, only answers with it in their name run.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.

    Returns:
        Integer, the exit status: 0 if every answer scores what it declares, else 1.

    Raises:
        CourseError: If there is no such assignment or no such answer.
        SourceError: If an answer's source is at fault.
    """
    surprises = 0
    for assignment in assignments:
        surprises += _run_bank(course, assignment, limits, workers, only, plain)
    return 1 if surprises else 0


def bank_of(course, assignment):
    """Returns an assignment, and its answers with the reference and the release first.

    The reference must get full marks and the release none: a test that an empty answer
    passes tests nothing.
    """
    assigned = load_assigned(course, assignment)
    path = course.source / assignment / f"{assignment}.ipynb"
    solution = nbformat.read(path, as_version=4)
    empty = nbformat.writes(assigned.full).encode("utf-8")
    return assigned, [
        Answer(REFERENCE, nbformat.writes(solution).encode("utf-8")),
        Answer(RELEASE, empty, dict.fromkeys(assigned.points, "")),
        *load_answers(course, assignment, solution),
    ]


def _run_bank(course, assignment, limits, workers, only, plain):
    assigned, answers = bank_of(course, assignment)
    answers = [answer for answer in answers if not only or only in answer.name]
    if not answers:
        raise CourseError(f"{assignment} has no answer with {only!r} in its name")
    workers = workers or count_cores()
    limits = replace(limits, threads=max(1, count_cores() // workers))
    total = sum(assigned.points.values())
    verdicts, faults = {}, {}
    names = None if plain else assigned.answer_names
    jobs = (
        (answer, (answer.notebook, limits, assigned.files, names, assigned.files))
        for answer in answers
    )
    print(f"{assignment}: {len(answers)} answers", flush=True)
    for answer, execution, error in map_unordered(execute, jobs, workers):
        if error is not None:
            raise error
        document = nbformat.reads(execution.notebook.decode("utf-8"), as_version=4)
        verdict = cell_verdicts(document)
        verdicts[answer.name] = verdict
        faults[answer.name] = find_surprises(answer, verdict, assigned.points)
        score = sum(points for points, _ in verdict.values())
        state = "SURPRISE" if faults[answer.name] else "ok"
        own = sum(execution.cell_seconds.get(name, 0.0) for name in assigned.points)
        print(
            f"  {state:8}  {answer.name:32}  {score:g}/{total:g}  "
            f"{execution.seconds:.1f} s, tests {own:.1f} s",
            flush=True,
        )
        for fault in faults[answer.name]:
            print(f"            {fault}", flush=True)
    for name, fault in find_echoes(answers, verdicts).items():
        print(f"  SURPRISE  {name}: {fault}")
        faults[name] = [*faults[name], fault]
    _print_summary(answers, faults)
    return sum(bool(found) for found in faults.values())


def find_surprises(answer, verdict, points):
    """Compares what an answer scored with what it declares.

    Args:
        answer: `Answer`.
        verdict: Dict from grade id to `[points, message]`.
        points: Dict from grade id to the points of that test.

    Returns:
        List of strings, empty if all is as declared.
    """
    found = []
    for grade_id, most in points.items():
        scored, message = verdict.get(grade_id, [0.0, "the cell is not there"])
        wanted = answer.fails.get(grade_id)
        if wanted is None and scored != most:
            found.append(f"{grade_id} must pass; it said {message!r}")
        elif wanted is not None and scored != 0:
            found.append(f"{grade_id} must fail; it passed")
        elif wanted and wanted not in message:
            found.append(f"{grade_id} must say {wanted!r}; it said {message!r}")
    return found


def find_echoes(answers, verdicts):
    """Finds wrong answers of which every message is given to another one too.

    Args:
        answers: List of `Answer`.
        verdicts: Dict from an answer's name to its verdict.

    Returns:
        Dict from an answer's name to a string that says so.
    """
    messages = {
        answer.name: {
            message for _, message in verdicts[answer.name].values() if message
        }
        for answer in answers
        if answer.name.startswith("wrong_") and answer.name in verdicts
    }
    echoes = {}
    for name, own in messages.items():
        others = set().union(*(m for other, m in messages.items() if other != name))
        if own and own <= others:
            echoes[name] = f"no message of its own: {'; '.join(sorted(own))}"
    return echoes


def _print_summary(answers, faults):
    def count(kind):
        names = [a.name for a in answers if a.name.startswith(f"{kind}_")]
        return sum(not faults[name] for name in names), len(names)

    for name in (REFERENCE, RELEASE):
        if name in faults:
            print(f"{name}: {'as it must be' if not faults[name] else 'SURPRISE'}")
    caught, wrong = count("wrong")
    accepted, right = count("right")
    print(f"caught {caught}/{wrong} wrong, accepted {accepted}/{right} right")
