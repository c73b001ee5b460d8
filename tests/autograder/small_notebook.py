"""Notebooks of a few cells, and what comes of running them."""

import nbformat

from autograder.cells import from_bytes, to_bytes
from autograder.engine.execute import execute
from autograder.grading.judge import cell_verdicts

# Uses so many seconds of CPU time.
BURN = (
    "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass"
)


def answer(source):
    """Returns a cell of the student's own."""
    return nbformat.v4.new_code_cell(source)


def check(grade_id, source, points=1):
    """Returns an autograded test."""
    cell = nbformat.v4.new_code_cell(source, id=grade_id)
    cell.metadata["nbgrader"] = {
        "grade": True,
        "grade_id": grade_id,
        "locked": True,
        "points": points,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    return cell


def notebook_of(*cells):
    """Returns the bytes of a notebook with some cells."""
    return to_bytes(nbformat.v4.new_notebook(cells=list(cells)))


def run(*cells, limits, files=None, answer_names=None):
    """Runs a notebook; returns the execution, its notebook and its verdicts."""
    execution = execute(notebook_of(*cells), limits, files, answer_names)
    document = from_bytes(execution.notebook)
    nbformat.validate(document)
    return execution, document, cell_verdicts(document)
