"""`checks.answer`, `checks.judge`: what tests expect, as data."""

import json
import re

import numpy as np
import pytest
from keras import ops

from layerwise import checks
from layerwise.checks import expected


def fails(message):
    return pytest.raises(AssertionError, match=f"^{re.escape(message)}$")


@pytest.fixture
def beside(tmp_path, monkeypatch):
    """A function that writes the file into the working folder."""
    monkeypatch.chdir(tmp_path)

    def write(**answers):
        entries = {
            name: {
                "value": expected.to_data(value),
                "mistakes": {
                    key: expected.to_data(wrong) for key, wrong in mistakes.items()
                },
            }
            for name, (value, mistakes) in answers.items()
        }
        text = json.dumps({"answers": entries, "exercises": {"gram": 2}})
        (tmp_path / expected.FILE).write_text(text, encoding="utf-8")

    return write


def test_an_answer_is_held_against_the_file(beside):
    beside(gram=(np.eye(2), {"it is not scaled": 2 * np.eye(2)}))
    checks.answer(ops.eye(2), "gram")
    checks.answer([[1, 0], [0, 1]], "gram")
    with fails("gram: it is not scaled"):
        checks.answer(2 * np.eye(2, dtype="float32"), "gram")
    with fails("gram is wrong in 2 of 4 numbers, most at [0, 0]: 3; expected 1"):
        checks.answer(3 * np.eye(2), "gram")
    with fails("gram has shape (2,); expected (2, 2)"):
        checks.answer(np.ones(2), "gram")


def test_what_is_missing_is_told(beside):
    with pytest.raises(FileNotFoundError, match=r"expected.json is not in .* fetch"):
        checks.answer(1, "gram")
    beside(gram=(1, {}))
    with pytest.raises(KeyError, match="no answer to 'other'"):
        checks.answer(1, "other")


def test_a_changed_file_is_read_again(beside):
    beside(n=(1, {}))
    checks.answer(1, "n")
    beside(n=(222, {}))
    checks.answer(222, "n")


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        "text",
        3,
        2.5,
        float("inf"),
        [1, "a", None],
        {"a": [1, 2], "b": {}},
        {(1, 2): 3},
        np.zeros((0, 3)),
        np.arange(6).reshape(2, 3),
        [np.ones(2), np.ones((2, 2))],
    ],
)
def test_values_come_back_from_data(value):
    text = json.dumps(expected.to_data(value))
    checks.judge(value, expected.from_data(json.loads(text)))


def test_numbers_are_rounded_and_tensors_are_arrays():
    assert expected.to_data(1 / 3) == 0.333333
    assert expected.to_data(np.float32(1234567.0)) == 1234570.0
    assert expected.to_data(1234567) == 1234567
    found = expected.to_data(ops.ones((1, 2), dtype="bfloat16"))
    assert found == {"array": [[1.0, 1.0]], "shape": [1, 2]}
    with pytest.raises(TypeError, match="no data for a test"):
        expected.to_data(object())


@pytest.mark.parametrize(
    ("value", "wanted", "message"),
    [
        ([1, 2, 3], [1, 2], "y is [1, 2, 3]; expected [1, 2]"),
        ((1.0, 2.0, 3.0), [1.5, 2.0], "y has 3 entries; expected 2"),
        ([1, [2, 4]], [1, [2, 3]], "y[1] is [2, 4]; expected [2, 3]"),
        ([1.5, [2.5, 4.5]], [1.5, [2.5, 3.5]], "y[1][1] is 4.5; expected 3.5"),
        (5, [1, 2], "y is 5; expected a list of 2"),
        ({"a": 1}, {"b": 1}, "y is {'a': 1}; expected a dict with the keys ['b']"),
        ({"a": 1}, {"a": 2}, "y['a'] is 1; expected 2"),
        ("one", "two", "y is 'one'; expected 'two'"),
        (1, True, "y is 1; expected True"),
        (None, "a", "y is None; expected 'a'"),
        (0, None, "y is 0; expected None"),
        ("a", 1, "y is not an array of numbers. Received: 'a'"),
    ],
)
def test_the_message_names_place_and_value(value, wanted, message):
    with fails(message):
        checks.judge(value, wanted, what="y")


@pytest.mark.parametrize("value", [(1, 2), np.array([1, 2]), ops.arange(1, 3)])
def test_a_list_may_be_a_tuple_an_array_or_a_tensor(value):
    checks.judge(value, [1, 2])


def test_a_mistake_that_gives_what_is_right_is_no_mistake():
    checks.judge(4, 4, {"it is squared": 4})
    with fails("y is 5; expected 4"):
        checks.judge(5, 4, {"it is squared": 4}, "y")


def test_of_two_mistakes_that_give_the_same_none_is_named():
    mistakes = {"it is squared": 9, "it is tripled": 9, "it is doubled": 6}
    with fails("y is 9; expected 3"):
        checks.judge(9, 3, mistakes, "y")
    with fails("y: it is doubled"):
        checks.judge(6, 3, mistakes, "y")


def test_other_values_may_pass_too(beside, tmp_path):
    checks.judge(3, 2, {"one is added": 3}, "n", also=[3])
    with fails("n: two are added"):
        checks.judge(4, 2, {"two are added": 4}, "n", also=[3])
    beside(n=(2, {}))
    file = tmp_path / expected.FILE
    entries = json.loads(file.read_text(encoding="utf-8"))
    entries["answers"]["n"]["also"] = [expected.to_data(np.ones(2))]
    file.write_text(json.dumps(entries), encoding="utf-8")
    expected._read.cache_clear()
    checks.answer([1, 1], "n")
    checks.answer(2, "n")


def test_passing_prints_what_was_asked(capsys):
    checks.passed("shape", "values")
    checks.passed()
    assert capsys.readouterr().out == "passed: shape, values\npassed\n"


def test_unpack_counts():
    assert checks.unpack([1, 2], 2) == (1, 2)
    assert checks.unpack(np.array([1, 2]), 2) == (1, 2)
    with fails("y must be 2 values. Received: 3"):
        checks.unpack(3, 2, "y")
    with fails("y must be 2 values, not 3"):
        checks.unpack((1, 2, 3), 2, "y")


def test_an_exercise_is_known_by_its_functions(beside):
    assert expected.exercise_of(["gram"]) == "gram"
    beside(n=(1, {}))
    assert expected.exercise_of(["gram", "inner"]) == "exercise 2"
    assert expected.exercise_of(["other"]) == "other"
    assert expected.exercise_of([]) == "the exercise"
