"""Holds an assignment's tests against answers whose worth is known."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.cells import from_bytes, grade_id, is_test, to_bytes
from autograder.course import Course, CourseError
from autograder.engine.execute import execute
from autograder.engine.pool import map_unordered, share_cores
from autograder.grading.assignment import Assigned, load_assigned
from autograder.grading.judge import cell_verdicts
from autograder.limits import GRADED, Limits
from autograder.proof.bank import Answer, load_answers
from autograder.proof.reachable_tests import reached_tests
from autograder.proof.result_cache import KeptResults, key_of_run

REFERENCE, RELEASE = "reference", "release"
# Wrong answers that lie to the tests about what they return.
LIAR = "wrong_liar_"


@dataclass(frozen=True)
class Options:
    """How the bank is run.

    Attributes:
        workers: Answers at a time. Without it, the cores at hand.
        only: Only answers with it in their name run.
        plain: Whether tests run in the student's own kernel, as in stock nbgrader.
        fast: Whether of a wrong answer only the tests run that its changes can reach.
        fresh: Whether results of earlier runs do not count.
        verdicts: A file for what every test said of every answer, as JSON.
    """

    workers: int | None = None
    only: str | None = None
    plain: bool = False
    fast: bool = False
    fresh: bool = False
    verdicts: Path | None = None


@dataclass(frozen=True)
class Verdict:
    """What running an answer showed.

    Attributes:
        status: How the run ended.
        cells: From grade id to `[points, message]`, of the tests that ran.
        seconds: Wall time of the cells.
        own_seconds: Wall time of the tests.
        kept: Whether an earlier run showed it.
    """

    status: str
    cells: dict[str, list]
    seconds: float
    own_seconds: float
    kept: bool = False


def run_answers(
    course: Course,
    assignments: list[str],
    limits: Limits,
    options: Options = Options(),
) -> int:
    """Runs the answers bank and prints what it shows.

    Args:
        course: `Course`.
        assignments: Assignment ids.
        limits: `Limits`.
        options: `Options`.

    Returns:
        The exit status: 0 if every answer scores what it declares, else 1.

    Raises:
        CourseError: If there is no such assignment or no such answer.
        SourceError: If an answer's source is at fault.
    """
    surprises, verdicts = 0, {}
    for assignment in assignments:
        found, verdicts[assignment] = _run_bank(course, assignment, limits, options)
        surprises += found
    if options.verdicts:
        text = json.dumps(verdicts, indent=1, sort_keys=True, ensure_ascii=False)
        options.verdicts.write_text(f"{text}\n", encoding="utf-8")
    return 1 if surprises else 0


def bank_of(course: Course, assignment: str) -> tuple[Assigned, list[Answer]]:
    """Returns an assignment, and its answers with the reference and the release first.

    The reference must get full marks and the release none: a test that an empty answer
    passes tests nothing.
    """
    assigned = load_assigned(course, assignment)
    path = course.source / assignment / f"{assignment}.ipynb"
    solution = nbformat.read(path, as_version=4)
    return assigned, [
        Answer(REFERENCE, to_bytes(solution)),
        Answer(RELEASE, to_bytes(assigned.full), dict.fromkeys(assigned.points, "")),
        *load_answers(course, assignment, solution),
    ]


def _run_bank(
    course: Course, assignment: str, limits: Limits, options: Options
) -> tuple[int, dict[str, dict[str, list]]]:
    """Runs one assignment's answers; returns the surprises and the verdicts."""
    assigned, answers = bank_of(course, assignment)
    reference = from_bytes(answers[0].notebook)
    if options.only:
        answers = [answer for answer in answers if options.only in answer.name]
    if not answers:
        name = options.only
        raise CourseError(f"{assignment} has no answer with {name!r} in its name")
    total = sum(assigned.points.values())
    verdicts: dict[str, dict[str, list]] = {}
    faults: dict[str, list[str]] = {}
    kept = 0
    print(f"{assignment}: {len(answers)} answers", flush=True)
    asked = {
        answer.name: reachable(answer, reference) if options.fast else answer.notebook
        for answer in answers
    }
    for answer, verdict in run_each(answers, asked, assigned, limits, options):
        verdicts[answer.name], kept = verdict.cells, kept + verdict.kept
        cells = filter(is_test, from_bytes(asked[answer.name]).cells)
        ran = {name: assigned.points[name] for name in map(str, map(grade_id, cells))}
        faults[answer.name] = find_surprises(answer, verdict.cells, ran)
        lost = sum(ran.values()) - sum(points for points, _ in verdict.cells.values())
        state = "SURPRISE" if faults[answer.name] else "ok"
        took = f"{verdict.seconds:.1f} s, tests {verdict.own_seconds:.1f} s"
        skipped = len(assigned.points) - len(ran)
        print(
            f"  {state:8}  {answer.name:32}  {total - lost:g}/{total:g}  "
            f"{'kept' if verdict.kept else took}"
            f"{f', {skipped} tests out of reach' if skipped else ''}",
            flush=True,
        )
        for fault in faults[answer.name]:
            print(f"            {fault}", flush=True)
    for name, fault in find_echoes(answers, verdicts).items():
        print(f"  SURPRISE  {name}: {fault}")
        faults[name] = [*faults[name], fault]
    _print_summary(answers, faults, kept)
    return sum(bool(found) for found in faults.values()), verdicts


def run_each(
    answers: list[Answer],
    notebooks: dict[str, bytes],
    assigned: Assigned,
    limits: Limits,
    options: Options,
) -> Iterator[tuple[Answer, Verdict]]:
    """Yields what each answer got: what is kept at once, then what had to run."""
    workers, limits = share_cores(limits, options.workers)
    names = None if options.plain else assigned.answer_names
    store = KeptResults("answers", options.fresh)
    jobs = []
    for answer in answers:
        notebook = notebooks[answer.name]
        given = (names and sorted(names), sorted(assigned.files.items()))
        key = key_of_run(notebook, replace(limits, threads=1), *given)
        found = store.find(key)
        if found is not None:
            yield answer, replace(Verdict(**found), kept=True)
        else:
            arguments = (notebook, limits, assigned.files, names, assigned.files)
            jobs.append(((answer, key), arguments))
    for (answer, key), execution, error in map_unordered(execute, jobs, workers):
        if execution is None:
            raise error or RuntimeError(f"{answer.name} has no result")
        cells = cell_verdicts(from_bytes(execution.notebook))
        took = execution.cell_seconds
        own = sum((took.get(name, 0.0) for name in assigned.points), 0.0)
        verdict = Verdict(execution.status, cells, execution.seconds, own)
        if execution.status == GRADED:
            store.keep(key, asdict(verdict))
        yield answer, verdict


def reachable(answer: Answer, reference: NotebookNode) -> bytes:
    """Returns a wrong answer's notebook without the tests that it cannot reach."""
    if not answer.name.startswith("wrong_"):
        return answer.notebook
    notebook = from_bytes(answer.notebook)
    reached = reached_tests(reference, notebook)
    if set(answer.fails) - reached:
        # It says that it fails a test by another way than names.
        return answer.notebook
    notebook.cells = [
        cell
        for cell in notebook.cells
        if not is_test(cell) or grade_id(cell) in reached
    ]
    return to_bytes(notebook)


def find_surprises(
    answer: Answer, verdict: dict[str, list], points: dict[str, float]
) -> list[str]:
    """Compares what an answer scored with what it declares.

    Args:
        answer: The answer.
        verdict: From grade id to `[points, message]`.
        points: From grade id to the points of each test that ran.

    Returns:
        What is not as declared; empty if all is.
    """
    found = []
    for name, most in points.items():
        scored, message = verdict.get(name, [0.0, "the cell is not there"])
        wanted = answer.fails.get(name)
        if wanted is None and scored != most:
            found.append(f"{name} must pass; it said {message!r}")
        elif wanted is not None and scored != 0:
            found.append(f"{name} must fail; it passed")
        elif wanted and wanted not in message:
            found.append(f"{name} must say {wanted!r}; it said {message!r}")
    return found


def find_echoes(
    answers: list[Answer], verdicts: dict[str, dict[str, list]]
) -> dict[str, str]:
    """Finds wrong answers of which every message is given to another one too.

    Those that lie are left out: they make no mistake of their own.

    Args:
        answers: The bank.
        verdicts: From an answer's name to what each test said of it.

    Returns:
        From an answer's name to a sentence that says so.
    """
    messages = {
        answer.name: {
            message for _, message in verdicts[answer.name].values() if message
        }
        for answer in answers
        if answer.name.startswith("wrong_")
        and not answer.name.startswith(LIAR)
        and answer.name in verdicts
    }
    echoes = {}
    for name, own in messages.items():
        others = set().union(*(m for other, m in messages.items() if other != name))
        if own and own <= others:
            echoes[name] = f"no message of its own: {'; '.join(sorted(own))}"
    return echoes


def _print_summary(answers: list[Answer], faults: dict, kept: int) -> None:
    def count(kind: str) -> tuple[int, int]:
        names = [a.name for a in answers if a.name.startswith(f"{kind}_")]
        return sum(not faults[name] for name in names), len(names)

    for name in (REFERENCE, RELEASE):
        if name in faults:
            print(f"{name}: {'as it must be' if not faults[name] else 'SURPRISE'}")
    caught, wrong = count("wrong")
    accepted, right = count("right")
    print(
        f"caught {caught}/{wrong} wrong, accepted {accepted}/{right} right"
        + (f"; {kept} kept from earlier runs" if kept else "")
    )
