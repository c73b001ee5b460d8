"""Points 2 and 4: data cross by value, and what is changed in place comes back."""

import ml_dtypes
import numpy as np
import pytest

from autograder.verdict import keras_objects

pytestmark = pytest.mark.kernel

NAN = float("nan")
VALUES = {
    "none": None,
    "bools": [True, False],
    "ints": [0, -1, 2**63, -(2**64), 10**400],
    "floats": [0.1, -0.0, float("inf"), -float("inf"), NAN, 5e-324],
    "complex": [1j, complex(-0.0, NAN)],
    "strings": ["", "ä 残差 🙂", "\x00\n", "lone \ud800", '"\\'],
    "bytes": [b"", b"\x00\xff"],
    "tuples": [(), (1, (2, [3]))],
    "sets": [set(), {1, "a", (2, 3), None}, frozenset({frozenset({1})})],
    "dicts": [
        {},
        {1: "a", (1, 2): [3], None: NAN, False: {}, 2.5: b"x", "t": {"t": 1}},
    ],
    "nan key": {NAN: 1},
    "order": {"z": 1, "a": 2, "m": 3},
    "slices": [slice(None), slice(1, None, -2), ..., range(3, 12, 4)],
    "types": [int, float, list, ValueError, np.float32, np.ndarray],
    "dtypes": [np.dtype("float32"), np.dtype(">i2"), np.dtype(ml_dtypes.bfloat16)],
    "scalars": [
        np.float32(0.1),
        np.int8(-3),
        np.bool_(True),
        np.complex64(1j),
        np.str_("ä"),
        np.datetime64("2027-03-14"),
        ml_dtypes.bfloat16(1.5),
    ],
}
DTYPES = (
    *"?bBhHiIlLqQefdgFDG",
    ">f4",
    "S3",
    "U2",
    "M8[s]",
    "m8[ms]",
    ml_dtypes.bfloat16,
    ml_dtypes.float8_e4m3fn,
    ml_dtypes.int4,
)


def same(left, right):
    """Returns whether two values agree in type, bits and structure."""
    if type(left) is not type(right):
        return False
    if isinstance(left, np.ndarray | np.generic):
        return (
            left.dtype == right.dtype
            and left.shape == right.shape
            and left.tobytes() == right.tobytes()
        )
    if isinstance(left, dict):
        return len(left) == len(right) and all(
            same(a, b)
            for pair in zip(left.items(), right.items(), strict=True)
            for a, b in zip(*pair, strict=True)
        )
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, float):
        return np.float64(left).tobytes() == np.float64(right).tobytes() or (
            left != left and right != right
        )
    if isinstance(left, complex):
        return same([left.real, left.imag], [right.real, right.imag])
    return left == right


@pytest.fixture(scope="module")
def echo(split):
    """A student's function that returns its argument's parts in a new list."""
    return split.define("def echo(x):\n    return [x]")["echo"]


@pytest.mark.parametrize("name", VALUES)
def test_values_go_there_and_back(echo, name):
    (received,) = echo(VALUES[name])
    assert same(received, VALUES[name])


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (3, 2)], ids=str)
def test_arrays_keep_dtype_and_shape(echo, dtype, shape):
    count = int(np.prod(shape))
    value = np.arange(count).reshape(shape).astype(np.dtype(dtype))
    (received,) = echo(value)
    assert same(received, value)
    assert received.flags.writeable


@pytest.mark.parametrize(
    "value",
    [
        np.arange(12).reshape(3, 4)[:, ::-2],
        np.asfortranarray(np.eye(3)[:2]),
        np.broadcast_to(np.float32(2), (2, 3)),
        np.arange(6).reshape(2, 3).T,
    ],
    ids=["strided", "fortran", "broadcast", "transposed"],
)
def test_arrays_of_any_layout(echo, value):
    (received,) = echo(value)
    assert received.dtype == value.dtype
    np.testing.assert_array_equal(received, value)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "int64", "bool", "float16"])
@pytest.mark.parametrize("shape", [(), (2, 3), (0, 4)], ids=str)
def test_tensors_stay_tensors(echo, dtype, shape):
    from keras import ops

    value = ops.ones(shape, dtype)
    (received,) = echo(value)
    assert ops.is_tensor(received)
    # TensorFlow 2.21 makes no array of a single bfloat16.
    assert same(keras_objects.to_numpy(received), keras_objects.to_numpy(value))
    assert received.dtype == value.dtype


SUBCLASSES = """
import collections, enum

Point = collections.namedtuple("Point", "x y")
Colour = enum.IntEnum("Colour", "RED GREEN")

class Text(str):
    def __eq__(self, other):
        return True
    __hash__ = str.__hash__

class Number(float):
    def __eq__(self, other):
        return True

class Array(np.ndarray):
    def __eq__(self, other):
        return np.bool_(True)

def make():
    ordered = collections.OrderedDict(a=1)
    array = np.zeros(2).view(Array)
    return [Point(1, 2), Colour.GREEN, Text("t"), Number(2), ordered, array]
"""


def test_subclasses_cross_as_what_they_hold(split):
    received = split.define(SUBCLASSES)["make"]()
    assert same(received, [(1, 2), 2, "t", 2.0, {"a": 1}, np.zeros(2)])


SHARING = """
def share():
    part = [1]
    array = np.zeros(2)
    return {"first": part, "second": (part, array), "third": array}

def cycle():
    ring = [1]
    ring.append((ring,))
    ring.append({"self": ring})
    return ring

def is_one(a, b):
    return a is b

def give(x):
    return x
"""


def test_one_object_stays_one(both):
    test = """
_shared = share()
_shared["first"].append(2)
_shared["third"][0] = 5
_same = _shared["second"][0], _shared["second"][1].tolist()
_ring = cycle()
_ring[1][0][0] = 7
_sevens = _ring[0], _ring[2]["self"][0]
_array, _list = np.zeros(2), [0]
_ones = is_one(_array, _array), is_one(_list, _list), is_one(_list, [0])
_mine = give(_list)
_mine.append(1)
_mine = _list
"""
    alone, apart = both(SHARING, test)
    for name, value in {
        "_same": ([1, 2], [5.0, 0.0]),
        "_sevens": (7, 7),
        "_ones": (True, True, False),
        "_mine": [0, 1],
    }.items():
        assert alone[name] == apart[name] == value, name


CHANGES = """
def change(array, numbers, table, names, fail=False):
    array += 1
    array[0] = np.nan
    numbers.append(len(numbers))
    numbers[0] = [array, numbers]
    table["new"] = {"deep": table.pop("old")}
    names.discard("a")
    names.add("c")
    if fail:
        raise ValueError("after the damage")
    return array, numbers

def look(array, numbers):
    return float(array.sum()) + sum(numbers)

def clear(numbers, table):
    numbers.clear()
    table.clear()

def swap(pair):
    pair[0], pair[1] = pair[1], pair[0]

def write(array):
    array[0] = 1
"""


@pytest.mark.parametrize("fail", [False, True])
def test_what_is_changed_in_place_comes_back(both, fail):
    test = f"""
_array = np.arange(6.0).reshape(2, 3)[:, ::2]
_numbers, _table, _names = [1, 2], {{"old": [3]}}, {{"a", "b"}}
_inner = _table["old"]
_error = ""
try:
    _a, _n = change(_array, _numbers, _table, _names, fail={fail})
    _a[1, 1] = 40
    _n.append("end")
except ValueError as error:
    _error = str(error)
_inner.append("inner")
_numbers[0][0][1, 0] = 30
_ring = _numbers[0][1] == _numbers
_seen = _array.tolist(), _numbers[1:], _table, _names, _error
"""
    alone, apart = both(CHANGES, test)
    assert same(apart["_seen"], alone["_seen"])
    assert alone["_error"] == ("after the damage" if fail else "")
    assert alone["_array"][1, 0] == apart["_array"][1, 0] == 30
    assert alone["_table"] == apart["_table"] == {"new": {"deep": [3, "inner"]}}


def test_what_is_not_changed_stays(both):
    test = """
import collections
_array, _numbers = np.arange(3.0), [1, 2]
_kept = _numbers
_sum = look(_array, _numbers)
_same = _kept is not None and _numbers == [1, 2] and _array.tolist() == [0, 1, 2]
_list, _dict = [[1], [2]], collections.OrderedDict(a=1)
_first = _list[0]
swap(_list)
_first.append("f")
clear([1], _dict)
_order, _empty = _list, len(_dict)
"""
    alone, apart = both(CHANGES, test)
    assert alone["_sum"] == apart["_sum"] == 6.0
    assert alone["_same"] is apart["_same"] is True
    assert alone["_order"] == apart["_order"] == [[2], [1, "f"]]
    assert alone["_empty"] == apart["_empty"] == 0


def test_a_read_only_array_is_read_only_there(both):
    test = """
_array = np.zeros(2)
_array.flags.writeable = False
write(_array)
"""
    both(CHANGES, test)


def test_parts_without_names_are_handles_and_objects_of_the_test_are_refused(echo):
    with pytest.raises(TypeError, match="object of the test's own cannot be sent"):
        echo(object())
    with pytest.raises(TypeError, match="function of the test's own"):
        echo(lambda: 1)
    with pytest.raises(TypeError, match="ndarray of the test's own"):
        echo(np.array([None, []], dtype=object))
