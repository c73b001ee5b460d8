"""The answers bank: other answers to an assignment, and what each must score.

`solutions/hwNN_topic/answers/right_*.py` and `wrong_*.py` are py:percent files. The
first cell is Markdown and says what the answer is; its `answer` metadata names the
grade cells that must fail, each with a part of the message that the student must see.
A code cell with a grade id takes the place of the reference's; one without is a cell
that the student added.
"""

import json
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.authoring.source import SourceError, read_source
from autograder.cells import copy_of, grade_id, is_answer, is_test, to_bytes
from autograder.course import Course


@dataclass(frozen=True)
class Answer:
    """One answer to an assignment.

    Attributes:
        name: `right_...` or `wrong_...`.
        notebook: The notebook that the student would hand in, with the hidden tests
            that grading puts back.
        fails: From the grade id of each test that must fail to a part of its message.
        about: What the answer does.
    """

    name: str
    notebook: bytes
    fails: dict[str, str] = field(default_factory=dict)
    about: str = ""


def load_answers(
    course: Course, assignment: str, solution: NotebookNode
) -> list[Answer]:
    """Loads an assignment's bank, sorted by name.

    Args:
        course: `Course`.
        assignment: The assignment's id.
        solution: Notebook with the reference's answers.

    Raises:
        SourceError: With file and line, if an answer names a cell that is not there,
            or declares what does not fit its name.
    """
    folder = course.source / assignment / "answers"
    return [
        _load_answer(path, solution)
        for path in sorted([*folder.glob("right_*.py"), *folder.glob("wrong_*.py")])
    ]


def _load_answer(path: Path, solution: NotebookNode) -> Answer:
    given, lines = read_source(path)
    head = given.cells[0] if given.cells else None
    if head is None or head.cell_type != "markdown" or "answer" not in head.metadata:
        raise SourceError(
            path, 1, "the first cell must be `# %% [markdown] answer={...}`"
        )
    declared = head.metadata["answer"]
    tests = {str(grade_id(c)) for c in solution.cells if is_test(c)}
    fails = declared.get("fails", {}) if isinstance(declared, dict) else None
    if (
        not isinstance(fails, dict)
        or set(declared) - {"fails"}
        or set(fails) - tests
        or not all(isinstance(part, str) for part in fails.values())
    ):
        raise SourceError(
            path,
            1,
            "answer takes `fails`, a dict from a test's grade_id to a part of its "
            f"message. Received: {json.dumps(declared)}. "
            f"Tests: {', '.join(sorted(tests))}",
        )
    if path.stem.startswith("wrong_") != bool(fails):
        raise SourceError(path, 1, "a wrong answer must fail a test, a right one none")
    notebook = substitute(solution, given.cells[1:], lines[1:], path)
    return Answer(path.stem, to_bytes(notebook), dict(fails), head.source)


def substitute(
    solution: NotebookNode, cells: list[NotebookNode], lines: list[int], path: Path
) -> NotebookNode:
    """Returns the solution with an answer's cells in place of the reference's.

    Args:
        solution: Notebook with the reference's answers; it is left as it is.
        cells: The answer's cells.
        lines: Each cell's line.
        path: The answer, for errors.

    Raises:
        SourceError: If a cell names none of the reference's answers.
    """
    notebook = copy_of(solution)
    answers = [str(grade_id(c)) for c in notebook.cells if is_answer(c)]
    waiting: list[NotebookNode] = []
    last: int | None = None
    for cell, line in zip(cells, lines, strict=True):
        if cell.cell_type != "code":
            continue
        wanted = grade_id(cell)
        if wanted is None:
            name = f"added-{len(notebook.cells) + len(waiting):03}"
            waiting.append(nbformat.v4.new_code_cell(cell.source, id=name))
            continue
        if wanted not in answers:
            raise SourceError(
                path,
                line,
                f"{wanted!r} is no answer cell of the reference. "
                f"Answer cells: {', '.join(answers)}",
            )
        last = next(
            index
            for index, other in enumerate(notebook.cells)
            if grade_id(other) == wanted
        )
        notebook.cells[last].source = cell.source
        notebook.cells[last:last] = waiting
        last += len(waiting)
        waiting = []
    if waiting and last is None:
        raise SourceError(path, lines[0], "no cell takes a place of the reference's")
    if waiting and last is not None:
        notebook.cells[last + 1 : last + 1] = waiting
    return notebook
