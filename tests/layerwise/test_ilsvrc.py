"""`layerwise.ilsvrc`: the table of winners."""

import matplotlib.pyplot as plt
import pytest

from layerwise import ilsvrc


def test_winners_are_those_of_the_slides():
    found = [(row["year"], row["top5_error"]) for row in ilsvrc.winners()]
    assert found == [
        (2010, 28.2),
        (2011, 25.8),
        (2012, 16.4),
        (2012, 15.3),
        (2013, 11.7),
        (2014, 6.7),
        (2015, 3.57),
    ]


def test_rows_are_typed_and_cited():
    rows = ilsvrc.results()
    assert [row["year"] for row in rows] == sorted(row["year"] for row in rows)
    for row in rows:
        assert type(row["winner"]) is bool
        assert row["nets"] in ("none", "single", "ensemble")
        assert row["split"] in ("test", "validation")
        assert row["depth"] is None or row["depth"] >= 8
        assert "et al." in row["source"] or "Zisserman" in row["source"]
        assert row["team"]
        assert row["method"]


def test_what_a_figure_is():
    rows = ilsvrc.results()
    # Winning figures are on test images, and since 2012 of several networks.
    for row in ilsvrc.winners():
        assert row["split"] == "test"
        assert row["nets"] == ("none" if row["year"] < 2012 else "ensemble")
    # A single network is worse than the ensemble of its kind.
    for row in rows:
        if row["nets"] == "single":
            assert row["split"] == "validation"
            same = [other for other in ilsvrc.winners() if other["year"] == row["year"]]
            assert all(other["top5_error"] < row["top5_error"] for other in same)


def test_people():
    first, second = ilsvrc.HUMANS
    assert (first["top5_error"], first["images"]) == (5.1, 1500)
    assert (second["top5_error"], second["images"]) == (12.0, 258)


def test_chance_is_that_of_counts():
    # Russakovsky et al. (2015), section 6.4, have p = 0.022 for these errors.
    assert ilsvrc.chance_of_difference(5.1, 6.8, 1500) == pytest.approx(0.025, abs=5e-4)
    assert ilsvrc.chance_of_difference(5.1, 5.1, 1500) == pytest.approx(0.5)
    assert ilsvrc.interval(5.1, 1500) == pytest.approx(1.11, abs=0.01)
    assert ilsvrc.interval(5.1, 6000) == pytest.approx(1.11 / 2, abs=0.01)


def test_each_winner_has_a_bar_and_each_single_network_a_mark():
    _, ax = plt.subplots()
    ilsvrc.draw_winners(ax, 5.1, 1.1)
    bars = [patch.get_height() for patch in ax.patches if patch.get_width() < 1]
    assert bars == [row["top5_error"] for row in ilsvrc.winners()]
    marks = [line.get_ydata()[0] for line in ax.lines if line.get_marker() == "D"]
    assert marks == [18.2, 10.07, 4.49]
    plt.close()
