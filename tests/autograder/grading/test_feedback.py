"""What a student gets to read, and what not."""

import nbformat
import pytest

from autograder.grading.feedback import set_banner

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
