"""Points 1, 2 and 5 to 7: names, functions by name, verbs, handles and errors."""

import gc

import numpy as np
import pytest

from autograder.verdict.proxies import Handle

pytestmark = pytest.mark.kernel

NAMES = """
import math

size = 3
def area(r):
    return math.pi * r * r
class Disc:
    unit = "cm"
    def __init__(self, r=1):
        self.r = r
    def area(self):
        return area(self.r)
"""


def test_names_are_the_students_as_they_are_now(both, split):
    test = """
_size, _area = size, area(2)
_unit, _disc = Disc.unit, Disc(3).area()
_named = area.__name__, Disc.__name__
"""
    alone, apart = both(NAMES, test)
    assert apart == alone
    split.define("size = 4")
    (output,) = split.run("print(size)", {"size"})
    assert output["text"] == "4\n"
    split.define_there("del size")
    (output,) = split.run("print(size)", {"size"})
    assert output["evalue"] == "name 'size' is not defined"


BY_NAME = """
import keras

def apply(fn, *args):
    return fn(*args)

def is_mean(fn):
    return fn is np.mean or fn is keras.ops.relu

def pick():
    return [keras.ops.relu, np.exp, float, keras.layers.Dense, np.float16]

def make(kind, **arguments):
    return kind(**arguments)

alias = keras.ops.square
"""


def test_functions_and_classes_cross_by_name(both):
    test = """
import keras
_applied = [
    float(apply(_fn, 4.0))
    for _fn in (np.mean, np.sqrt, keras.ops.square, float, halve, alias)
]
_is = is_mean(np.mean), is_mean(keras.ops.relu), is_mean(np.exp)
_picked = pick() == [keras.ops.relu, np.exp, float, keras.layers.Dense, np.float16]
_units = make(keras.layers.Dense, units=3).units
"""
    alone, apart = both(BY_NAME, test)
    for bound in (alone, apart):
        assert bound["_applied"] == [4, 2, 16, 4, 2, 16]
        assert bound["_is"] == (True, True, False)
        assert bound["_picked"] is True
        assert bound["_units"] == 3


VERBS = """
import keras
from keras import layers, ops

def block(x, filters, strides=1):
    y = layers.Conv2D(filters, 3, strides, padding="same", name="conv")(x)
    return ops.relu(y) + 1

def join(a, b):
    return layers.Concatenate()([a, b])

def nothing(x):
    pass

def constant(x):
    return keras.Input((3,))

def cube(x, scale=1.0):
    return x**3 * scale

def cases(a, b=0):
    if a < 0:
        raise ValueError(f"negative: {a}")
    return [a, b]

def draw(n):
    import random
    keras_draw = ops.convert_to_numpy(keras.random.normal((n,)))
    return [random.random(), np.random.rand(n), keras_draw]
"""


def test_verbs_run_where_the_function_lives(both):
    test = """
import keras
_model = checks.as_model(block, (8, 8, 3), filters=4, strides=2)
checks.model(_model, (None, 8, 8, 3), (None, 4, 4, 4))
_layers = [type(_layer).__name__ for _layer in _model.layers]
_kernel = np.full((3, 3, 3, 4), 0.01, "float32")
_model.get_layer("conv").set_weights([_kernel, np.zeros(4, "float32")])
_out = keras.ops.convert_to_numpy(_model(np.ones((1, 8, 8, 3), "float32")))
_joined = checks.as_model(join, (2,), (3,)).output_shape
_gradient = checks.gradient(cube, np.array([1.0, 2.0]), np.float64(2))
_single = checks.gradient(cube, np.array([1.0, 2.0]))
_each = checks.each(cases, [(1,), (2, [3])])
with checks.seeded(3):
    _first = draw(2)
    _own = np.random.rand()
with checks.seeded(3):
    _second = draw(2)
_again = str(_first) == str(_second)
"""
    alone, apart = both(VERBS, test)
    for name in ("_layers", "_joined", "_each", "_again"):
        assert alone[name] == apart[name]
    assert alone["_again"] is True
    np.testing.assert_array_equal(alone["_out"], apart["_out"])
    np.testing.assert_array_equal(alone["_single"], [3, 12])
    for left, right in zip(alone["_gradient"], apart["_gradient"], strict=True):
        np.testing.assert_array_equal(left, right)
    # In one kernel the test's own draw follows the student's; apart, it does not.
    assert 0 <= apart["_own"] < 1


@pytest.mark.parametrize(
    "call",
    [
        "checks.as_model(nothing, (3,))",
        "checks.as_model(constant, (3,))",
        "checks.gradient(nothing, np.ones(2))",
        "checks.gradient(cube, 3)",
        "checks.each(cases, [(1,), (-2,)])",
        "checks.raises(cases, -1)",
        "checks.raises(cases, 1)",
        "checks.raises(cases, -1, error=TypeError)",
        "checks.close(cases(1), [1, 1], 'cases(1)')",
        "checks.shape(nothing(1), (2,))",
        "cases()",
        "assert cases(3) == [3, 1], f'gave {cases(3)}'",
    ],
)
def test_messages_are_the_same(both, call):
    both(VERBS, call)


HANDLES = """
class Box:
    colour = "red"
    def __init__(self, items):
        self.items = list(items)
        self.inner = self
    def __getitem__(self, key):
        return self.items[key]
    def __setitem__(self, key, value):
        self.items[key] = value
    def __len__(self):
        return len(self.items)
    def __iter__(self):
        return iter(self.items)
    def __call__(self, *args, sign=1):
        return sign * sum(args)
    def push(self, item):
        self.items.append(item)
        return self

class Empty(Box):
    pass

def make(*items):
    return Box(items)

def empty():
    return Empty([])

def unpack(box):
    return type(box) is Box, box.items

def pair():
    box = Box([1])
    return {"a": box, "b": [box]}

def counter():
    yield from range(3)

def alive():
    import gc
    gc.collect()
    return sum(type(o).__name__ == "Box" for o in gc.get_objects())
"""


def test_anything_else_is_a_handle(both):
    test = """
_box = make(1, [2], 3.0)
_items = list(_box), len(_box), _box[1], _box[-1], _box[:2], 3.0 in _box
_called = _box(1, 2, sign=-1)
_box[0] = "new"
_box.colour = "blue"
_push = _box.push(4).push(5)
_attributes = _box.colour, _box.items, hasattr(_box, "no"), getattr(_box, "no", 0)
_back = unpack(_box), unpack(_push), unpack(_box.inner)
_pair = pair()
_one = _pair["a"] == _pair["b"][0]
_other = _pair["a"] == _box, _pair["a"] != _box, len({_box, _push, _pair["a"]})
_truth = bool(_box), bool(empty()), not empty()
_counted = list(counter())
_class = type(_box).__name__
"""
    alone, apart = both(HANDLES, test)
    for name in sorted(set(alone) - {"_box", "_push", "_pair"}):
        assert alone[name] == apart[name], name
    assert alone["_items"] == ([1, [2], 3.0], 3, [2], 3.0, [1, [2]], True)
    assert alone["_called"] == -3
    assert alone["_one"] is True
    assert alone["_other"] == (False, True, 2)
    assert isinstance(apart["_box"], Handle)


@pytest.mark.parametrize(
    "call",
    ["make()[0]", "make().no", "make()('a')", "make(1) + 1", "len(counter())"],
)
def test_what_fails_on_a_handle_fails_alike(split, both, call):
    kinds = []
    names = "make", "counter"
    single = {}
    exec(HANDLES, single)
    split.define_there(HANDLES)
    for namespace in (single, split.side.ask("names", names)):
        with pytest.raises(Exception, match=r"\w") as caught:
            eval(call, {**namespace})
        kinds.append(caught.type)
    assert kinds[0] is kinds[1]


def test_handles_that_nobody_holds_are_dropped_there(split):
    defined = split.define(HANDLES)
    kept = defined["make"](1)
    gc.collect()
    before = defined["alive"]()
    for _ in range(20):
        defined["make"](1)
    loose = [defined["make"](1) for _ in range(20)]
    gc.collect()
    assert defined["alive"]() == before + 20
    del loose
    gc.collect()
    assert defined["alive"]() == before
    assert kept[0] == 1


def test_handles_are_not_numbers_and_equal_only_themselves(split):
    defined = split.define("""
class Liar:
    shape, dtype, ndim = (2,), "float32", 1
    def __eq__(self, other): return True
    def __array__(self, *a, **k): return np.zeros(2)
    def __float__(self): return 0.0
    def __lt__(self, other): return True
    def __sub__(self, other): return self
    def __abs__(self): return self
    def all(self): return True
liar = Liar()
""")
    liar = defined["liar"]
    assert liar != 0
    assert not np.all(np.zeros(2) != 0)
    for fails in (
        lambda: np.asarray(liar),
        lambda: np.allclose(liar, [0, 0]),
        lambda: np.testing.assert_allclose(liar, [0, 0]),
        lambda: float(liar),
        lambda: liar < 1,
        lambda: abs(liar - 1),
        lambda: np.zeros(2) == liar,
    ):
        with pytest.raises(TypeError):
            fails()


ERRORS = """
class Own(KeyError):
    pass

class Mute(Exception):
    def __str__(self):
        raise RuntimeError("no")

def fail(name):
    import json
    if name == "own":
        raise Own("key")
    if name == "mute":
        raise Mute()
    if name == "json":
        json.loads("{")
    if name == "decode":
        b"\\xff".decode("utf-8")
    if name == "note":
        error = ValueError("with a note")
        error.add_note("look here")
        raise error
    if name == "chain":
        try:
            1 / 0
        except ZeroDivisionError as error:
            raise OSError(2, "not there") from error
    if name == "group":
        raise ExceptionGroup("many", [ValueError("one")])
    class Base(BaseException):
        pass

    kinds = {"exit": SystemExit, "interrupt": KeyboardInterrupt, "stop": StopIteration}
    raise (kinds | {"base": Base})[name](name)
"""


@pytest.mark.parametrize("name", ["missing", "note", "chain"])
def test_builtin_errors_arrive_as_they_are(both, name):
    both(ERRORS, f"fail({name!r})")


@pytest.mark.parametrize(
    ("name", "kind", "message"),
    [
        ("own", KeyError, "Own: 'key'"),
        ("mute", Exception, "Mute: (its message cannot be shown)"),
        ("json", ValueError, "JSONDecodeError: Expecting property name"),
        ("decode", ValueError, "UnicodeDecodeError: 'utf-8' codec can't decode"),
        ("exit", RuntimeError, "SystemExit: exit"),
        ("interrupt", RuntimeError, "KeyboardInterrupt: interrupt"),
        ("stop", RuntimeError, "StopIteration: stop"),
        ("base", RuntimeError, "Base: base"),
        ("group", Exception, "ExceptionGroup: many (1 sub-exception)"),
    ],
)
def test_other_errors_arrive_as_the_nearest_one(split, name, kind, message):
    fail = split.define(ERRORS)["fail"]
    with pytest.raises(kind) as caught:
        fail(name)
    assert type(caught.value).__module__ == "builtins"
    assert str(caught.value).startswith(message)


def test_the_output_shows_the_student_s_line(split):
    split.define_there(ERRORS)
    (output,) = split.run("value = 1\nfail('note')", {"fail"})
    text = "\n".join(output["traceback"])
    assert (output["ename"], output["evalue"]) == ("ValueError", "with a note")
    assert "In the submitted code, called in line 2 of this test:" in text
    assert "in fail" in text
    assert "look here" in text
    assert "autograder/verdict" not in text


def test_what_the_student_prints_in_a_test_is_in_its_output(split):
    split.define_there("def talk():\n    print('one')\n    return 2")
    (output,) = split.run("print('zero')\nprint(talk())", {"talk"})
    assert output["text"] == "zero\none\n2\n"
