"""What a notebook sets for its own code does not reach the engine's."""

import pytest

pytestmark = pytest.mark.kernel

STUDENT = """
import keras
import numpy as np
from keras import layers, ops

def block(x):
    return layers.Dense(3)(x)

def make():
    return keras.Sequential([keras.Input((4,)), layers.Dense(3)])

def train(model):
    model.set_weights([w + 1 for w in model.get_weights()])
    return model

def double(x):
    return 2 * x
"""
TEST = """
import keras
from layerwise import checks
_model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
_before = _model.get_weights()
_back = train(_model)
checks.close(_model.get_weights()[0], _before[0] + 1, "the weights")
checks.model(make(), (None, 4), (None, 3))
_block = checks.as_model(block, (4,))
_x = np.ones((2, 4), "float32")
checks.shape(_block(_x), (2, 3))
checks.close(checks.gradient(double, np.ones(3)), [2, 2, 2])
assert checks.each(double, [(1,), ([2],)]) == [2, [2, 2]], "each"
with checks.seeded(1):
    checks.close(double(np.float32(1e-30)), 2e-30, "tiny")
assert double([1e308]) == [1e308, 1e308], "large"
"""
# How a notebook sets something, and how the next test has it back.
SETTINGS = {
    "warnings": (
        "import warnings\nwarnings.filterwarnings('error')",
        "warnings.resetwarnings()",
    ),
    "simple": (
        "import warnings\nwarnings.simplefilter('error', DeprecationWarning)",
        "warnings.resetwarnings()",
    ),
    "float_errors": ("np.seterr(all='raise')", "np.seterr(all='warn')"),
    "recursion": (
        "import sys\nsys.setrecursionlimit(160)",
        "sys.setrecursionlimit(1000)",
    ),
    "names": (
        "print = len = isinstance = type = str = list = dict = None",
        "del print, len, isinstance, type, str, list, dict",
    ),
    "modules": (
        "checks = sys = json = socket = None",
        "del checks, sys, json, socket",
    ),
    "folder": (
        "import os, tempfile\n_at = tempfile.mkdtemp()\nos.chdir(_at)\nos.rmdir(_at)",
        "os.chdir('/')",
    ),
    "output": (
        "import sys, io\n_out = sys.stdout\nsys.stdout = io.StringIO()\n"
        "sys.stdout.close()",
        "sys.stdout = _out",
    ),
    "no_output": (
        "import sys\n_out = sys.stdout\nsys.stdout = None",
        "sys.stdout = _out",
    ),
    "seeds": ("import random\nrandom.seed(0)\nnp.random.seed(0)", ""),
    "policy": (
        "keras.config.set_dtype_policy('mixed_float16')",
        "keras.config.set_dtype_policy('float32')",
    ),
    "floatx": (
        "keras.config.set_floatx('float64')",
        "keras.config.set_floatx('float32')",
    ),
    "channels": (
        "keras.config.set_image_data_format('channels_first')",
        "keras.config.set_image_data_format('channels_last')",
    ),
    "tracebacks": (
        "keras.config.disable_traceback_filtering()",
        "keras.config.enable_traceback_filtering()",
    ),
    "eager": (
        "import tensorflow as tf\ntf.config.run_functions_eagerly(True)",
        "tf.config.run_functions_eagerly(False)",
    ),
    "decimals": (
        "import decimal\ndecimal.getcontext().traps[decimal.Inexact] = True\n"
        "decimal.getcontext().prec = 1",
        "decimal.setcontext(decimal.Context())",
    ),
}


@pytest.mark.parametrize("name", SETTINGS)
def test_a_notebooks_settings_are_its_own(split, name):
    before, after = SETTINGS[name]
    split.define_there(f"{STUDENT}\n{before}")
    try:
        outputs = split.run(TEST, {"block", "make", "train", "double"})
    finally:
        split.define_there(after)
    assert outputs == [], outputs[0].get("traceback")


def test_a_students_function_runs_under_what_the_student_set(split):
    split.define_there(
        "import warnings\nwarnings.simplefilter('error')\n"
        "def loud():\n    warnings.warn('mine')"
    )
    try:
        (output,) = split.run("loud()", {"loud"})
    finally:
        split.define_there("warnings.resetwarnings()")
    assert "mine" in output["evalue"]


VALUES = """
import datetime
from collections import Counter, OrderedDict, defaultdict, namedtuple
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction

Point = namedtuple("Point", "x y")
class Number(IntEnum):
    TWO = 2

def values():
    return {
        "fraction": Fraction(1, 3),
        "decimal": Decimal("0.10"),
        "not a number": Decimal("NaN").is_nan(),
        "date": datetime.date(2024, 2, 29),
        "moment": datetime.datetime(2024, 2, 29, 1, 2, 3, 4),
        "abroad": datetime.datetime(2024, 1, 1, tzinfo=datetime.timezone.utc),
        "time": datetime.time(1, 2),
        "span": datetime.timedelta(days=-1, microseconds=5),
        "named": Point(1, 2),
        "enum": Number.TWO,
        "bool": np.bool_(True),
        "counts": Counter("aab"),
        "ordered": OrderedDict(a=1),
        "default": defaultdict(int, a=1),
        "bytes": bytearray(b"ab"),
        "range": range(3),
        "long": 10**400,
        "complex": np.complex64(1 + 2j),
        "list": [Fraction(1, 2), Decimal("1.5"), 3],
    }

def same(x):
    return x
"""


def test_numbers_and_dates_of_the_standard_library_cross(both):
    alone, apart = both(
        VALUES,
        """
_values = values()
_types = {
    name: type(value).__name__ for name, value in _values.items()
    if name in ("fraction", "decimal", "date", "moment", "time", "span", "long")
}
_sum = _values["fraction"] + 1, _values["decimal"] * 2, float(_values["fraction"])
checks.close(_values["fraction"], 1 / 3, "a fraction")
checks.close(_values["decimal"], 0.1, "a decimal")
checks.close(_values["list"], [0.5, 1.5, 3], "a list")
_back = same([_values["fraction"], _values["decimal"], _values["span"]])
""",
    )
    for name in ("_values", "_types", "_sum", "_back"):
        assert alone[name] == apart[name], name


def test_a_decimal_that_would_fill_the_memory_stays_where_it_is(split):
    found = split.define("from decimal import Decimal\nlarge = Decimal('1E+999999999')")
    assert type(found["large"]).__name__ == "Decimal"
    with pytest.raises(TypeError):
        int(found["large"])


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
