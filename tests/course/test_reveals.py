"""No visible test of an assignment computes what it asks for, and each is short."""

import nbformat
import pytest
from whole import COURSE

from autograder.authoring.metadata import visible_part
from autograder.cells import named_tests
from autograder.proof.reveals import find_revealing

MOST_LINES = 15

# Assignments whose visible tests still hold formulas. One whose tests hold none must
# leave the list: it can only shrink.
REVEALING: set[str] = set()


@pytest.mark.kernel
@pytest.mark.parametrize(
    "assignment",
    [
        pytest.param(name, marks=[pytest.mark.nightly] if name in REVEALING else [])
        for name in COURSE.assignments()
    ],
)
def test_visible_tests_tell_no_answer(assignment):
    found = find_revealing(COURSE, assignment)
    if assignment in REVEALING:
        assert found, f"{assignment} tells no answer: take it off the list"
    else:
        assert not found, f"these expressions are the answers: {found}"


@pytest.mark.parametrize("assignment", COURSE.assignments())
def test_a_visible_test_is_an_example(assignment):
    # Not the release: another test makes it anew meanwhile.
    path = COURSE.source / assignment / f"{assignment}.ipynb"
    lengths = {
        name: sum(bool(line.strip()) for line in visible_part(cell.source).splitlines())
        for name, cell in named_tests(nbformat.read(path, as_version=4))
    }
    long = {name: n for name, n in lengths.items() if n > MOST_LINES}
    if assignment in REVEALING:
        assert long, f"{assignment} has short tests: take it off the list"
    else:
        assert not long
