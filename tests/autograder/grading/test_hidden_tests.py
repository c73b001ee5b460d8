"""What a student's page tells of hidden tests: points and messages, and no input."""

import copy

import nbformat
import pytest

from autograder.grading.assignment import load_assigned
from autograder.grading.hidden_tests import (
    LIMIT,
    NO_MESSAGE,
    NOT_SHOWN,
    without_hidden_tests,
)

pytestmark = pytest.mark.kernel


@pytest.fixture
def graded(built_once, find_cell):
    """A graded notebook, and a function that shows it without its hidden tests."""
    assigned = load_assigned(built_once.course, built_once.assignment)
    notebook = assigned.full

    def show(*outputs, count=None, answer=None):
        test = find_cell(notebook, "test_double")
        test.outputs, test.execution_count = list(outputs), count
        if answer:
            find_cell(notebook, "double").source = answer
        shown = without_hidden_tests(notebook, assigned.released)
        nbformat.validate(shown)
        return find_cell(shown, "test_double")

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


def test_frames_of_hidden_tests_go_and_their_message_stays(graded):
    colour = "\x1b[32m----> \x1b[39m\x1b[32m3\x1b[39m "
    hidden = f"Cell In[3], line 3\n{colour}for _secret \x1b[31min\x1b[39m (0, -3, 1.5):"
    message = "AssertionError: double(0) gave 5"
    (shown,) = graded(error("-----", hidden, message), count=3).outputs
    assert shown.traceback == ["-----", message]
    assert shown.evalue == "wrong"


def raised(*frames, kind="ValueError", message="the input is 1.5"):
    """Returns an error of the student's code as the verdict process shows it."""
    return nbformat.v4.new_output(
        "error",
        ename=kind,
        evalue=message,
        traceback=[*frames, f"{kind}: {message}\nnote: 1.5"],
    )


def theirs(called):
    """Returns the frame of the student's code, called in a line of the test."""
    return (
        f"In the submitted code, called in line {called} of this test:\n"
        '  line 2, in f_15\n    return 2 * x\n  File "<1.5>", line 1\n    other(1.5)\n'
    )


def test_what_the_student_s_code_raises_for_a_hidden_input_has_no_message(graded):
    (shown,) = graded(
        raised(theirs(4)), answer="def double(x):\n  return 2 * x"
    ).outputs
    assert (shown.ename, shown.evalue) == ("ValueError", NO_MESSAGE)
    text = "\n".join(shown.traceback)
    assert "return 2 * x" in text
    assert "1.5" not in text
    assert "f_15" not in text
    assert "other" not in text


@pytest.mark.parametrize(
    "frames",
    ["In the submitted code:\n", f'{theirs(4)}  File "<test_double>", line 1\n'],
)
def test_frames_that_the_student_leaves_out_or_forges_change_nothing(graded, frames):
    (shown,) = graded(raised(frames)).outputs
    assert shown.evalue == NO_MESSAGE


def test_an_error_s_class_of_the_student_s_own_has_no_name(graded):
    (shown,) = graded(raised(theirs(4), kind="Input15")).outputs
    assert shown.ename == "An error"


def test_a_message_for_a_visible_input_stays(graded):
    (shown,) = graded(raised(theirs(1))).outputs
    assert shown.evalue == "the input is 1.5"


def test_the_test_s_own_message_in_its_hidden_part_stays(graded):
    (shown,) = graded(raised(kind="AssertionError")).outputs
    assert shown.evalue == "the input is 1.5"


def test_in_one_kernel_too(graded):
    test = "Cell In[3], line 4\n----> 4 assert double(_secret) == 2"
    own = "Cell In[2], line 2\n      1 def double(x):\n----> 2     raise ValueError(x)"
    (shown,) = graded(
        raised(test, own), count=3, answer="def double(x):\n    raise ValueError(x)"
    ).outputs
    assert shown.evalue == NO_MESSAGE
    assert "raise ValueError(x)" in shown.traceback[0]
    assert "1.5" not in "\n".join(shown.traceback)


def test_nothing_that_is_printed_in_a_test_with_hidden_parts_stays(graded):
    printed = nbformat.v4.new_output("stream", text="0\n-3\n1.5\n")
    drawn = nbformat.v4.new_output("display_data", {"text/plain": "1.5"})
    assert graded(printed, drawn).outputs == []


def test_what_later_cells_put_out_may_be_hidden_inputs_that_were_kept(
    built_once, find_cell
):
    assigned = load_assigned(built_once.course, built_once.assignment)
    notebook = copy.deepcopy(assigned.full)

    def put_in(after, source, *outputs):
        cell = nbformat.v4.new_code_cell(source, outputs=list(outputs))
        place = notebook.cells.index(find_cell(notebook, after))
        notebook.cells.insert(place + 1, cell)

    seen = nbformat.v4.new_output("stream", text="[0, -3, 1.5]")
    put_in("setup", "print('before')", nbformat.v4.new_output("stream", text="before"))
    put_in("test_double", "print(seen)", seen)
    put_in("test_area", "raise KeyError(seen)", raised("", kind="KeyError"))
    limit = "cell 9 ran over 20 s of CPU time and was interrupted"
    late = raised(kind="CellTimeout", message=limit)
    forged = raised(kind="CellTimeout", message="cell 1.5 ran over")
    put_in("test_area", "while True: pass", late, forged)
    shown = without_hidden_tests(notebook, assigned.released)
    found = {cell.source: cell.outputs for cell in shown.cells if "outputs" in cell}
    assert found["print('before')"][0].text == "before"
    assert [output.text for output in found["print(seen)"]] == [f"{NOT_SHOWN}\n"]
    assert [out.evalue for out in found["raise KeyError(seen)"]] == [NO_MESSAGE]
    said = [out.evalue for out in found["while True: pass"]]
    assert said == [LIMIT, NO_MESSAGE]
    assert "1.5" not in nbformat.writes(shown)


def test_without_hidden_tests_all_outputs_stay(released):
    cell = nbformat.v4.new_code_cell("print(1)")
    cell.outputs = [nbformat.v4.new_output("stream", text="1")]
    released.cells.append(cell)
    assert without_hidden_tests(released, released).cells[-1].outputs[0].text == "1"


def test_the_graded_notebook_itself_is_left_alone(built_once, find_cell):
    assigned = load_assigned(built_once.course, built_once.assignment)
    before = nbformat.writes(assigned.full)
    without_hidden_tests(assigned.full, assigned.released)
    assert nbformat.writes(assigned.full) == before
