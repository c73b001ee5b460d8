"""A test that takes its reference from the student is refused, one that compares what
it received is not."""

import ast

import pytest

from autograder.authoring.references import find_borrowed

THEIRS = {"block", "double", "train"}
GIVEN = "CASES = [(1, 2), (3, 4)]\ndef helper(x): return x\n"


def found(source):
    """Returns the comparisons at fault, as text."""
    nodes = find_borrowed(source, ast.parse(source), THEIRS, GIVEN)
    return [ast.unparse(node) for node in nodes]


MODEL = "_m = checks.as_model(block, (3,))\n_x = draw(1)\n"
REFUSED = {
    "weights that come back": f"""{MODEL}
_m.set_weights(redraw(_m.get_weights(), 1))
_kernel = _m.get_weights()[0]
checks.close(_m(_x), _x @ _kernel, "the output")""",
    "through a helper of the course": f"""{MODEL}
_kernels = by_shape(_m.get_weights())
checks.close(_m(_x), ops.conv(_x, _kernels[(3, 3)]), "the output")""",
    "through a function of the test": f"""{MODEL}
def _by_hand(x, weights):
    return x @ weights[0]
_wanted = _by_hand(_x, _m.get_weights())
assert np.allclose(_m(_x), _wanted), "wrong" """,
    "compared inside a function": f"""{MODEL}
def _judge(received, weights):
    assert np.allclose(received, _x @ weights[0]), "wrong"
_judge(_m(_x), _m.get_weights())""",
    "a difference": """
_y = double(2)
_wanted = _y * draw(2)
assert np.abs(double(3) - _wanted).max() < 1e-3, "wrong" """,
    "kept under a name": """
_y = double(2)
_ok = np.allclose(double(3), _y + draw(1))
assert _ok, "wrong" """,
    "math.isclose": 'assert math.isclose(double(1), double(2) * draw(1)), "wrong"',
    "twice not": 'assert not double(1) != double(2) * draw(1), "wrong"',
    "raised": """
if double(1) != double(2) * draw(1):
    raise AssertionError("wrong")""",
    "shapes that scale": f"""{MODEL}
_units = _m.get_weights()[0].size * draw(1)
assert _m(_x) == _units, "wrong" """,
    "changed in place": """
_x = draw(1)
_y = double(_x)
checks.close(_y, 2 * _x + draw(0), "double")""",
    "changed in a later round": """
_x = draw(1)
for _ in range(3):
    _wanted = _x @ _x
    checks.close(double(_x), _wanted, "double")""",
    "changed in a case": """
_x = draw(1)
_cases = [(_x, 2)]
for _case, _y in zip(_cases, checks.each(double, _cases), strict=True):
    checks.close(_y, _x @ _x, "double")""",
    "changed by a keyword": """
_x = draw(1)
_y = double(x=_x)
checks.close(_y, _x @ _x, "double")""",
    "changed through a verb": """
_widths = draw(1)
_m = checks.as_model(block, (3,), widths=_widths)
assert _m.output_shape == _widths @ _widths, "wrong" """,
    "changed while it raises": """
_x = draw(1)
checks.raises(double, _x)
checks.close(double(_x.copy()), _x @ _x, "double")""",
    "a dictionary that was rewritten": """
_trace = helper_trace()
_y = double(_trace)
for _entry in _trace["entries"]:
    assert _y == _entry["seconds"] / _entry["size"], "wrong" """,
    "collected in a list": """
_wanted = []
_wanted.append(double(1) * draw(2))
assert double(3) == _wanted[0], "wrong" """,
    "added up": """
_wanted = 0
_wanted += double(1) * draw(2)
assert double(3) == _wanted, "wrong" """,
    "only in one branch": """
_wanted = draw(1)
if _wanted:
    _wanted = double(1) * draw(2)
assert double(3) == _wanted, "wrong" """,
}
ACCEPTED = {
    "a reference of the test's own": f"""{MODEL}
_m.set_weights(redraw(_m.get_weights(), 1))
checks.close(_m(_x), _x @ drawn((3, 3), 1), "the output")""",
    "two answers, as they came": """
_one, _two = double(1), double(2)
assert np.allclose(np.asarray(_one), _two.T), "wrong" """,
    "unchanged": """
_before = train(1)
checks.unchanged(train(2), _before, "the weights")""",
    "calculated from one side": """
assert double(1).mean() * draw(1) < 3, "wrong"
assert abs(double(1) @ draw(1) - 2) < 1e-3, "wrong" """,
    "what must differ": """
_y = double(1)
assert not np.allclose(double(2), _y * draw(1)), "wrong"
assert double(2) != _y * draw(1), "wrong"
if double(2) == _y * draw(1):
    raise AssertionError("wrong")""",
    "before the call": """
_x = draw(1)
_wanted = _x @ _x
checks.close(double(_x), _wanted, "double")""",
    "with a copy": """
_x = draw(1)
_y = double(_x.copy())
checks.close(_y, _x @ _x, "double")""",
    "numbers cannot be changed": """
_cases = [(1, 2), (3, 4)]
_cases += [(int(_a), 5) for _a in draw(2)]
for (_a, _b), _y in zip(_cases, checks.each(double, _cases), strict=True):
    assert _y == _a * _b + draw(1), "wrong" """,
    "a table of the course": """
for (_a, _b), _y in zip(CASES, checks.each(double, CASES), strict=True):
    assert _y == _a * _b + draw(1), "wrong" """,
    "a list is copied": """
_stacks = [[(1, 2)], [(3, 4)]]
_asked = [(list(_stack),) for _stack in _stacks]
for _stack, _y in zip(_stacks, checks.each(double, _asked), strict=True):
    assert _y == sum(_a * _b for _a, _b in _stack), "wrong" """,
    "a message": """
_y = double(1)
assert _y == 3, f"{_y * draw(1) == double(2)}" """,
    "it says so": """
_y = double(1)
# Both sides are the student's: that steps are equal is asked of them alone.
assert np.allclose(double(2), _y * draw(1)), "wrong" """,
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_reference_from_the_student_is_found(name):
    assert found(REFUSED[name])


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_is_only_compared_is_not(name):
    assert found(ACCEPTED[name]) == []
