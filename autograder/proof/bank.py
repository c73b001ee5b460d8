"""The answers bank: other answers to an assignment, and what each must score.

`solutions/hwNN_topic/answers/right_*.py` and `wrong_*.py` are py:percent files. The
first cell is Markdown and says what the answer is; its `answer` metadata names the
grade cells that must fail, each with a part of the message that the student must see.
A code cell with a grade id takes the place of the reference's; one without is a cell
that the student added.
"""

import json
from dataclasses import dataclass, field

import nbformat

from autograder.authoring.source import SourceError, read_source
from autograder.cells import is_answer, is_test


@dataclass(frozen=True)
class Answer:
    """One answer to an assignment.

    Attributes:
        name: String, `right_...` or `wrong_...`.
        notebook: Bytes of the notebook that the student would hand in, with the
            hidden tests that grading puts back.
        fails: Dict from the grade id of each test that must fail to a part of its
            message.
        about: String, what the answer does.
    """

    name: str
    notebook: bytes
    fails: dict = field(default_factory=dict)
    about: str = ""


def load_answers(course, assignment, solution):
    """Loads an assignment's bank.

    Args:
        course: `Course`.
        assignment: String, the assignment's id.
        solution: Notebook with the reference's answers.

    Returns:
        List of `Answer`, sorted by name.

    Raises:
        SourceError: With file and line, if an answer names a cell that is not there,
            or declares what does not fit its name.
    """
    folder = course.source / assignment / "answers"
    return [
        _load_answer(path, solution)
        for path in sorted([*folder.glob("right_*.py"), *folder.glob("wrong_*.py")])
    ]


def _load_answer(path, solution):
    given, lines = read_source(path)
    head = given.cells[0] if given.cells else None
    if head is None or head.cell_type != "markdown" or "answer" not in head.metadata:
        raise SourceError(
            path, 1, "the first cell must be `# %% [markdown] answer={...}`"
        )
    declared = head.metadata["answer"]
    tests = {c.metadata.nbgrader.grade_id for c in solution.cells if is_test(c)}
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
    content = nbformat.writes(notebook).encode("utf-8")
    return Answer(path.stem, content, dict(fails), head.source)


def substitute(solution, cells, lines, path):
    """Puts an answer's cells into the solution.

    Args:
        solution: Notebook with the reference's answers; it is left as it is.
        cells: List of the answer's code cells.
        lines: List of integers, each cell's line.
        path: Path of the answer, for errors.

    Returns:
        A new notebook.

    Raises:
        SourceError: If a cell names none of the reference's answers.
    """
    notebook = nbformat.reads(nbformat.writes(solution), as_version=4)
    answers = [c.metadata.nbgrader.grade_id for c in notebook.cells if is_answer(c)]
    waiting, last = [], None
    for cell, line in zip(cells, lines, strict=True):
        if cell.cell_type != "code":
            continue
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id is None:
            name = f"added-{len(notebook.cells) + len(waiting):03}"
            waiting.append(nbformat.v4.new_code_cell(cell.source, id=name))
            continue
        if grade_id not in answers:
            raise SourceError(
                path,
                line,
                f"{grade_id!r} is no answer cell of the reference. "
                f"Answer cells: {', '.join(answers)}",
            )
        last = next(
            index
            for index, other in enumerate(notebook.cells)
            if other.metadata.get("nbgrader", {}).get("grade_id") == grade_id
        )
        notebook.cells[last].source = cell.source
        notebook.cells[last:last] = waiting
        last += len(waiting)
        waiting = []
    if waiting and last is None:
        raise SourceError(path, lines[0], "no cell takes a place of the reference's")
    if waiting:
        notebook.cells[last + 1 : last + 1] = waiting
    return notebook
