"""The course's own cells in a submission."""

import nbformat
import pytest

from autograder.cells import by_id, is_answer
from autograder.grading.assignment import load_assigned
from autograder.grading.restore import restore


@pytest.fixture(scope="module")
def assigned(built_once):
    return load_assigned(built_once.course, built_once.assignment)


@pytest.fixture
def put_back(assigned):
    def run(notebook):
        notes = restore(notebook, assigned.full, assigned.released)
        nbformat.validate(notebook)
        ids = [cell["id"] for cell in notebook.cells]
        assert len(set(ids)) == len(ids)
        marked = by_id(notebook)
        for name, cell in by_id(assigned.full).items():
            if name in marked:
                assert marked[name].metadata == cell.metadata
                assert marked[name].cell_type == cell.cell_type
                if not is_answer(cell):
                    assert marked[name].source == cell.source
        assert set(marked) >= {"setup", "test_double", "test_area"}
        return notes

    return run


def test_an_untouched_release_gets_its_hidden_tests_and_no_note(
    released, put_back, find_cell
):
    assert put_back(released) == []
    assert "_secret" in find_cell(released, "test_double").source


def test_answers_and_added_cells_stay(released, put_back, find_cell):
    find_cell(released, "double").source = "def double(x): return x"
    find_cell(released, "why").source = "Because."
    released.cells.insert(3, nbformat.v4.new_code_cell("y = 1", id="mine"))
    assert put_back(released) == []
    assert find_cell(released, "double").source == "def double(x): return x"
    assert find_cell(released, "why").source == "Because."
    assert [cell["id"] for cell in released.cells].index("mine") == 3


@pytest.mark.parametrize("ending", ["\n", "  ", "\n\n"])
def test_blanks_at_the_end_are_no_change(released, put_back, find_cell, ending):
    find_cell(released, "test_double").source += ending
    assert put_back(released) == []


def test_a_changed_cell_is_put_back_and_named(released, put_back, find_cell):
    find_cell(released, "test_double").source = "pass"
    find_cell(released, "setup").source += "\ndouble = abs"
    notes = ["setup was changed (what was added to it is kept beside it)"]
    assert put_back(released) == [*notes, "test_double was changed"]


def test_a_missing_cell_is_put_back_in_its_place(released, put_back, find_cell):
    released.cells.remove(find_cell(released, "test_double"))
    released.cells.remove(find_cell(released, "setup"))
    assert put_back(released) == ["setup was missing", "test_double was missing"]
    assert list(by_id(released)) == [
        "setup",
        "double",
        "test_double",
        "area",
        "test_area",
        "why",
    ]


def test_a_copied_cell_counts_once(released, put_back, find_cell):
    copied = nbformat.from_dict(dict(find_cell(released, "test_double")))
    released.cells.insert(2, copied)
    assert put_back(released) == ["test_double was there twice"]
    marked = [c for c in released.cells if c.metadata.get("nbgrader")]
    assert len(marked) == 6


@pytest.mark.parametrize("cell_type", ["markdown", "raw"])
def test_a_retyped_cell_gets_its_type_back(released, put_back, find_cell, cell_type):
    for grade_id in ("test_double", "double"):
        cell = find_cell(released, grade_id)
        cell.cell_type = cell_type
        del cell["outputs"], cell["execution_count"]
    find_cell(released, "double").source = "def double(x): return x"
    assert put_back(released) == ["double was changed", "test_double was changed"]
    assert find_cell(released, "double").source == "def double(x): return x"


def test_metadata_of_a_student_s_making_count_for_nothing(
    released, put_back, find_cell
):
    marks = find_cell(released, "test_double").metadata
    marks["tags"] = ["skip-execution"]
    marks.nbgrader.update(points=100, solution=True)
    released.metadata["kernelspec"] = {"name": "r", "display_name": "R"}
    own = nbformat.v4.new_code_cell("1", id="own")
    own.metadata["nbgrader"] = {"grade_id": "bonus", "grade": True, "points": 50}
    odd = nbformat.v4.new_code_cell("2", id="odd")
    odd.metadata["nbgrader"] = "yes"
    released.cells += [own, odd]
    assert put_back(released) == ["test_double was changed"]
    assert "nbgrader" not in own.metadata
    assert "nbgrader" not in odd.metadata
    assert released.metadata.kernelspec.name == "python3"


def test_outputs_of_the_student_s_machine_go(released, put_back, find_cell):
    cell = find_cell(released, "test_double")
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "2"})]
    cell.execution_count = 7
    assert put_back(released) == []
    assert find_cell(released, "test_double").outputs == []


def test_cells_with_one_id_get_their_own(released, put_back):
    for cell in released.cells:
        cell["id"] = "same"
    assert put_back(released) == []


def test_an_empty_notebook_gets_all_cells_but_answers_that_tests_judge(put_back):
    notebook = nbformat.v4.new_notebook()
    assert put_back(notebook) == [
        "setup was missing",
        "test_double was missing",
        "test_area was missing",
        "why was missing",
    ]


@pytest.mark.parametrize("odd", [[], {}, 3, None, ["double"]])
def test_an_id_that_is_no_text_is_nobodys(released, put_back, find_cell, odd):
    test = find_cell(released, "test_double")
    test.metadata["nbgrader"]["grade_id"] = odd
    # Its text says what it is.
    assert put_back(released) == []
    assert test.metadata.nbgrader.grade_id == "test_double"
