"""What a student changed in a text of the course's, and what only looks changed."""

import pytest

from autograder.grading.course_text import (
    MAX_TEXT,
    Split,
    bound_names,
    is_same,
    split_code,
    split_prose,
    tidy,
)

GIVEN = "TABLE = [3, 1, 2]\n\n\ndef helper(x):\n    return 2 * x"


@pytest.mark.parametrize(
    ("text", "added"),
    [
        (GIVEN, Split()),
        (f"{GIVEN}\n\nmine = 1", Split(below="mine = 1")),
        (f"# mine\nmine = 1\n{GIVEN}", Split(above="# mine\nmine = 1")),
        (
            f"import os\n{GIVEN}\n@cached\ndef mean(x):\n    return x\n\n\nmean(1)",
            Split(
                above="import os",
                below="@cached\ndef mean(x):\n    return x\n\n\nmean(1)",
            ),
        ),
        (f"{GIVEN}\nTABLE = []", Split(below="TABLE = []")),
        (
            GIVEN.replace("2 * x", "3 * x"),
            Split(instead="def helper(x):\n    return 3 * x"),
        ),
        (
            GIVEN.replace("[3, 1, 2]", "[]") + "\nmine = 1\nprint(mine)",
            Split(below="mine = 1", instead="TABLE = []\n\n\nprint(mine)"),
        ),
        ("TABLE = [3, 1, 2]", Split()),
        ("", Split()),
        ("pass", Split(instead="pass")),
        (f"{GIVEN}\n# a remark\n\n", Split()),
        (
            f"{GIVEN}\nif 1:\n    a = 1\nelse:\n    a = 2",
            Split(below="if 1:\n    a = 1\nelse:\n    a = 2"),
        ),
        (f"{GIVEN}\n(((", Split(below="(((")),
        (f"{GIVEN}\n%pip list\n!ls", Split(below="%pip list\n!ls")),
        ("x" * (MAX_TEXT + 1), Split(instead="x" * (MAX_TEXT + 1))),
    ],
)
def test_what_was_added_is_told_from_what_stands_instead(text, added):
    assert split_code(text, GIVEN, is_test=False) == added


def test_what_stands_within_a_test_runs_before_it():
    test = "a = f(1)\nassert a == 1"
    text = "def f(x):\n    return x\n\na = f(1)\ng = 2\nassert a == 1\nh = 3"
    split = split_code(text, test, is_test=True)
    assert split == Split(above="def f(x):\n    return x\n\ng = 2", below="h = 3")


def test_lines_of_prose_are_kept():
    assert split_prose("# Title\n\nMine.\n\nText.\nMore.", "# Title\n\nText.") == (
        "Mine.\n\nMore."
    )


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("a = 'b'  # said", True),
        ('a  =  "b"', True),
        ("a = (\n    'b'\n)", True),
        ("a = 'c'", False),
        ("a = 'b'\nb = 1", False),
        ("a = 'b", False),
        # So long a text is not parsed.
        ("a = 'b'" + " " * 500 + "# far", False),
        ("(" * 300, False),
        ("-" * 200 + "a", False),
        ("a = 'b'\0", False),
    ],
)
def test_code_that_means_the_same_is_the_same(text, same):
    assert is_same(text, "a = 'b'", is_code=True) == same


def test_prose_is_the_same_but_for_blanks():
    assert is_same("A  \r\n\r\n\r\nB\n", "A\n\nB", is_code=False)
    assert is_same("cafe\u0301", "café", is_code=False)
    assert not is_same("A B", "A\n\nB", is_code=False)


def test_a_text_that_is_too_long_is_left_alone():
    text = "\t" * (MAX_TEXT + 1)
    assert tidy(text) == text


def test_names_are_found_in_code_that_is_no_python():
    source = """\
import numpy as np, os.path
from a import b, c as d  # e
def f(x: int = 1): pass
async def g(): pass
class H(f): pass
i, j = 1, 2
k: int = 3
l == 4
  m = 5
n += 1
%magic o = 1
(((
p = q = 6
"""
    found = bound_names(source)
    assert found == {"np", "os", "b", "d", "f", "g", "H", "i", "j", "k", "p"}
