"""Decides where each cell runs, and what a test cell needs from the student."""

from collections.abc import Collection
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.cells import is_answer, is_test
from autograder.verdict.names import names_of, symbols_of

STUDENT, BOTH, VERDICT = "student", "both", "verdict"


@dataclass(frozen=True)
class Role:
    """Where a cell runs.

    Attributes:
        place: `"student"`, `"both"` or `"verdict"`.
        needs: The student's names that a test cell reads.
        locked: The names that a locked cell binds on both sides.
    """

    place: str
    needs: tuple[str, ...] = ()
    locked: tuple[str, ...] = ()


def assigned_names(source: str) -> frozenset[str]:
    """Finds the global names that a cell binds by more than an import.

    An answer that imports NumPy does not make `np` the student's: a test would then
    take its own tools from the code that it judges.
    """
    module = symbols_of(source)
    imported = {
        symbol.get_name()
        for symbol in module.get_symbols()
        if symbol.is_imported() and not symbol.is_assigned()
    }
    return names_of(source).bound - imported


def answer_names_of(solution: NotebookNode) -> frozenset[str]:
    """Finds the names that are the student's: those that the reference's answers bind.

    Args:
        solution: The notebook with the reference's answers.
    """
    found: set[str] = set()
    for cell in solution.cells:
        if cell.cell_type == "code" and is_answer(cell):
            found |= assigned_names(cell.source)
    return frozenset(found)


def roles_of(
    notebook: NotebookNode,
    answer_names: Collection[str],
    together: Collection[str] = (),
) -> list[Role | None]:
    """Decides where each code cell runs.

    Args:
        notebook: The course's cells have been restored in it.
        answer_names: The names that answers bind.
        together: The grade ids of tests that run in the student's process.

    Returns:
        The role of each cell; `None` for Markdown.
    """
    theirs = set(answer_names)
    roles: list[Role | None] = []
    for cell in notebook.cells:
        meta = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code":
            roles.append(None)
        elif is_test(cell) and meta.get("grade_id") in together:
            roles.append(Role(STUDENT))
        elif is_test(cell):
            reads = names_of(cell.source).read
            roles.append(Role(VERDICT, needs=tuple(sorted(reads & theirs))))
        elif meta.get("locked"):
            names = names_of(cell.source)
            if names.read & theirs:
                # What it binds comes from the student's work, and is theirs.
                theirs |= assigned_names(cell.source)
                roles.append(Role(STUDENT))
            else:
                # A name that an answer binds again is not the same at both ends.
                roles.append(Role(BOTH, locked=tuple(sorted(names.bound - theirs))))
        else:
            roles.append(Role(STUDENT))
    return roles
