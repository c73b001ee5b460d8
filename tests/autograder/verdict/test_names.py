"""Which names a cell binds and reads."""

import pytest

from autograder.verdict.names import names_of


@pytest.mark.parametrize(
    ("source", "bound", "read"),
    [
        ("a = b", {"a"}, {"b"}),
        ("a = len(b)", {"a"}, {"b"}),
        ("import a.b, c as d\nfrom e import f as g", {"a", "d", "g"}, set()),
        ("for i in items: pass", {"i"}, {"items"}),
        ("with open(p) as f: pass", {"f"}, {"p"}),
        ("try: pass\nexcept ValueError as error: pass", {"error"}, set()),
        ("(a, [b, *c]) = d", {"a", "b", "c"}, {"d"}),
        ("a += 1", {"a"}, set()),
        ("a.b = 1\na[0] = 2", set(), {"a"}),
        ("class A(B):\n    x = y\n    def m(self): return z", {"A"}, {"B", "y", "z"}),
        ("match v:\n    case [p]: pass", {"p"}, {"v"}),
    ],
)
def test_names_at_top_level(source, bound, read):
    names = names_of(source)
    assert names.bound == bound
    assert names.read == read


@pytest.mark.parametrize(
    ("source", "bound", "read"),
    [
        ("[x for x in xs]", set(), {"xs"}),
        ("{k: v for k, v in xs if k in ys}", set(), {"xs", "ys"}),
        ("[y := f(x) for x in xs]", {"y"}, {"f", "xs"}),
        ("{x for x in xs}\n[[y for y in x] for x in ys]", set(), {"xs", "ys"}),
        ("a = [x for x in xs]\nb = x", {"a", "b"}, {"x", "xs"}),
        ("class A:\n    b = [x for x in xs]", {"A"}, {"xs"}),
        ("def f(xs): return {x: g(x) for x in xs}", {"f"}, {"g"}),
        ("def f(a, *b, c=d, **e):\n    g = a\n    return g", {"f"}, {"d"}),
        ("def f():\n    def g(): return h\n    return g", {"f"}, {"h"}),
        ("def f():\n    global a\n    a = b", {"f", "a"}, {"b"}),
        ("f = lambda a: a + b", {"f"}, {"b"}),
        ("def f(): return f()", {"f"}, set()),
    ],
)
def test_what_is_local_to_functions_and_comprehensions_does_not_count(
    source, bound, read
):
    names = names_of(source)
    assert names.bound == bound
    assert names.read == read


def test_magics_and_python_s_own_names_are_no_names():
    names = names_of("%matplotlib inline\n!ls\nprint(__name__, display)")
    assert names.bound == set()
    assert names.read == set()
