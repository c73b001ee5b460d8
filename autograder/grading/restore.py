"""Puts the course's own cells back into a submission.

A pure function of notebooks: it does what nbgrader's DeduplicateIds, OverwriteCells and
OverwriteKernelspec do with a gradebook at hand, and also puts back cells that were
removed, which nbgrader cannot.
"""

import copy

from nbformat import NotebookNode

from autograder.cells import by_id, is_answer, is_locked


def restore(
    submitted: NotebookNode, assigned: NotebookNode, released: NotebookNode
) -> list[str]:
    """Makes the notebook that is run of the one that was handed in.

    Args:
        submitted: The student's notebook; it is changed.
        assigned: The notebook with solutions cleared and hidden tests in: its locked
            and test cells are the ones that count.
        released: The notebook that students received.

    Returns:
        What was put back, such as `"test_stage was changed"`.
    """
    originals, received = by_id(assigned), by_id(released)
    notes: list[str] = []
    places = _places(submitted, originals, notes)
    after = -1
    for name, original in originals.items():
        cell = places.get(name)
        if cell is not None:
            if _was_changed(cell, received[name]):
                notes.append(f"{name} was changed")
            _reset(cell, original)
            after = _index(submitted, cell)
        elif not is_answer(original):
            notes.append(f"{name} was missing")
            after += 1
            submitted.cells.insert(after, copy.deepcopy(original))
    for cell in submitted.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    ids: set[str] = set()
    for position, cell in enumerate(submitted.cells, start=1):
        if cell["id"] in ids:
            cell["id"] = f"added-{position:03}"
        ids.add(cell["id"])
    submitted.metadata = copy.deepcopy(assigned.metadata)
    return notes


def _index(notebook: NotebookNode, wanted: NotebookNode) -> int:
    return next(i for i, cell in enumerate(notebook.cells) if cell is wanted)


def _places(
    submitted: NotebookNode, originals: dict[str, NotebookNode], notes: list[str]
) -> dict[str, NotebookNode]:
    """Returns the cell of each known id.

    Of copies the last one counts, as in nbgrader; of a locked cell the first, since the
    cells after it need what it binds.
    """
    places: dict[str, NotebookNode] = {}
    for cell in submitted.cells:
        marks = cell.metadata.pop("nbgrader", None)
        name = marks.get("grade_id") if isinstance(marks, dict) else None
        # A student's metadata can be anything, a list too.
        if not isinstance(name, str) or name not in originals:
            continue
        if name in places:
            notes.append(f"{name} was there twice")
            if is_locked(originals[name]):
                continue
        places[name] = cell
    return places


def _was_changed(cell: NotebookNode, received: NotebookNode) -> bool:
    if cell.cell_type != received.cell_type:
        return True
    return not is_answer(received) and (
        cell.source.rstrip() != received.source.rstrip()
        or "skip-execution" in cell.metadata.get("tags", [])
    )


def _reset(cell: NotebookNode, original: NotebookNode) -> None:
    """Gives a cell its type and metadata back and, unless it is an answer, its text."""
    source = cell.source if is_answer(original) else original.source
    own = cell["id"]
    cell.clear()
    cell.update(copy.deepcopy(original))
    cell.source, cell["id"] = source, own
