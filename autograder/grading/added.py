"""Keeps what a student wrote into the course's own cells, in cells beside them."""

import nbformat
from nbformat import NotebookNode

from autograder.cells import is_test
from autograder.grading.course_text import Split, is_same, split_code, split_prose
from autograder.grading.matched import Matched

# How much is shown of what was put in place of the course's text. Characters.
MAX_SHOWN = 10_000


def split_off(found: Matched, name: str, original: NotebookNode) -> None:
    """Puts what a student wrote into a cell of the course's into cells beside it."""
    cell = found.places[name]
    is_code = original.cell_type == "code"
    other_kind = cell.cell_type != original.cell_type
    if is_same(cell.source, original.source, is_code):
        if other_kind or cell.metadata.get("tags"):
            found.note(name, "was changed")
        return
    if not is_code:
        split = Split(below=split_prose(cell.source, original.source))
    elif other_kind:
        # The student had turned it into text.
        split = Split(instead=split_prose(cell.source, original.source))
    else:
        split = split_code(cell.source, original.source, is_test(original))
    place = found.index(cell)
    if split.instead:
        shown = own_cell("markdown", _shown(name, split.instead))
        found.cells.insert(place + 1, shown)
        found.taken.add(id(shown))
    if split.below:
        found.cells.insert(place + 1, own_cell(cell.cell_type, split.below))
    if split.above:
        found.cells.insert(place, own_cell(cell.cell_type, split.above))
    is_kept = split.above or split.below
    kept = " (what was added to it is kept beside it)" if is_kept else ""
    found.note(name, f"was changed{kept}")


def _shown(name: str, instead: str) -> str:
    """Returns Markdown that shows what stood in place of the course's text."""
    # Indented text is shown as it is.
    lines = instead[:MAX_SHOWN].split("\n")
    text = "\n".join(f"    {line}" for line in lines)
    more = "\n\n..." if len(instead) > MAX_SHOWN else ""
    return f"What stood in `{name}` before it was put back:\n\n{text}{more}"


def own_cell(kind: str, source: str) -> NotebookNode:
    """Returns a cell of the student's; it gets its id later."""
    cell = nbformat.from_dict({"cell_type": kind, "metadata": {}, "source": source})
    if kind == "code":
        cell.update(execution_count=None, outputs=[])
    return cell
