"""No visible test of an assignment computes what it asks for, and each is short."""

import nbformat
import pytest
from whole import COURSE

from autograder.authoring.metadata import visible_part
from autograder.cells import named_tests
from autograder.proof.reveals import find_revealing

MOST_LINES = 15
# Of all assignments together.
MOST_LINES_IN_ALL = 1100


def lengths_of(assignment):
    """Returns the lines of an assignment's visible tests, by grade id."""
    # Not the release: another test makes it anew meanwhile.
    path = COURSE.source / assignment / f"{assignment}.ipynb"
    return {
        name: sum(bool(line.strip()) for line in visible_part(cell.source).splitlines())
        for name, cell in named_tests(nbformat.read(path, as_version=4))
    }


@pytest.mark.kernel
@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_visible_tests_tell_no_answer(assignment):
    found = find_revealing(COURSE, assignment)
    assert not found, f"these expressions are the answers: {found}"


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_a_visible_test_is_an_example(assignment):
    lengths = lengths_of(assignment)
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_visible_tests_are_short_in_all():
    every = [n for name in COURSE.assignments() for n in lengths_of(name).values()]
    assert sum(every) <= MOST_LINES_IN_ALL
