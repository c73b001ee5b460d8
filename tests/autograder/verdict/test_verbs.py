"""A verb that a student patched brings nothing that the test takes for its own."""

import pytest

pytestmark = pytest.mark.kernel

STUDENT = """
import keras
import numpy as np

def double(x):
    return 2 * x
"""
LIARS = {
    "as_model": (
        "checks.as_model = lambda *_, **__: 3",
        "checks.as_model(double, (3,))",
        "what checks.as_model brought is not a keras.Model. Received: 3",
    ),
    "each_empties": (
        "def liar(fn, cases):\n"
        "    if isinstance(cases, list):\n        cases.clear()\n    return []\n"
        "checks.each = liar",
        "_c = [(1,), (2,)]\nfor _x, _y in zip(_c, checks.each(double, _c)):\n    pass",
        "checks.each brought 0 results for 2 calls",
    ),
    "each_brings_no_list": (
        "checks.each = lambda fn, cases: 'ab'",
        "checks.each(double, [(1,), (2,)])",
        "checks.each brought 'ab' for 2 calls",
    ),
    "gradient_writes": (
        "def liar(fn, x):\n    x[:] = 0\n    return x\nchecks.gradient = liar",
        "_x = np.ones(3)\nchecks.gradient(double, _x)\n"
        "assert _x.any(), 'changed'\nraise RuntimeError('kept')",
        "kept",
    ),
    "model_writes": (
        "class Liar(keras.Model):\n    def __call__(self, x, **_):\n"
        "        x[:] = 0\n        return x\nchecks.as_model = lambda *_: Liar()",
        "_x = np.ones((1, 3))\n_m = checks.as_model(double, (3,))\n_m(_x)\n"
        "assert _x.any(), 'changed'\nraise RuntimeError('kept')",
        "kept",
    ),
    "seeded": (
        "checks.seeded = lambda seed: None",
        "with checks.seeded(3):\n    pass",
        "NoneType",
    ),
}


@pytest.mark.parametrize("name", LIARS)
def test_a_patched_verb_gives_nothing_away(split, name):
    before, test, message = LIARS[name]
    split.define_there(
        f"{STUDENT}\nfrom layerwise import checks\nkept = dict(vars(checks))\n{before}"
    )
    try:
        (output,) = split.run(f"from layerwise import checks\n{test}", {"double"})
    finally:
        split.define_there("vars(checks).update(kept)")
    assert message in output["evalue"]
