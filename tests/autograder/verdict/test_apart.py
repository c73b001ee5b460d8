"""Which tests that others wrote can run apart from the student's code."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.verdict.apart import why_together


def marked(source, grade_id, **marks):
    """A cell of an nbgrader notebook, of whatever kind."""
    known = {"grade": False, "solution": False, "locked": False, "task": False}
    meta = {**known, **marks, "grade_id": grade_id, "schema_version": 3}
    return new_code_cell(source, metadata={"nbgrader": meta})


def answer(source, name="answer"):
    return marked(source, name, solution=True)


def locked(source, name="locked"):
    return marked(source, name, locked=True)


def checked(source, name="test"):
    return marked(source, name, grade=True, locked=True, points=1)


def decided(*cells):
    notebook = new_notebook(cells=list(cells))
    nbformat.validate(notebook, relax_add_props=True)
    return why_together(notebook, notebook)


ANSWER = """
import numpy as np

class Vector:
    pass

def f(x):
    return x

values = [1, 2]
"""
APART = {
    "a call": "assert f(1) == 1",
    "without a message, and a bare call": "assert f(1) == 1\nassert_equal(f(1), 1)",
    "an import of its own": "import math\nassert f(math.pi) > 3",
    "a student's variable": "assert values == [1, 2]",
    "what an answer imports": "assert np.allclose(f(np.ones(2)), 1)",
    "what a free cell imports": "assert isclose(f(1.0), 1.0)",
    "what a locked cell binds": "assert f(GIVEN) == GIVEN",
    "None and types by `is`": "assert f(None) is None and type(f(1)) is int",
    "names of its own": "x = f(1)\ndef same(a):\n    return a == x\nassert same(1)",
    "try and except": "try:\n    f(1)\nexcept ValueError:\n    pass",
    "points by its last value": "0.5 * f(1)",
    "a magic that does nothing": "%matplotlib inline\nassert f(1) == 1",
}
TOGETHER = {
    "binds 'f', which is the student's": "old = f\ndel f\nf = old",
    "binds 'shared', which other cells read": "shared = f(1)",
    "reads 'unlocked', which only a cell that is not locked binds": "f(unlocked)",
    "reads 'nowhere', which no cell binds": "f(nowhere)",
    "reads 'In', which is IPython's": "assert 'for' not in In[-2]",
    "draws or looks at figures (plt)": "import matplotlib.pyplot as plt\nplt.gca()",
    "draws or looks at figures (PlotChecker)": (
        "from plotchecker import PlotChecker\nPlotChecker(f(1))"
    ),
    "looks at code or replaces names (inspect)": (
        "import inspect\nassert 'x' in inspect.getsource(f)"
    ),
    "looks at code or replaces names (patch)": (
        "from unittest.mock import patch\nwith patch('builtins.print'):\n    f(1)"
    ),
    "looks at files or processes (os)": "import os\nassert os.path.exists('x.csv')",
    "opens a file": "assert open('out.txt').read() == ''",
    "uses the student's class 'Vector', whose objects do not cross": (
        "assert isinstance(f(1), Vector)"
    ),
    "uses `is` on what crosses by value": "assert f(values) is values",
    "captures output (redirect_stdout)": (
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()):\n"
        "    f(1)"
    ),
    "captures output (stdout)": "import sys\nsys.stdout.write('')",
    "calls globals": "assert 'f' in globals()",
    "uses IPython (timeit)": "%timeit f(1)",
    "changes 'f', which is the student's": "f.count = 0\nf(1)",
}


def beside(test):
    return decided(
        new_code_cell("from math import isclose\nunlocked = 3"),
        locked("from nose.tools import assert_equal\nGIVEN = 4"),
        answer(ANSWER),
        checked(test),
        new_code_cell("shared"),
    )


@pytest.mark.parametrize("name", APART)
def test_tests_that_run_apart(name):
    assert beside(APART[name])[0] == {}


@pytest.mark.parametrize("reason", TOGETHER)
def test_tests_that_run_with_the_students_code(reason):
    assert beside(TOGETHER[reason])[0] == {"test": reason}


def test_what_is_no_python():
    reasons, _ = decided(answer(ANSWER), checked("assert f(1) =="))
    assert reasons["test"].startswith("is not Python: ")


def test_a_test_follows_the_one_whose_names_it_reads():
    reasons, _ = decided(
        answer(ANSWER),
        checked("import os\nhelper = os.getcwd", "first"),
        checked("assert f(helper) == helper", "second"),
        checked("assert f(1) == 1", "third"),
    )
    assert list(reasons) == ["first", "second"]
    assert reasons["second"] == (
        "reads 'helper', which test 'first' binds in that process"
    )


def test_a_test_that_puts_a_students_name_back_takes_no_other_with_it():
    reasons, _ = decided(
        answer(ANSWER),
        checked("old = f\ndel f\nf = old", "first"),
        checked("assert f(1) == 1", "second"),
    )
    assert list(reasons) == ["first"]


def test_imports_are_those_that_tests_read():
    _, imports = decided(
        new_code_cell("import this_is_not_installed as gone\nimport json, math"),
        answer("import numpy as np\nimport this\ndef f(x):\n    return x"),
        checked("assert np.ones(f(1)).size == math.pi > 3 and gone"),
    )
    assert "this\n" not in imports
    namespace = {}
    exec(imports, namespace)
    assert {"np", "math", "json"} <= set(namespace)
    assert "gone" not in namespace
