"""Finds the course's cells in a submission, also where they have lost their mark.

A grade id says which cell is which. Programs drop it, with all of nbgrader's metadata:
then a cell is known by its text, its id, the functions that it defines, or by its place
between cells that are known.
"""

from nbformat import NotebookNode

from autograder.cells import grade_id, is_answer, is_locked
from autograder.grading.added import split_off
from autograder.grading.course_text import bound_names, defined_names, tidy
from autograder.grading.matched import Matched

# How much of the course's text must be there, for a cell to be taken for its.
ENOUGH = 0.6


def match(submitted: NotebookNode, released: NotebookNode) -> Matched:
    """Finds the course's cells in a submission.

    What a student added to one of them becomes a cell of its own, beside it.

    Args:
        submitted: It is changed: nbgrader's metadata are taken out, and cells of what
            was added are put in.
        released: The notebook that students received.
    """
    found = Matched(submitted.cells, released)
    _by_grade_id(found)
    _by_text(found)
    _by_cell_id(found, answers=False)
    for name, original in found.received.items():
        if is_answer(original):
            continue
        if name not in found.places:
            _by_parts(found, name, original)
        if name in found.places:
            split_off(found, name, original)
    _by_definition(found)
    _by_cell_id(found, answers=True)
    for name, original in found.missing(answers=True):
        _by_parts(found, name, original)
    for name, original in found.received.items():
        if is_answer(original) and original.metadata.nbgrader.get("grade"):
            _by_place(found, name, original)
    return found


def _by_grade_id(found: Matched) -> None:
    """Takes the cells that say which they are.

    Of copies of a test the last one counts, as in nbgrader; of a locked cell the first,
    since the cells after it need what it binds; of an answer the last that was begun.
    """
    copies: dict[str, list[NotebookNode]] = {}
    for cell in found.cells:
        # A student's metadata can be anything.
        marks = cell.metadata.pop("nbgrader", None)
        name = marks.get("grade_id") if isinstance(marks, dict) else None
        if isinstance(name, str) and name in found.received:
            copies.setdefault(name, []).append(cell)
            found.taken.add(id(cell))
    for name, cells in copies.items():
        original = found.received[name]
        if not is_answer(original):
            if len(cells) > 1:
                times = {2: "twice"}.get(len(cells), f"{len(cells)} times")
                found.note(name, f"was there {times}")
            found.take(name, cells[0 if is_locked(original) else -1])
            continue
        begun = [cell for cell in cells if not _is_untouched(cell, original)]
        found.take(name, (begun or cells)[-1])
        # One that was not begun would undo the others.
        for cell in cells if begun else cells[:-1]:
            if _is_untouched(cell, original):
                found.drop(cell)


def _is_untouched(cell: NotebookNode, original: NotebookNode) -> bool:
    return tidy(cell.source) == tidy(original.source)


def _by_text(found: Matched) -> None:
    """Takes cells that say what the course's say, in the course's order."""
    there: dict[str, list[int]] = {}
    for place, cell in enumerate(found.cells):
        if id(cell) not in found.taken:
            there.setdefault(tidy(cell.source), []).append(place)
    last = -1
    for number, original in enumerate(found.released.cells):
        name = grade_id(original)
        if name in found.places:
            last = found.index(found.places[name])
            continue
        places = there.get(tidy(original.source), [])
        if not places or not tidy(original.source):
            continue
        last = next((place for place in places if place > last), places[0])
        places.remove(last)
        if name is None:
            found.known[number] = found.cells[last]
            found.taken.add(id(found.cells[last]))
        else:
            found.take(name, found.cells[last])


def _by_cell_id(found: Matched, answers: bool) -> None:
    """Takes cells that have the course's ids, if what they say does not belie it."""
    missing = found.missing(answers)
    ids = {cell.get("id"): cell for cell in found.free()} if missing else {}
    for name, original in missing:
        cell = ids.get(original.get("id"))
        if cell is None or cell.cell_type != original.cell_type:
            continue
        if answers or found.held(cell, original) >= ENOUGH / 2:
            found.take(name, cell)


def _by_parts(found: Matched, name: str, original: NotebookNode) -> None:
    """Takes the cell that holds most of the course's text."""
    most, best = ENOUGH, None
    for cell in found.free():
        if cell.cell_type == original.cell_type:
            part = found.held(cell, original)
            if part > most or (part == most and best is None):
                most, best = part, cell
    if best is not None:
        found.take(name, best)


def _by_definition(found: Matched) -> None:
    """Takes cells that define what an answer defines, where its own was not begun."""
    for name, original in found.received.items():
        if not is_answer(original) or original.cell_type != "code":
            continue
        own = found.places.get(name)
        if own is not None and not _is_untouched(own, original):
            continue
        wanted = defined_names(original.source)
        if own is None:
            wanted = wanted or bound_names(original.source)
        cells = [cell for cell in found.free() if wanted & found.names(cell)]
        begun = [cell for cell in cells if not _is_untouched(cell, original)]
        stubs = [cell for cell in cells if _is_untouched(cell, original)]
        if begun:
            # Left as they are, they would undo what was written elsewhere.
            for cell in stubs if own is None else [own, *stubs]:
                found.drop(cell)
        if begun or (own is None and stubs):
            found.take(name, (begun or stubs)[-1])


def _by_place(found: Matched, name: str, original: NotebookNode) -> None:
    """Takes a cell that stands where an answer should that a person marks.

    nbgrader gives an answer that was not begun no points, and shows it to nobody: what
    was written beside it must be the answer.
    """
    own, is_text = found.places.get(name), original.cell_type == "markdown"
    if own is not None and not (is_text and _is_untouched(own, original)):
        return
    before, after = _neighbours(found, name)
    kinds = ("markdown", "raw") if is_text else ("code",)
    between = found.cells[before + 1 : after]
    if own is not None:
        # What stands behind the question comes first.
        place = found.index(own) - before
        between = between[place:] + between[: place - 1]
    # Where all is in another order, the only cell that is nobody's.
    anywhere = list(found.free())
    for cells in (between, anywhere if own is None else []):
        for kind in kinds:
            free = [
                cell
                for cell in cells
                if id(cell) not in found.taken
                and cell.cell_type == kind
                and cell.source.strip()
            ]
            if free and (cells is between or len(free) == 1):
                found.take(name, free[0])
                return


def _neighbours(found: Matched, name: str) -> tuple[int, int]:
    """Returns where the known cells before and after one of the course's are."""
    before, after, passed = -1, len(found.cells), False
    for number, original in enumerate(found.released.cells):
        own = grade_id(original)
        cell = found.known.get(number) if own is None else found.places.get(own)
        if own == name:
            passed = True
        elif cell is not None:
            place = found.index(cell)
            if not passed:
                before = place
            elif place > before:
                return before, place
    return before, after
