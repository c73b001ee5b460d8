"""`layerwise.verdicts`: what data allow one to say."""

import math

import pytest

from layerwise import verdicts


@pytest.mark.parametrize(
    ("first", "second", "kind", "text"),
    [
        ([1, 2, 3], [4, 5, 6], "lower", "lower by 3.0 points: no run of one reaches"),
        ([4, 5, 6], [1, 2, 3], "higher", "higher by 3.0 points"),
        ([1, 2, 4], [3, 5, 6], "no difference", "the ranges overlap"),
        # Ranges that touch overlap; the means differ and do not decide.
        ([1, 1, 3], [3, 9, 9], "no difference", "the ranges overlap"),
        ([1, 2], [4, 5, 6], "too few seeds", "2 of at least 3 seeds"),
        ([], [4, 5, 6], "too few seeds", "0 of at least 3 seeds"),
    ],
)
def test_arms_differ_where_no_run_of_one_reaches_the_range_of_the_other(
    first, second, kind, text
):
    verdict = verdicts.compare(first, second)
    assert verdict.kind == kind
    assert text in str(verdict)


def test_the_unit_and_the_decimals_are_those_that_were_asked_for():
    verdict = verdicts.compare([1, 2, 3], [4, 5, 6.3], unit="dB", digits=2)
    assert str(verdict).startswith("lower by 3.10 dB")


def test_times_compare_by_the_ratio_of_medians():
    assert str(verdicts.compare_times([1, 1, 1.1], [2, 1.9, 9])) == "faster by 2.0"
    assert str(verdicts.compare_times([2, 1.9, 9], [1, 1, 1.1])) == "slower by 2.0"
    assert verdicts.compare_times([1, 3, 2], [2, 4, 5]).kind == "no difference"
    assert verdicts.compare_times([1, 3], [2, 4]).kind == "too few seeds"


@pytest.mark.parametrize("times", [[0, 1, 1], [1, -1, 1]])
def test_a_time_that_no_clock_gives_is_refused(times):
    with pytest.raises(ValueError, match="must be positive"):
        verdicts.compare_times(times, [1, 1, 1])


@pytest.mark.parametrize("rule", [verdicts.compare, verdicts.compare_times])
@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_what_is_no_number_is_refused(rule, value):
    with pytest.raises(ValueError, match="must be finite"):
        rule([1, 2, value], [4, 5, 6])
    with pytest.raises(ValueError, match="must be finite"):
        verdicts.within([1, 2, value], 0, 9)


def test_bounds_hold_for_every_run_and_include_their_ends():
    assert verdicts.within([1, 2, 3], 1, 3).kind == "yes"
    assert verdicts.within([1, 2, 3.1], 1, 3).kind == "no"
    assert verdicts.within([0.9, 2, 3], 1, 3).kind == "no"
    assert verdicts.within([1, 2, 3], 1, math.inf).kind == "yes"
    assert verdicts.within([2], 1, 3).kind == "too few seeds"


@pytest.mark.parametrize(
    ("says", "kinds"),
    [
        ("lower", {"lower"}),
        ("not lower", {"higher", "no difference"}),
        ("not higher", {"lower", "no difference"}),
        ("not faster", {"slower", "no difference"}),
        ("not slower", {"faster", "no difference"}),
        ("no difference", {"no difference"}),
        ("no", {"no"}),
    ],
)
def test_a_text_is_borne_out_by_what_it_says_and_by_nothing_else(says, kinds):
    all_kinds = {"lower", "higher", "faster", "slower", "yes", "no"}
    all_kinds |= {"no difference", "too few seeds"}
    assert {kind for kind in all_kinds if verdicts.bears_out(kind, says)} == kinds


def test_too_few_seeds_can_not_be_what_a_text_says():
    with pytest.raises(ValueError, match="says must be one of"):
        verdicts.bears_out("too few seeds", "too few seeds")


@pytest.mark.parametrize(
    ("kind", "claimed", "became"),
    [
        ("lower", "lower", "yes, here too"),
        ("higher", "lower", "the opposite here"),
        ("slower", "faster", "the opposite here"),
        ("no", "yes", "the opposite here"),
        ("no difference", "lower", "not reproduced here"),
        ("too few seeds", "lower", "not decided here"),
    ],
)
def test_what_became_of_a_claim(kind, claimed, became):
    assert verdicts.reproduced(kind, claimed) == became


def test_more_than_all_of_a_roof_is_refused():
    assert verdicts.share_of_roof(50, 200) == 0.25
    assert verdicts.share_of_roof(200, 200) == 1
    for rate in (201, -1, math.nan):
        with pytest.raises(ValueError, match="of a roof"):
            verdicts.share_of_roof(rate, 200)


def test_parts_that_are_not_the_whole_are_refused():
    assert verdicts.shares({"a": 1, "b": 3}, 4.1) == {"a": 0.25, "b": 0.75}
    for whole in (3.7, 4.3):
        with pytest.raises(ValueError, match="of the whole"):
            verdicts.shares({"a": 1, "b": 3}, whole)
