"""Finds the course's cells in a submission, also where they have lost their mark.

A grade id says which cell is which. Programs drop it, with all of nbgrader's metadata:
then a cell is known by its text, its id, the functions that it defines, or by its place
between cells that are known.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import nbformat
from nbformat import NotebookNode

from autograder.cells import by_id, grade_id, is_answer, is_locked
from autograder.grading.course_text import (
    bound_names,
    defined_names,
    is_same,
    lines_of,
    split_code,
    split_prose,
    tidy,
)

# How much of the course's text must be there, for a cell to be taken for its.
ENOUGH = 0.6


@dataclass
class Matched:
    """A submission's cells, and which of the course's each is.

    Attributes:
        cells: The submission's, in their order.
        released: The notebook that students received.
        places: From grade id to the cell that has its place.
        changes: From grade id to what a student did to the cell.
        known: From the number of a cell of the release without a grade id to the cell
            of the submission that has its text.
    """

    cells: list[NotebookNode]
    released: NotebookNode
    places: dict[str, NotebookNode] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    known: dict[int, NotebookNode] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.received = by_id(self.released)
        # By `id`: cells that are equal are not the same.
        self.taken: set[int] = set()
        # While they are kept, nothing else has their `id`.
        self.dropped: list[NotebookNode] = []
        self._lines: dict[int, Counter[str]] = {}
        self._names: dict[int, set[str]] = {}

    @cached_property
    def course_lines(self) -> set[str]:
        """The lines of all cells of the course."""
        return {line for cell in self.released.cells for line in lines_of(cell.source)}

    def index(self, wanted: NotebookNode) -> int:
        """Returns where a cell is."""
        return next(i for i, cell in enumerate(self.cells) if cell is wanted)

    def note(self, name: str, change: str) -> None:
        """Notes what a student did to one of the course's cells."""
        self.changes.setdefault(name, []).append(change)

    def notes(self) -> list[str]:
        """Returns what a student did to the course's cells, in the course's order."""
        return [
            f"{name} {change}"
            for name in self.received
            for change in self.changes.get(name, [])
        ]

    def drop(self, unwanted: NotebookNode) -> None:
        """Takes a cell out."""
        self.dropped.append(self.cells.pop(self.index(unwanted)))

    def names(self, cell: NotebookNode) -> set[str]:
        """Returns the names that a cell of the submission binds."""
        if id(cell) not in self._names:
            is_code = cell.cell_type == "code"
            self._names[id(cell)] = bound_names(cell.source) if is_code else set()
        return self._names[id(cell)]

    def held(self, cell: NotebookNode, original: NotebookNode) -> float:
        """Returns how much of one of the course's cells a cell holds, from 0 to 1."""
        there, wanted = self._lines_of(cell), self._lines_of(original)
        return (wanted & there).total() / wanted.total() if wanted else 0.0

    def _lines_of(self, cell: NotebookNode) -> Counter[str]:
        if id(cell) not in self._lines:
            self._lines[id(cell)] = lines_of(cell.source, self.course_lines)
        return self._lines[id(cell)]

    def take(self, name: str, cell: NotebookNode) -> None:
        """Makes a cell the one with a grade id."""
        self.places[name] = cell
        self.taken.add(id(cell))

    def free(self) -> Iterator[NotebookNode]:
        """Yields the cells that are not known yet."""
        yield from (cell for cell in self.cells if id(cell) not in self.taken)

    def missing(self, answers: bool) -> list[tuple[str, NotebookNode]]:
        """Returns the answers, or the other cells, that were not found yet."""
        return [
            (name, cell)
            for name, cell in self.received.items()
            if name not in self.places and is_answer(cell) == answers
        ]


def match(submitted: NotebookNode, released: NotebookNode) -> Matched:
    """Finds the course's cells in a submission.

    What a student added to one of them becomes a cell of its own, behind it.

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
            _split_off(found, name, original)
    _by_definition(found)
    _by_cell_id(found, answers=True)
    for name, original in found.missing(answers=True):
        _by_parts(found, name, original)
        if name not in found.places and original.metadata.nbgrader.get("grade"):
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
    if not found.missing(False) and not found.missing(True):
        return
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


def _split_off(found: Matched, name: str, original: NotebookNode) -> None:
    """Puts what a student wrote into a cell of the course's into cells behind it."""
    cell = found.places[name]
    is_code = original.cell_type == "code"
    other_kind = cell.cell_type != original.cell_type
    if is_same(cell.source, original.source, is_code):
        if other_kind or cell.metadata.get("tags"):
            found.note(name, "was changed")
        return
    added, instead = "", ""
    if not is_code:
        added = split_prose(cell.source, original.source)
    elif other_kind:
        # The student had turned it into text.
        instead = split_prose(cell.source, original.source)
    else:
        added, instead = split_code(cell.source, original.source)
    behind = [_own_cell(cell.cell_type, added)] if added else []
    if instead:
        # Indented text is shown as it is.
        shown = "\n".join(f"    {line}" for line in instead.split("\n"))
        text = f"What stood in `{name}` before it was put back:\n\n{shown}"
        behind.append(_own_cell("markdown", text))
        found.taken.add(id(behind[-1]))
    place = found.index(cell) + 1
    found.cells[place:place] = behind
    kept = " (what was added to it follows it)" if added else ""
    found.note(name, f"was changed{kept}")


def _own_cell(kind: str, source: str) -> NotebookNode:
    """Returns a cell of the student's; it gets its id later."""
    cell = nbformat.from_dict({"cell_type": kind, "metadata": {}, "source": source})
    if kind == "code":
        cell.update(execution_count=None, outputs=[])
    return cell


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
        if own is not None and begun:
            # Left as it is, it would undo what was written elsewhere.
            found.drop(own)
        if begun or (own is None and cells):
            found.take(name, (begun or cells)[-1])


def _by_place(found: Matched, name: str, original: NotebookNode) -> None:
    """Takes a cell that stands where an answer should, between cells that are known."""
    before, after = _neighbours(found, name)
    kinds = ("markdown", "raw") if original.cell_type == "markdown" else ("code",)
    for kind in kinds:
        for cell in found.cells[before + 1 : after]:
            is_free = id(cell) not in found.taken and cell.cell_type == kind
            if is_free and cell.source.strip():
                found.take(name, cell)
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
