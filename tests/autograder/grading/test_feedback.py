"""What a student gets to read, and what not."""

import nbformat
import pytest

from autograder.grading.assignment import load_assigned
from autograder.grading.feedback import set_banner, without_hidden_tests

pytestmark = pytest.mark.kernel


@pytest.fixture
def graded(built_once, find_cell):
    """A graded notebook, and a function that shows it without its hidden tests."""
    assigned = load_assigned(built_once.course, built_once.assignment)
    notebook = assigned.full

    def show(*outputs, grade_id="test_double"):
        find_cell(notebook, grade_id).outputs = list(outputs)
        shown = without_hidden_tests(notebook, assigned.released)
        nbformat.validate(shown)
        return find_cell(shown, grade_id)

    return show


def error(*traceback):
    return nbformat.v4.new_output(
        "error", ename="AssertionError", evalue="wrong", traceback=list(traceback)
    )


def test_source_goes_and_the_visible_test_stays(graded):
    cell = graded()
    assert cell.source.startswith("assert double(2) == 4")
    assert cell.source.endswith("# Hidden tests ran here too.")
    assert "_secret" not in cell.source


def test_frames_of_hidden_tests_go_and_message_and_own_frames_stay(graded):
    colour = "\x1b[32m----> \x1b[39m\x1b[32m3\x1b[39m "
    hidden = f"Cell In[3], line 3\n{colour}for _secret \x1b[31min\x1b[39m (0, -3, 1.5):"
    own = "Cell In[2], line 2\n----> 2 return x / 0"
    (shown,) = graded(
        error("-----", hidden, own, "AssertionError: double(0) gave 5")
    ).outputs
    assert shown.traceback == ["-----", own, "AssertionError: double(0) gave 5"]


def test_a_line_that_a_warning_quotes_goes_too(graded):
    text = (
        "/tmp/1.py:4: UserWarning: careful\n"
        "  for _secret in (0, -3, 1.5):\nmy own line\n"
    )
    (shown,) = graded(nbformat.v4.new_output("stream", text=text)).outputs
    assert shown.text == "/tmp/1.py:4: UserWarning: careful\nmy own line\n"


def test_the_graded_notebook_itself_is_left_alone(built_once, find_cell):
    assigned = load_assigned(built_once.course, built_once.assignment)
    before = nbformat.writes(assigned.full)
    without_hidden_tests(assigned.full, assigned.released)
    assert nbformat.writes(assigned.full) == before


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
