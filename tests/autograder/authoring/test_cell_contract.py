"""What the builder refuses in a test cell: point 9 of the verdict contract."""

import ast
from pathlib import Path

import pytest

from autograder.authoring.cell_contract import (
    ASSERTIONS,
    check_references,
    check_test_cells,
)
from autograder.authoring.metadata import fill_metadata
from autograder.authoring.source import SourceError, read_source

ROOT = Path(__file__).resolve().parents[3]
# Lines 1 to 12; the test's first line is 13.
BEFORE = """\
# %% nbgrader={"grade_id": "setup"}
import math

limit = 3

# %% nbgrader={"grade_id": "double"}
### BEGIN SOLUTION
def double(x, offset=0): return 2 * x
### END SOLUTION


# %% nbgrader={"grade_id": "test_double", "points": 2}
"""
GOOD = 'assert double(2) == 4, "doubles"\n'


@pytest.fixture
def check(write_source, tmp_path):
    def run(body, after="", bank=True, remark=print):
        if bank:
            (tmp_path / "answers").mkdir(exist_ok=True)
        path = write_source(BEFORE + body + "\n" + after)
        notebook, lines = read_source(path)
        fill_metadata(notebook, lines, path)
        check_test_cells(notebook, lines, path)
        check_references(notebook, lines, path, remark)

    return run


@pytest.mark.parametrize(
    "body",
    [
        GOOD,
        'assert double(2) is not None, "gives something"',
        'assert (double(2) == 4) is True, "doubles"',
        'assert None is not double(1), "gives something"',
        "value = double(2)\nchecks.close(value, 4)",
        'for x in (1, 2):\n    assert double(x) == 2 * x, f"{x}"',
        "with seeded(1):\n    " + GOOD,
        "assert all(limit > 0 for offset in range(3)), 'x'\n",
        # The parameter's name, a local and a comprehension's variable are no globals.
        "def inner(x, math=1):\n    limit = x\n    return limit\n" + GOOD,
        "_all = [limit for limit in range(3)]\n" + GOOD,
        "%matplotlib inline\n" + GOOD,
        # What a layer says is data, and the backend is the same for all.
        "assert double(2).dtype_policy.name == 'float32', 'policy'",
        "assert keras.config.backend() == 'jax' or double(2) == 4, 'doubles'",
    ],
)
def test_a_good_test_is_accepted(check, body):
    check(body)


@pytest.mark.parametrize(
    ("body", "line", "fault"),
    [
        ("limit = 1\n" + GOOD, 13, "'limit', which is a name of 'setup'"),
        ("limit += 1\n" + GOOD, 13, "'limit', which is a name of 'setup'"),
        ("import math\n" + GOOD, 13, "'math', which is a name of 'setup'"),
        ("double = abs\n" + GOOD, 13, "'double', which is a name of 'double'"),
        ("def double(x): return x\n" + GOOD, 13, "'double', which is a name of"),
        ("for limit in (1, 2): pass\n" + GOOD, 13, "binds 'limit'"),
        ("[limit := x for x in (1, 2)]\n" + GOOD, 13, "binds 'limit'"),
        ("def f():\n    global limit\n    limit = 1\n" + GOOD, 13, "binds 'limit'"),
        (GOOD + "_a = double\nassert _a is double, 'same'", 15, "uses `is` on what"),
        ("assert 4 == double(2) is not 3, 'x'", 13, "uses `is` on what"),
        ("assert double(2) is 4, 'x'", 13, "uses `is` on what"),
        (
            "import contextlib\nwith contextlib.redirect_stdout(None):\n    " + GOOD,
            14,
            "captures output (redirect_stdout)",
        ),
        ("import sys\nsys.stdout.flush()\n" + GOOD, 14, "captures output (stdout)"),
        ("%%capture out\n" + GOOD, 13, "captures output (%%capture)"),
        (
            GOOD + "assert keras.config.dtype_policy().name == 'float32', 'policy'",
            14,
            "reads keras.config.dtype_policy of its own process",
        ),
        ("assert np.geterr() == double(2), 'x'", 13, "reads np.geterr of its own"),
        ("assert 'A' in os.environ, 'x'", 13, "reads os.environ of its own process"),
        ("assert double(2) == 4", 13, "has an assert without a message"),
        (GOOD + "\n\nassert double(3) == 6", 16, "has an assert without a message"),
        ("value = double(2)", 13, "asserts nothing"),
        ("# Nothing here yet.", 13, "asserts nothing"),
        ("checks.as_model(double, 3)", 13, "asserts nothing"),
        (GOOD + "double(2)", 14, "ends in a bare expression"),
        (GOOD + "2.0", 14, "ends in a bare expression"),
        (GOOD + "checks.as_model(double, 3)", 14, "ends in a bare expression"),
        (GOOD + "checks.close(double(1), 2), 3", 14, "ends in a bare expression"),
        (GOOD + "assert double(", 14, "not Python"),
        ("\n\n" + GOOD + "double(2)", 16, "ends in a bare expression"),
        (
            "_y = double(2)\nassert double(4) == _y * limit, 'x'",
            14,
            "compares an answer with what it calculated from an answer: "
            "`double(4) == _y * limit`",
        ),
    ],
)
def test_a_bad_test_is_refused_with_file_line_and_id(
    check, tmp_path, body, line, fault
):
    with pytest.raises(SourceError) as caught:
        check(body)
    assert str(caught.value).startswith(f"{tmp_path / 'hw01_x.py'}:{line}: ")
    assert fault in str(caught.value)
    assert "not Python" in fault or "'test_double'" in str(caught.value)


def test_a_name_that_another_cell_reads_is_refused(check):
    other = '# %% nbgrader={"grade_id": "later"}\nprint(_value)\n'
    with pytest.raises(SourceError, match="binds '_value', which 'later' reads"):
        check("_value = 1\n" + GOOD, other)
    other = "# %%\ndef show():\n    return _value\n"
    with pytest.raises(SourceError, match="binds '_value', which 'a cell' reads"):
        check("_value = 1\n" + GOOD, other)


def test_tests_may_share_a_name_that_each_binds(check):
    second = '# %% nbgrader={"grade_id": "test_two", "points": 1}\n'
    own = '_value = double(1)\nassert _value == 2, f"{_value}"\n'
    check(own, second + own)
    with pytest.raises(SourceError, match="binds '_value', which 'test_two' reads"):
        check(own, second + 'assert _value == 2, "two"\n')


def test_faults_in_any_code_cell_have_their_line(check):
    with pytest.raises(SourceError, match=r"hw01_x\.py:17: not Python"):
        check(GOOD, "# %%\nfine = 1\nnot fine =\n")


def test_the_assertions_are_those_of_the_library():
    library = ROOT / "course" / "layerwise"
    files = [*library.glob("checks.py"), *library.glob("checks/*.py")]
    functions = {
        node.name
        for file in files
        for node in ast.parse(file.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    assert functions >= ASSERTIONS


def test_of_tests_without_a_bank_it_is_remarked_that_they_ask_the_student(check):
    borrowed = "_y = double(2)\nassert double(4) == _y * limit, 'x'"
    remarks = []
    check(borrowed, bank=False, remark=remarks.append)
    (text,) = remarks
    assert "compares an answer with what it calculated from an answer" in text
    with pytest.raises(SourceError, match="calculated from an answer"):
        check(borrowed)
