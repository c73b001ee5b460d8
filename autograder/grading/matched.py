"""Which cell of a submission is which of the course's, as far as that is known."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from nbformat import NotebookNode

from autograder.cells import by_id, is_answer
from autograder.grading.course_text import bound_names, lines_of


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
