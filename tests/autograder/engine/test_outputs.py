"""What of a kernel's messages becomes part of a notebook."""

import pytest

from autograder.engine.outputs import cut, cut_error, is_nested_deeper, keep_text


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
    keep_text(content)
    assert content == {"data": kept, "metadata": {}}


def test_depth_is_told():
    deep = []
    for _ in range(30):
        deep = [deep, {"a": 1}]
    assert is_nested_deeper(deep, 20)
    assert not is_nested_deeper(deep, 40)
    assert not is_nested_deeper("a", 1)


def test_an_error_is_cut_and_never_dropped():
    content = {"ename": "E", "evalue": "x" * 100, "traceback": ["a" * 8, "b" * 8, "c"]}
    assert cut_error(content, 10) == len("E") + len(content["evalue"]) + len(
        "".join(content["traceback"])
    )
    assert content["evalue"] == "x" * 10 + " [100 characters]"
    assert content["traceback"] == ["a" * 8, "b" * 2 + " [8 characters]"]
    with pytest.raises(TypeError):
        cut(5, 10)
