"""What a student gets to read, and what not."""

import nbformat
import pytest

from autograder.grading.feedback import add_losses, set_banner
from autograder.grading.html_safety import clean_contents

pytestmark = pytest.mark.kernel


@pytest.mark.parametrize(
    ("outcome", "reason", "notes", "text"),
    [
        ("graded", "", [], None),
        ("graded", "", ["late by 1 h 0 min"], "Late by 1 h 0 min."),
        ("missing", "hw1.ipynb is a", [], "**Outcome: missing.** hw1.ipynb is a."),
        ("timeout", "cell `a` ran", [], "**Outcome: timeout.** Cell 'a' ran."),
        (
            "missing",
            "found x. Name it y",
            ["late"],
            "**Outcome: missing.** Found x. Name it y.\n\nLate.",
        ),
    ],
)
def test_the_banner_says_what_there_is_to_say(outcome, reason, notes, text):
    notebook = nbformat.v4.new_notebook()
    set_banner(notebook, outcome, reason, notes)
    assert [cell.source for cell in notebook.cells] == ([text] if text else [])
    nbformat.validate(notebook)


def failed(name, kind, message):
    """Returns a test that ended in an error."""
    error = nbformat.v4.new_output(
        "error", ename=kind, evalue=message, traceback=[f"{kind}: {message}"]
    )
    cell = nbformat.v4.new_code_cell("", outputs=[error])
    cell.metadata.nbgrader = {"grade": True, "solution": False, "grade_id": name}
    return cell


def test_what_is_not_begun_is_no_failed_test():
    cells = [
        failed("a", "NotBegun", "exercise 1 is not begun"),
        failed("b", "NotBegun", "exercise 1 is not begun"),
        failed("c", "AssertionError", "it is 3"),
        failed("d", "NotBegun", "[forged](x) is not begun"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    add_losses(notebook)
    assert notebook.cells[0].source == (
        "Exercise 1 is not begun.\n\n**Tests that failed**\n\n"
        "- **c** (AssertionError): ` it is 3 `\n"
        "- **d** (NotBegun): ` [forged](x) is not begun `"
    )
    clean_contents(notebook)
    (shown,) = notebook.cells[1].outputs
    assert shown.data["text/html"] == (
        '<p style="color: #636363">exercise 1 is not begun</p>'
    )
    assert notebook.cells[3].outputs[0].output_type == "error"
