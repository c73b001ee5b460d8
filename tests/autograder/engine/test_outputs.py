"""Outputs that are cut."""

import pytest

from autograder.engine.outputs import cut_error, is_nested_deeper, keep_text


def test_how_deep_data_is_nested():
    deep = {}
    for _ in range(60):
        deep = {"a": [deep]}
    assert is_nested_deeper(deep, 100)
    assert not is_nested_deeper(deep, 125)
    assert not is_nested_deeper("text", 1)
    # As deep as JSON can be: the check itself does not recurse.
    for _ in range(5_000):
        deep = [deep]
    assert is_nested_deeper(deep, 50)


def test_all_parts_of_an_error_are_cut():
    content = {"ename": "N" * 10**6, "evalue": "e" * 10**6, "traceback": ["t" * 10**5]}
    content["traceback"] *= 200
    assert cut_error(content, 10_000) < 25_000
    assert len(str(content)) < 26_000
    assert content["evalue"].endswith("[1,000,000 characters]")


@pytest.mark.parametrize("name", ["ename", "evalue", "traceback"])
def test_an_error_of_other_types_is_none(name):
    content = {"ename": "E", "evalue": "e", "traceback": ["t"], name: [7]}
    with pytest.raises(TypeError):
        cut_error(content, 10)


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"text/plain": "a"}, {"text/plain": "a"}),
        ({"text/plain": ["a\n", "b"]}, {"text/plain": ["a\n", "b"]}),
        ({"application/json": 5}, {"application/json": 5}),
        ({"application/json": [[], []]}, {"application/json": None}),
        ({"application/x+json": {"a": 1}}, {"application/x+json": None}),
        ({"text/plain": {"a": "b"}, "text/html": "c"}, {"text/html": "c"}),
    ],
)
def test_of_nested_data_only_the_kind_is_kept(data, kept):
    content = {"data": data, "metadata": {"image/png": {"width": [1]}}}
    assert keep_text(content)
    assert content == {"data": kept, "metadata": {}}


@pytest.mark.parametrize("data", [[], 5, {"text/plain": 5}, {"text/html": {"a": 1}}])
def test_data_of_which_nothing_is_left_are_no_output(data):
    assert not keep_text({"data": data, "metadata": {}})
    assert keep_text({"name": "stdout", "text": "a"})
