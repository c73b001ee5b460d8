"""Runs code of a student's at a level, and returns what its test cell received."""

import json

import nbformat

from autograder.engine.execute import execute
from autograder.limits import Limits

MARK = "RECEIVED "


def run(source, level, files=None, **limits):
    """Runs a student's cell that defines `look()`, and a test that prints its answer.

    Args:
        source: String, the student's cell.
        level: String, the sandbox's level.
        files: Dict from relative path to bytes, what was handed in with it.
        **limits: Fields of `Limits`.

    Returns:
        The execution, what `look` returned (`None` if nothing), and the test's error.
    """
    answer = nbformat.v4.new_code_cell(source)
    test = nbformat.v4.new_code_cell(
        f"import json\nprint({MARK!r} + json.dumps(look()))\nassert True, 'x'", id="t"
    )
    test.metadata["nbgrader"] = {
        "grade": True,
        "grade_id": "t",
        "locked": True,
        "points": 1,
        "schema_version": 3,
        "solution": False,
        "task": False,
    }
    notebook = nbformat.v4.new_notebook(cells=[answer, test])
    given = Limits(**{"cell_seconds": 20, "sandbox": level, **limits})
    execution = execute(nbformat.writes(notebook).encode(), given, files, {"look"})
    document = nbformat.reads(execution.notebook.decode("utf-8"), as_version=4)
    received, error = None, ""
    for output in document.cells[1].outputs:
        text = output.get("text", "")
        if MARK in text:
            received = json.loads(text.split(MARK)[1])
        if output.output_type == "error":
            error = output.evalue
    return execution, received, error
