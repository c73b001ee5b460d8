"""What a cell is to nbgrader, and a notebook as bytes."""

import nbformat
from nbformat import NotebookNode


def is_task(cell: NotebookNode) -> bool:
    """Returns whether a cell describes a task, done in cells that a student adds."""
    return bool(cell.metadata.get("nbgrader", {}).get("task"))


def is_test(cell: NotebookNode) -> bool:
    """Returns whether a cell is an autograded test."""
    meta = cell.metadata.get("nbgrader", {})
    return bool(meta.get("grade")) and not meta.get("solution") and not is_task(cell)


def is_answer(cell: NotebookNode) -> bool:
    """Returns whether a cell holds what the student writes."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def is_locked(cell: NotebookNode) -> bool:
    """Returns whether a cell is the course's own and no test."""
    meta = cell.metadata.get("nbgrader", {})
    return is_task(cell) or (bool(meta.get("locked")) and not is_test(cell))


def grade_id(cell: NotebookNode) -> str | None:
    """Returns a cell's id in the gradebook; `None` for a cell without one.

    Older notebooks keep an id in cells that are neither tests, answers nor locked.
    """
    meta = cell.metadata.get("nbgrader", {})
    kinds = [meta[kind] for kind in ("grade", "solution", "locked") if kind in meta]
    if kinds and not any(kinds) and not is_task(cell):
        return None
    return meta.get("grade_id")


def label(cell: NotebookNode, index: int) -> str:
    """Returns what a message calls a cell: its grade id, or else its number from 1."""
    return grade_id(cell) or f"{index + 1}"


def find(notebook: NotebookNode, wanted: str) -> NotebookNode:
    """Returns the cell that has a grade id.

    Raises:
        KeyError: If no cell has it.
    """
    for cell in notebook.cells:
        if grade_id(cell) == wanted:
            return cell
    raise KeyError(wanted)


def named_tests(notebook: NotebookNode) -> list[tuple[str, NotebookNode]]:
    """Returns the autograded tests with their grade ids, in their order."""
    return [
        (cell.metadata.nbgrader.grade_id, cell)
        for cell in notebook.cells
        if is_test(cell)
    ]


def by_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Returns the cells that have a grade id, by it, in their order."""
    named = ((grade_id(cell), cell) for cell in notebook.cells)
    return {name: cell for name, cell in named if name is not None}


def to_bytes(notebook: NotebookNode) -> bytes:
    """Returns a notebook as the bytes of its file."""
    return nbformat.writes(notebook).encode("utf-8")


def from_bytes(content: bytes) -> NotebookNode:
    """Returns the notebook of a file's bytes, in format 4."""
    return nbformat.reads(content.decode("utf-8"), as_version=4)


def copy_of(notebook: NotebookNode) -> NotebookNode:
    """Returns a notebook that shares nothing with another."""
    return from_bytes(to_bytes(notebook))
