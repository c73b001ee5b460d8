"""Holds an assignment's tests against mutants of its reference."""

import ast
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from autograder.cells import (
    copy_of,
    from_bytes,
    grade_id,
    is_answer,
    is_locked,
    to_bytes,
)
from autograder.course import Course, CourseError
from autograder.limits import Limits
from autograder.proof.answers import Options, bank_of, reachable, run_each
from autograder.proof.bank import Answer
from autograder.proof.mutants import Mutant, right_mutants, wrong_mutants
from autograder.proof.visible_run import run_visible
from autograder.verdict.names import names_of, plain_python

# Mutants that change nothing, or what the text leaves open, and forms of right answers
# that the text excludes; each with its reason.
EQUIVALENT = Path("answers", "equivalent.toml")
GOAL = 0.98


@dataclass(frozen=True)
class Tally:
    """What became of an assignment's mutants.

    Attributes:
        assignment: The assignment's id.
        wrong: How many wrong ones ran.
        right: How many right ones ran.
        equivalent: How many are listed as no mistakes.
        missed: Names of wrong ones with full marks.
        refused: Names of right ones that lost points, each with a message.
        stale: Names in the list that no mutant has, or whose wrong mutant lost points,
            or whose right one lost none.
    """

    assignment: str
    wrong: int
    right: int
    equivalent: int
    missed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()

    @property
    def caught(self) -> int:
        """How many wrong ones lost points."""
        return self.wrong - len(self.missed)

    @property
    def accepted(self) -> int:
        """How many right ones lost none."""
        return self.right - len(self.refused)

    @property
    def good(self) -> bool:
        """Whether enough wrong ones were caught, and each right one accepted."""
        enough = self.caught >= GOAL * self.wrong
        return enough and self.accepted == self.right and not self.stale


def mutate(course: Course, assignment: str, limits: Limits, options: Options) -> Tally:
    """Makes mutants of an assignment's reference and runs its tests on them.

    Args:
        course: `Course`.
        assignment: The assignment's id.
        limits: What one mutant may use.
        options: `Options`; `only` chooses mutants by a part of their name.

    Raises:
        CourseError: If the list of equivalent mutants is at fault.
    """
    assigned, (reference, *_) = bank_of(course, assignment)
    solution = from_bytes(reference.notebook)
    listed = _listed(course.source / assignment / EQUIVALENT)
    right, wrong = make_mutants(course, assignment, solution)
    made = {f"right_{m.name}": m for m in right} | {f"wrong_{m.name}": m for m in wrong}
    answers = [
        Answer(name, to_bytes(_with(solution, mutant)))
        for name, mutant in made.items()
        if not options.only or options.only in name
    ]
    asked = {answer.name: reachable(answer, solution) for answer in answers}
    lost: dict[str, str] = {}
    for done, (answer, verdict) in enumerate(
        run_each(answers, asked, assigned, limits, replace(options, only=None)), 1
    ):
        messages = [message for _, message in verdict.cells.values() if message]
        lost[answer.name] = messages[0] if messages else ""
        if done % 20 == 0 or done == len(answers):
            print(f"  {assignment}: {done} of {len(answers)} mutants", flush=True)
    ran_wrong = [n for n in lost if n.startswith("wrong_")]
    ran_right = [n for n in lost if n.startswith("right_")]
    # A right form that the text excludes is listed too: where it names a dtype.
    known = {f"{n}_{name}" for name in listed for n in ("wrong", "right")} & set(made)
    missed = [name for name in ran_wrong if not lost[name] and name not in known]
    counted_right = [name for name in ran_right if name not in known]
    refused = [f"{name}: {lost[name]}" for name in counted_right if lost[name]]
    stale = [n for n in known & set(ran_wrong) if lost[n]]
    stale += [n for n in known & set(ran_right) if not lost[n]]
    if not options.only:
        stale += sorted(n for n in listed if not {f"wrong_{n}", f"right_{n}"} & known)
    counted = [name for name in ran_wrong if name not in known]
    return Tally(
        assignment,
        len(counted),
        len(counted_right),
        len(known & set(lost)),
        tuple(missed),
        tuple(refused),
        tuple(stale),
    )


def make_mutants(
    course: Course, assignment: str, solution: NotebookNode
) -> tuple[list[Mutant], list[Mutant]]:
    """Makes the right and the wrong mutants of an assignment's reference."""
    used: dict[str, dict[str, Any]] = {}
    returned: dict[str, set[str]] = {}
    for _, calls in run_visible(course, assignment):
        for call in calls:
            plain = {
                name: value
                for name, value in call.arguments.items()
                if isinstance(value, int | float | str | bool) or value is None
            }
            used.setdefault(call.function, plain)
            returned.setdefault(call.function, set()).add(_kind(call.result))
    answers = {
        str(grade_id(cell)): cell.source
        for cell in solution.cells
        if cell.cell_type == "code" and is_answer(cell)
    }
    helpers = {
        node.name: [argument.arg for argument in node.args.args]
        for cell in solution.cells
        if cell.cell_type == "code" and is_locked(cell)
        for node in ast.parse(cell.source).body
        if isinstance(node, ast.FunctionDef)
    }
    differentiated = _differentiated(solution)
    kinds = {
        # Of NumPy's no gradient flows.
        name: ["tensor"] if name in differentiated else sorted(found)
        for name, found in returned.items()
    }
    return right_mutants(answers, kinds), wrong_mutants(answers, used, helpers)


def _differentiated(solution: NotebookNode) -> set[str]:
    """Finds the functions of which a test asks for a gradient."""
    cells = [cell for cell in solution.cells if cell.cell_type == "code"]
    code = [ast.parse(plain_python(c.source)) for c in cells]
    asked = {
        node.args[0].id
        for tree in code
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "gradient"
        and node.args
        and isinstance(node.args[0], ast.Name)
    }
    for tree in code:
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and node.name in asked:
                asked |= names_of(ast.unparse(node)).read
    return asked


def _kind(value: Any) -> str:
    """Returns what forms a result can take."""
    import keras

    if isinstance(value, keras.Model):
        return "model"
    if isinstance(value, keras.KerasTensor):
        return "symbolic"
    if isinstance(value, tuple | list):
        return type(value).__name__
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "number"
    dims = getattr(value, "shape", None)
    return "other" if dims is None else "array"


def _with(solution: NotebookNode, mutant: Mutant) -> NotebookNode:
    """Returns the reference's notebook with a mutant's cells."""
    notebook = copy_of(solution)
    for cell in notebook.cells:
        cell.source = mutant.sources.get(grade_id(cell) or "", cell.source)
    return notebook


def _listed(path: Path) -> dict[str, str]:
    """Returns the mutants that are no mistakes, each with its reason."""
    if not path.is_file():
        return {}
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", [])
        return {str(entry["name"]): str(entry["reason"]) for entry in entries}
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise CourseError(
            f"{path} must hold [[mutant]] tables with name and reason: {error}"
        ) from error


def run_mutants(
    course: Course, assignments: list[str], limits: Limits, options: Options
) -> int:
    """Mutates assignments, and prints what was missed and a table.

    Returns:
        The exit status: 0 if every assignment reaches the goal.
    """
    tallies = []
    for assignment in assignments:
        tally = mutate(course, assignment, limits, options)
        tallies.append(tally)
        for kind in ("missed", "refused", "stale"):
            for name in getattr(tally, kind):
                print(f"  {kind:8}  {name}", flush=True)
    print(table(tallies))
    return 0 if all(tally.good for tally in tallies) else 1


def table(tallies: list[Tally]) -> str:
    """Returns a Markdown table of what became of mutants."""
    lines = [
        "| assignment | wrong | caught | right | accepted | no mistake, listed |",
        "|---|---|---|---|---|---|",
    ]
    for tally in tallies:
        share = 100 * tally.caught / tally.wrong if tally.wrong else 100
        lines.append(
            f"| {tally.assignment} | {tally.wrong} | {tally.caught} ({share:.0f} %) | "
            f"{tally.right} | {tally.accepted} | {tally.equivalent} |"
        )
    return "\n".join(lines)
