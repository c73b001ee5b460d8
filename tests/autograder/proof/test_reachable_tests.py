"""Which tests a changed answer can reach."""

import nbformat
import pytest

from autograder.proof.reachable_tests import reached_tests


def notebook(**sources):
    cells = []
    for name, source in sources.items():
        cell = nbformat.v4.new_code_cell(source)
        if not name.startswith("added"):
            is_test = name.startswith("test_")
            cell.metadata["nbgrader"] = {
                "grade_id": name,
                "grade": is_test,
                "solution": not is_test,
                "points": 1,
            }
        cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells)


REFERENCE = {
    "setup": "import numpy as np\nSIZE = 3",
    "one": "def one(x): return x + SIZE",
    "two": "def two(x): return 2 * one(x)",
    "three": "def three(x): return np.sum(x)",
    "test_one": "assert one(1) == 4, 'm'",
    "test_two": "assert two(1) == 8, 'm'",
    "test_three": "assert three([1]) == 1, 'm'",
}


@pytest.mark.parametrize(
    ("changes", "reached"),
    [
        ({}, set()),
        ({"three": "def three(x): return 0"}, {"test_three"}),
        ({"two": "two = lambda x: x"}, {"test_two"}),
        # What calls it has changed with it.
        ({"one": "def one(x): return 5"}, {"test_one", "test_two"}),
        # A name that is no longer bound is missed by whoever reads it.
        ({"one": "def won(x): return 5"}, {"test_one", "test_two"}),
        ({"added": "SIZE = 4"}, {"test_one", "test_two"}),
        ({"three": "import numpy as np\ndef three(x): return 0"}, {"test_three"}),
        ({"two": "'''Text.'''\ntwo = one"}, {"test_two"}),
        # Whatever does more than bind names can reach everything.
        ({"added": "np.random.seed(0)"}, {"test_one", "test_two", "test_three"}),
        ({"two": "np.pi = 3\ntwo = one"}, {"test_one", "test_two", "test_three"}),
        ({"two": "for two in [one]: pass"}, {"test_one", "test_two", "test_three"}),
    ],
)
def test_what_a_change_reaches(changes, reached):
    tests = {k: v for k, v in REFERENCE.items() if k.startswith("test_")}
    cells = {k: v for k, v in REFERENCE.items() if k not in tests}
    changed = notebook(**{**cells, **changes, **tests})
    assert reached_tests(notebook(**REFERENCE), changed) == reached
