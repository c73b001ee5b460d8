"""Wrong and right answers that are made by machine."""

import pytest

from autograder.proof.mutants import right_mutants, wrong_mutants

SOURCE = '''\
def area(width, height=2, *, closed=True):
    """Multiplies."""
    result = width * height
    result += 1
    if closed and width > 3:
        note(result)
    return (result, "same")
'''


def names(source=SOURCE, used=None, helpers=None):
    return {m.name for m in wrong_mutants({"area": source}, used or {}, helpers or {})}


@pytest.mark.parametrize(
    "name",
    [
        "area: 2 to 3",
        "area: True to False",
        "area: 'same' to 'valid'",
        "area: `width * height` to `width / height`",
        "area: `result += 1` to `result -= 1`",
        "area: `closed and width > 3` to `closed or width > 3`",
        "area: `width > 3` to `width >= 3`",
        "area: `(result, 'same')` to `('same', result)`",
        "area: without `result += 1`",
        "area: without `if closed and width > 3: note(result)`",
        "area: without `note(result)`",
    ],
)
def test_one_thing_is_changed(name):
    assert name in names()


def test_a_docstring_is_no_constant():
    assert not any("Multiplies" in name for name in names())


def test_a_parameter_is_fixed_to_what_visible_tests_use():
    (mutant,) = [
        mutant
        for mutant in wrong_mutants(
            {"area": SOURCE}, {"area": {"height": 7, "closed": True}}, {}
        )
        if "always height" in mutant.name
    ]
    assert mutant.name == "area: always height = 7"
    found = {}
    exec(mutant.sources["area"], {"note": print}, found)
    assert found["area"](2, 3) == (15, "same")


def test_a_given_function_is_returned_as_the_answer():
    found = names(helpers={"slow": ["x", "y"], "many": ["a", "b", "c"], "none": []})
    assert "area: `return slow(width, height)`" in found
    assert not any("many" in name or "none" in name for name in found)


def test_each_changed_cell_is_code_and_differs():
    mutants = wrong_mutants({"area": SOURCE}, {}, {})
    texts = [mutant.sources["area"] for mutant in mutants]
    for text in texts:
        compile(text, "<mutant>", "exec")
    assert len(set(texts)) == len(texts)
    assert len({mutant.name for mutant in mutants}) == len(mutants)


def test_names_of_equal_changes_are_numbered():
    found = names("def f(x):\n    return 2 * x + 2\n")
    assert {"f: 2 to 3", "f: 2 to 3 (2)"} <= found


def test_results_come_in_other_forms():
    source = "def f(x):\n    return x, 1\n\n\ndef g(x):\n    return 2 * x\n"
    mutants = right_mutants({"f": source}, {"f": ["tuple"], "g": ["number"]})
    found = {mutant.name: mutant.sources["f"] for mutant in mutants}
    assert set(found) == {
        "f: tuple as list",
        "g: number as NumPy",
        "g: number as array",
        "g: number as tensor",
    }
    names = {}
    exec(found["f: tuple as list"], names)
    assert names["f"](3) == [3, 1]
    exec(found["g: number as array"], names)
    assert names["g"](3).shape == ()
