"""What tests expect, as data: numbers in a file beside the notebook.

An author writes the formulas, and what common mistakes would give, in cells of the
source that no notebook has. They are evaluated when the course is built. A test that a
student opens names its question, and finds here what should come out.
"""

import json
import math
from functools import lru_cache
from pathlib import Path

import numpy as np
from keras import ops

from layerwise.checks.assertions import close, describe

FILE = "expected.json"
# Significant digits that are kept of a number, so that all machines keep the same ones.
DIGITS = 6
# Lists of so few names or whole numbers are shown whole.
FEW = 12


def answer(value, question, rtol=1e-3, atol=1e-5):
    """Asserts that a value is the answer that the assignment's file has to a question.

    Args:
        value: What the student's function returned.
        question: String, such as `"gram of features (1, 2, 3, 2)"`: the name of the
            answer in the file, and of the value in messages.
        rtol: Float, tolerance relative to the answer.
        atol: Float, absolute tolerance.

    Raises:
        AssertionError: If it is another value; the message names the mistake if it is
            that of a known one.
        FileNotFoundError: If the file is not in the working folder.
        KeyError: If the file has no such question.
    """
    answers = load()["answers"]
    if question not in answers:
        raise KeyError(f"{FILE} has no answer to {question!r}: fetch it anew")
    entry = answers[question]
    mistakes = {name: from_data(wrong) for name, wrong in entry["mistakes"].items()}
    also = [from_data(other) for other in entry.get("also", ())]
    judge(value, from_data(entry["value"]), mistakes, question, rtol, atol, also)


def judge(
    value,
    expected,
    mistakes=None,
    what="the output",
    rtol=1e-3,
    atol=1e-5,
    also=(),
):
    """Asserts that a value is the one expected, and names a known mistake.

    Args:
        value: What the student's function returned.
        expected: Number, array, text, `None`, or lists, tuples and dicts of them. A
            list stands for a tuple or an array too.
        mistakes: Dict from what a mistake is called to what it would give. One that
            gives what is expected is left out.
        what: String, the value's name in messages.
        rtol: Float, tolerance relative to `expected`.
        atol: Float, absolute tolerance.
        also: List of other values that pass: what the text leaves open, or what a
            mistake gives that another test judges.

    Raises:
        AssertionError: If it is another value.
    """
    if any(agree(value, other, rtol, atol) for other in also):
        return
    try:
        _same(value, expected, what, rtol, atol)
    except AssertionError as error:
        made = [
            name
            for name, wrong in (mistakes or {}).items()
            if agree(value, wrong, rtol, atol)
            and not agree(wrong, expected, 10 * rtol, atol)
        ]
        # Where two mistakes give the same, either name may be wrong.
        if len(made) == 1:
            raise AssertionError(f"{what}: {made[0]}") from None
        raise AssertionError(str(error)) from None


def passed(*checked):
    """Prints what a test has found to be right.

    Args:
        *checked: Strings, such as `"shape"` and `"values"`.
    """
    print(f"passed: {', '.join(checked)}" if checked else "passed")


def agree(value, expected, rtol=1e-3, atol=1e-5):
    """Returns whether a value is the one expected, as `judge` compares them."""
    try:
        _same(value, expected, "", rtol, atol)
    except AssertionError:
        return False
    return True


def _same(value, expected, what, rtol, atol):
    """Raises an AssertionError unless a value is the one expected."""
    if isinstance(expected, dict):
        fits = isinstance(value, dict) and set(value) == set(expected)
        assert fits, (
            f"{what} is {_shown(value)}; expected a dict with the keys "
            f"{sorted(map(str, expected))}"
        )
        for key, wanted in expected.items():
            _same(value[key], wanted, f"{what}[{key!r}]", rtol, atol)
    elif isinstance(expected, list | tuple):
        items = _items(value)
        assert items is not None, (
            f"{what} is {_shown(value)}; expected a list of {len(expected)}"
        )
        if len(expected) <= FEW and all(_is_name(item) for item in expected):
            names = [x.item() if hasattr(x, "item") else x for x in items]
            fits = names == list(expected)
            assert fits, f"{what} is {_shown(names)}; expected {list(expected)}"
            return
        assert len(items) == len(expected), (
            f"{what} has {len(items)} entries; expected {len(expected)}"
        )
        for place, (item, wanted) in enumerate(zip(items, expected, strict=True)):
            _same(item, wanted, f"{what}[{place}]", rtol, atol)
    elif expected is None or isinstance(expected, str | bool):
        plain = value.item() if isinstance(value, np.generic) else value
        fits = type(plain) is type(expected) and plain == expected
        assert fits, f"{what} is {_shown(value)}; expected {expected!r}"
    else:
        close(value, expected, what, rtol, atol)


def _is_name(item):
    """Returns whether an item is compared as a whole: a text, or a whole number."""
    return isinstance(item, int | str) and not isinstance(item, bool)


def _items(value):
    """Returns the items of what counts as a list, else `None`."""
    if isinstance(value, list | tuple):
        return value
    dims = getattr(value, "shape", None)
    if dims is None or len(dims) == 0:
        return None
    return ops.convert_to_numpy(value)


def _shown(value):
    """Returns a short text for a value, with its items where they are few."""
    if isinstance(value, list | tuple | dict) and len(text := repr(value)) <= 80:
        return text
    return describe(value)


def to_data(value):
    """Returns a value as the file holds it.

    Args:
        value: Number, array, tensor, text, `None`, or lists, tuples and dicts of them.

    Returns:
        What JSON holds: an array as `{"array": lists, "shape": list}`, a dict as
        `{"dict": pairs}`; numbers with `DIGITS` significant digits.

    Raises:
        TypeError: If it is something else.
    """
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, dict):
        return {"dict": [[to_data(k), to_data(v)] for k, v in value.items()]}
    if isinstance(value, list | tuple):
        return [to_data(item) for item in value]
    if isinstance(value, int | float | np.number | np.bool_):
        return _rounded(np.asarray(value).item())
    if hasattr(value, "shape"):
        array = ops.convert_to_numpy(value)
        if array.dtype.kind in "biuf" or array.dtype.name == "bfloat16":
            if array.dtype.kind not in "biu":
                array = np.asarray(array, "float64")
            return {"array": _rounded(array.tolist()), "shape": list(array.shape)}
    raise TypeError(f"no data for a test: {describe(value)}")


def _rounded(value):
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, float) and math.isfinite(value):
        return float(f"{value:.{DIGITS}g}")
    return value


def from_data(data):
    """Returns the value that `to_data` was given: an array for a tensor."""
    if isinstance(data, list):
        return [from_data(item) for item in data]
    if isinstance(data, dict) and "array" in data:
        return np.reshape(np.asarray(data["array"]), data["shape"])
    if isinstance(data, dict):
        return {_key(key): from_data(item) for key, item in data["dict"]}
    return data


def _key(data):
    return tuple(map(_key, data)) if isinstance(data, list) else data


def load():
    """Returns what the file in the working folder holds.

    Raises:
        FileNotFoundError: If there is none.
    """
    path = Path(FILE).absolute()
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise FileNotFoundError(
            f"{FILE} is not in {path.parent}. It came with the assignment and lies "
            "beside its notebook: fetch the assignment anew, or copy the file there"
        ) from None


@lru_cache(maxsize=8)
def _read(path, changed):
    return json.loads(path.read_text(encoding="utf-8"))


def exercise_of(functions):
    """Returns what the exercise is called in which a function is written.

    Args:
        functions: Strings, the names of the functions that were running, the innermost
            last.

    Returns:
        `"exercise 2"`, or the innermost function's name if the file does not know it.
    """
    try:
        numbers = load()["exercises"]
    except (OSError, ValueError, KeyError, TypeError):
        numbers = {}
    for name in reversed(functions):
        if name in numbers:
            return f"exercise {numbers[name]}"
    known = bool(functions) and functions[-1].isidentifier()
    return functions[-1] if known else "the exercise"
