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
