"""Puts the course's own cells back into a submission.

A pure function of notebooks: it does what nbgrader's DeduplicateIds, OverwriteCells and
OverwriteKernelspec do with a gradebook at hand. It also puts back cells that were
removed, knows cells that have lost their metadata, and keeps what a student wrote into
the course's cells, which nbgrader cannot.
"""

import copy

from nbformat import NotebookNode

from autograder.cells import by_id, grade_id, is_answer, is_locked, is_test
from autograder.grading.course_text import bound_by_course, read_names
from autograder.grading.match import Matched, match
from autograder.grading.notebook_file import give_ids


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
    found = match(submitted, released)
    originals = by_id(assigned)
    _put_back_missing(found, originals)
    _put_locked_before_users(found, originals)
    _put_tests_after_code(found, originals)
    for name, original in originals.items():
        if name in found.places:
            if _has_other_kind(found.places[name], original):
                found.note(name, "was changed")
            _reset(found.places[name], original)
    for cell in submitted.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    give_ids(submitted.cells)
    submitted.metadata = copy.deepcopy(assigned.metadata)
    return found.notes()


def _has_other_kind(cell: NotebookNode, original: NotebookNode) -> bool:
    return is_answer(original) and cell.cell_type != original.cell_type


def _put_back_missing(found: Matched, originals: dict[str, NotebookNode]) -> None:
    """Puts cells that were removed where they were: behind those before them.

    Answers that tests judge stay away: whatever was written, it is elsewhere. One that
    a person marks must be there to be marked.
    """
    after = -1
    for number, received in enumerate(found.released.cells):
        name = grade_id(received)
        cell = found.known.get(number) if name is None else found.places.get(name)
        if cell is not None:
            after = found.index(cell)
        elif name is not None and name in originals:
            original = originals[name]
            if is_answer(original) and not original.metadata.nbgrader.get("grade"):
                continue
            found.note(name, "was missing")
            after += 1
            found.cells.insert(after, copy.deepcopy(original))
            found.take(name, found.cells[after])


def _put_locked_before_users(
    found: Matched, originals: dict[str, NotebookNode]
) -> None:
    """Moves a locked cell that stands behind cells which it comes before."""
    theirs = set().union(*(found.names(cell) for cell in found.free()))
    for name in originals:
        if is_answer(originals[name]) and name in found.places:
            theirs |= found.names(found.places[name])
    names = list(originals)
    for number, (name, original) in enumerate(originals.items()):
        if not is_locked(original) or original.cell_type != "code":
            continue
        if name not in found.places or read_names(original.source) & theirs:
            continue
        cell = found.places[name]
        users = [
            found.index(found.places[later])
            for later in names[number + 1 :]
            if later in found.places and originals[later].cell_type == "code"
        ]
        if users and min(users) < found.index(cell):
            found.drop(cell)
            found.cells.insert(min(users), cell)


def _put_tests_after_code(found: Matched, originals: dict[str, NotebookNode]) -> None:
    """Moves a test that stands before all code which binds a name that it reads."""
    ours = {id(cell) for name, cell in found.places.items() if name in originals}
    answers = {
        id(found.places[name])
        for name, original in originals.items()
        if is_answer(original) and name in found.places
    }
    locked = [
        original.source
        for original in originals.values()
        if is_locked(original) and original.cell_type == "code"
    ]
    given = bound_by_course(locked)
    bound = {
        id(cell): found.names(cell)
        for cell in found.cells
        if cell.cell_type == "code" and (id(cell) in answers or id(cell) not in ours)
    }
    # Tests that move behind the same cell stay in their order.
    behind: dict[int, NotebookNode] = {}
    for name, original in originals.items():
        if not is_test(original) or name not in found.places:
            continue
        test = found.places[name]
        needs = read_names(original.source) - given
        later: dict[str, NotebookNode] = {}
        passed = False
        for cell in found.cells:
            passed = passed or cell is test
            names = bound.get(id(cell), set()) & needs
            if not passed:
                needs -= names
            for needed in names if passed else ():
                later.setdefault(needed, cell)
        later = {needed: cell for needed, cell in later.items() if needed in needs}
        if later:
            last = max(later.values(), key=found.index)
            found.drop(test)
            place = found.index(behind.get(id(last), last))
            found.cells.insert(place + 1, test)
            behind[id(last)] = test


def _reset(cell: NotebookNode, original: NotebookNode) -> None:
    """Gives a cell its type and metadata back and, unless it is an answer, its text."""
    source = cell.source if is_answer(original) else original.source
    kept = {"id": cell.get("id")}
    if is_answer(original) and original.cell_type == "markdown":
        # Pictures pasted into an answer are part of it.
        kept |= {"attachments": cell["attachments"]} if "attachments" in cell else {}
    cell.clear()
    cell.update(copy.deepcopy(original))
    cell.source = source
    cell.update(kept)
