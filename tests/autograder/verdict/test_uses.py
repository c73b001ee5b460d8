"""In which order a cell reads and binds its names."""

import pytest

from autograder.verdict.uses import uses_of

CASES = {
    "a = b": ("a", "b", ""),
    "a = a + 1": ("a", "a", ""),
    "a += 1": ("a", "a", ""),
    "a = 1\nb = a": ("a b", "", ""),
    "if c:\n    a = 1\nprint(a)": ("a", "a c print", ""),
    "for i in r:\n    print(i)": ("i", "print r", ""),
    "with open(p) as f:\n    f.read()": ("f", "open p", ""),
    "def f(x=d):\n    return x + g": ("f", "d", "g"),
    "def f(x):\n    y = x\n    return [y for z in x]": ("f", "", ""),
    "a = 1\ndef f():\n    return a": ("a f", "", ""),
    "t = [i for i in r]": ("t", "r", ""),
    "k = lambda v: v * w": ("k", "", "w"),
    "import numpy as np\nnp.ones(n)": ("np", "n", ""),
    "class C(B):\n    x = y": ("C", "B y", "y"),
    "del a": ("a", "a", ""),
}


@pytest.mark.parametrize("source", CASES)
def test_uses(source):
    bound, first, deferred = (set(text.split()) for text in CASES[source])
    found = uses_of(source)
    assert found.first_read == first
    assert found.deferred == deferred
    if source != "del a":
        assert found.bound == bound
