"""Formulas of what tests expect: taken out, put into hidden tests, evaluated."""

import json

import pytest

from autograder.authoring import expected
from autograder.authoring.notebooks import solution_notebook
from autograder.authoring.source import SourceError

SOURCE = '''\
# %% [markdown]
# ## Exercise 3: double (2 points)

# %% nbgrader={"grade_id": "double"}
def double(x):
    """Doubles."""
    ### BEGIN SOLUTION
    return twice(x)


def twice(x):
    double = 2
    return double * x
    ### END SOLUTION


# %% nbgrader={"grade_id": "given"}
from layerwise import checks

# %% tags=["expected"]
STEP = 1


def doubled(x):
    """Returns what double must be."""
    return 2 * x, {"one is added": 2 * x + STEP, "nothing is done": x}


expect("double of 0", *doubled(0))
expect("double of 1/3", *doubled(1 / 3))
expect("double of 2", 4, also=[5])

# %% nbgrader={"grade_id": "test_double", "points": 2}
checks.answer(double(1 / 3), "double of 1/3")
### BEGIN HIDDEN TESTS
checks.judge(double(7), *doubled(7), "double of 7")
checks.close(double(8), reference_double(8))
### END HIDDEN TESTS
'''


@pytest.fixture
def source(write_source):
    def write(**changes):
        text = SOURCE
        for before, after in changes.items():
            assert before in text
            text = text.replace(before, after)
        return write_source(text)

    return write


def cells_of(path):
    text, _ = solution_notebook(path)
    return {cell["id"]: "".join(cell["source"]) for cell in json.loads(text)["cells"]}


def test_no_notebook_has_the_formulas_and_hidden_tests_have_what_they_use(source):
    cells = cells_of(source())
    assert not any("expect(" in text for text in cells.values())
    shown, _, hidden = cells["test_double"].partition("### BEGIN HIDDEN TESTS\n")
    assert shown == 'checks.answer(double(1 / 3), "double of 1/3")\n'
    assert hidden == (
        "def reference_double(x):\n"
        "    return reference_twice(x)\n"
        "def reference_twice(x):\n"
        "    double = 2\n"
        "    return double * x\n"
        "STEP = 1\n"
        "def doubled(x):\n"
        "    return (2 * x, {'one is added': 2 * x + STEP, 'nothing is done': x})\n"
        'checks.judge(double(7), *doubled(7), "double of 7")\n'
        "checks.close(double(8), reference_double(8))\n"
        "### END HIDDEN TESTS"
    )


def test_a_visible_part_cannot_read_a_formula(write_source):
    text = SOURCE.replace('(1 / 3), "double of 1/3")\n###', "(2), doubled(2)[0])\n###")
    with pytest.raises(SourceError, match=r":3\d: .*reads 'doubled'.*do not have it"):
        solution_notebook(write_source(text))


def test_a_formula_binds_no_name_of_another_cell(write_source):
    text = SOURCE.replace("STEP", "double")
    with pytest.raises(
        SourceError, match="binds 'double', which is a name of 'double'"
    ):
        solution_notebook(write_source(text))


def test_the_release_gets_numbers(source):
    path = source()
    _, formulas = solution_notebook(path)
    assert not expected.is_current(formulas, path)
    file, changed = expected.write_expected(formulas, path)
    assert changed
    found = json.loads(file.read_text(encoding="utf-8"))
    assert found["exercises"] == {"double": 3, "twice": 3}
    assert found["answers"] == {
        # Nothing done gives 0 too: it is told elsewhere.
        "double of 0": {"value": 0, "mistakes": {"one is added": 1}},
        "double of 1/3": {
            "value": 0.666667,
            "mistakes": {"one is added": 1.66667, "nothing is done": 0.333333},
        },
        "double of 2": {"value": 4, "mistakes": {}, "also": [5]},
    }
    assert expected.is_current(formulas, path)
    assert expected.write_expected(formulas, path) == (file, False)


def test_numbers_that_differ_by_rounding_stay(source):
    path = source()
    _, formulas = solution_notebook(path)
    file, _ = expected.write_expected(formulas, path)
    before = file.read_text(encoding="utf-8")
    other = before.replace("0.666667", "0.666666").replace(formulas.digest, "older")
    assert other != before
    file.write_text(other, encoding="utf-8")
    expected.write_expected(formulas, path)
    assert file.read_text(encoding="utf-8") == before.replace("0.666667", "0.666666")


def test_a_formula_that_fails_is_told_with_its_line(write_source):
    text = SOURCE.replace("    return 2 * x, {", "    return 2 * x / 0, {")
    path = write_source(text)
    _, formulas = solution_notebook(path)
    with pytest.raises(SourceError, match=r":26: ZeroDivisionError"):
        expected.write_expected(formulas, path)
    assert not path.with_name(expected.FILE).exists()


def test_a_source_without_formulas_leaves_no_file(source, write_source):
    path = source()
    expected.write_expected(solution_notebook(path)[1], path)
    _, formulas = solution_notebook(write_source("# %% [markdown]\n# Nothing.\n"))
    file, changed = expected.write_expected(formulas, path)
    assert changed
    assert not file.exists()
    assert expected.write_expected(formulas, path) is None
