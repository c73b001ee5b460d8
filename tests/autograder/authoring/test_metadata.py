"""nbgrader's metadata from the little that an author writes."""

import pytest

from autograder.authoring.metadata import fill_metadata, hidden_lines, visible_part
from autograder.authoring.source import SourceError, read_source
from autograder.cells import is_answer, is_test

SOLUTION = "### BEGIN SOLUTION\na = 1\n### END SOLUTION\n"
HIDDEN = "### BEGIN HIDDEN TESTS\nassert a, 'a'\n### END HIDDEN TESTS\n"


def fill(path):
    notebook, lines = read_source(path)
    fill_metadata(notebook, lines, path)
    return notebook


@pytest.mark.parametrize(
    ("text", "grade", "solution", "locked"),
    [
        ('# %% nbgrader={"grade_id": "x"}\n' + SOLUTION, False, True, False),
        ('# %% nbgrader={"grade_id": "x", "points": 2}\n' + HIDDEN, True, False, True),
        ('# %% nbgrader={"grade_id": "x"}\nimport math\n', False, False, True),
        (
            '# %% nbgrader={"grade_id": "x", "points": 2}\n' + SOLUTION,
            True,
            True,
            False,
        ),
        (
            '# %% [markdown] nbgrader={"grade_id": "x", "points": 2}\n# Why?\n',
            True,
            True,
            False,
        ),
    ],
    ids=["solution", "test", "locked", "manual code", "manual text"],
)
def test_the_kind_follows_from_the_cell(write_source, text, grade, solution, locked):
    (cell,) = fill(write_source(text)).cells
    assert cell.metadata.nbgrader == {
        "grade": grade,
        "grade_id": "x",
        "locked": locked,
        "schema_version": 3,
        "solution": solution,
        "task": False,
        **({"points": 2} if grade else {}),
    }
    assert is_answer(cell) == solution
    assert is_test(cell) == (grade and not solution)


def test_cells_without_metadata_stay_without(write_source):
    notebook = fill(write_source("# %% [markdown]\n# A\n\n# %%\nb = 1\n"))
    assert [dict(cell.metadata) for cell in notebook.cells] == [{}, {}]


@pytest.mark.parametrize(
    ("head", "body", "fault"),
    [
        ("nbgrader={}", "a = 1", "Received: None"),
        ('nbgrader={"points": 1}', "a = 1", "grade_id must be"),
        ('nbgrader={"grade_id": "1x"}', "a = 1", "Received: '1x'"),
        ('nbgrader={"grade_id": "a b"}', "a = 1", "Received: 'a b'"),
        ('nbgrader={"grade_id": 7}', "a = 1", "Received: 7"),
        ('nbgrader="x"', "a = 1", "must be a dict. Received: 'x'"),
        ('nbgrader={"grade_id": "x", "grade": true}', "a = 1", "takes grade_id and"),
        ('nbgrader={"grade_id": "x", "points": 0}', "a = 1", "positive. Received: 0"),
        ('nbgrader={"grade_id": "x", "points": -2}', "a = 1", "Received: -2"),
        ('nbgrader={"grade_id": "x", "points": "3"}', "a = 1", "Received: '3'"),
        ('nbgrader={"grade_id": "x", "points": true}', "a = 1", "Received: True"),
        ('nbgrader={"grade_id": "x", "points": NaN}', "a = 1", "Received: nan"),
        ('nbgrader={"grade_id": "first"}', "a = 1", "there twice, first in line 2"),
        ("", SOLUTION, "`BEGIN SOLUTION` in a cell without nbgrader metadata"),
        ("", HIDDEN, "`BEGIN HIDDEN TESTS` in a cell without nbgrader metadata"),
        ('nbgrader={"grade_id": "x"}', HIDDEN, "which is no autograded test"),
        ('nbgrader={"grade_id": "x"}', SOLUTION + HIDDEN, "no autograded test"),
        (
            'nbgrader={"grade_id": "x", "points": 1}',
            SOLUTION + HIDDEN,
            "no autograded test",
        ),
        ('[markdown] nbgrader={"grade_id": "x"}', "# Why?", "an id but no points"),
        (
            'nbgrader={"grade_id": "x"}',
            "### BEGIN SOLUTION\na = 1",
            "BEGIN SOLUTION and END SOLUTION must come in turns",
        ),
        (
            'nbgrader={"grade_id": "x", "points": 1}',
            "### END HIDDEN TESTS\n### BEGIN HIDDEN TESTS",
            "BEGIN HIDDEN TESTS and END HIDDEN TESTS must come in turns",
        ),
    ],
)
def test_a_fault_is_refused_with_file_and_line(write_source, head, body, fault):
    first = '# %% nbgrader={"grade_id": "first"}\nimport math\n\n'
    path = write_source(f"{first}# %% {head}\n{body}\n")
    with pytest.raises(SourceError) as caught:
        fill(path)
    assert str(caught.value).startswith(f"{path}:5: ")
    assert fault in str(caught.value)


def test_the_lines_of_a_hidden_part():
    source = "a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc"
    assert hidden_lines(source) == {2, 3, 4}
    assert hidden_lines("a\nb") == set()
    assert visible_part(source) == "a\nc"
