"""What the winners of ILSVRC's classification task reached, 2010 to 2015.

ILSVRC is the ImageNet Large Scale Visual Recognition Challenge (Russakovsky et al.,
2015, arXiv:1409.0575). All figures are quoted; each row of the table has its source.
"""

import csv
import math
from pathlib import Path

from layerwise import plots

TABLE = Path(__file__).parent / "data_files" / "ilsvrc_winners.csv"
NUM_CLASSES = 1000
NUM_TEST = 100_000  # test images of 2012 to 2014, Table 2
# Section 6.4: two people, each on images of the test set. The first had practised on
# 500 images before, the second on 100.
HUMANS = (
    {"name": "A1", "top5_error": 5.1, "images": 1500},
    {"name": "A2", "top5_error": 12.0, "images": 258},
)
# GoogLeNet on the 1,500 images of A1.
GOOGLENET_ON_SAMPLE = 6.8


def results():
    """Reads the table.

    Returns:
        List of dictionaries, by year. Keys: `year` (integer), `team` and `method`
        (strings), `winner` (boolean: the figure with which a team won its year; two
        for 2012, without and with extra training data), `top5_error` (float, per
        cent), `depth` (integer, layers with weights of the deepest net; `None` where
        there is no net or its depth was not published), `nets` (`"none"`, `"single"`
        or `"ensemble"`), `split` (`"test"` or `"validation"`), `source` (string).
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [_typed(row) for row in csv.DictReader(file)]


def winners():
    """Lists the winning figures only.

    Returns:
        List of the dictionaries of `results` whose `winner` is true.
    """
    return [row for row in results() if row["winner"]]


def interval(error, images):
    """Says how far chance alone moves an error that was counted.

    Args:
        error: Float, in per cent.
        images: Integer, how many were counted.

    Returns:
        Float, half the width of the 95 % interval, in points.
    """
    share = error / 100
    return 196 * math.sqrt(share * (1 - share) / images)


def chance_of_difference(first, second, images):
    """Tests whether two errors differ, each counted on as many images (a z-test).

    Args:
        first: Float, in per cent.
        second: Float, in per cent, the larger one.
        images: Integer.

    Returns:
        Float, the one-sided p: how often chance makes so large a difference where
        there is none.
    """
    both = (first + second) / 200
    z = (second - first) / 100 / math.sqrt(2 * both * (1 - both) / images)
    return math.erfc(z / math.sqrt(2)) / 2


def draw_winners(ax, human, half):
    """Draws the winning figures as bars, with what one network and one person had.

    Args:
        ax: Matplotlib axes.
        human: Float, a person's top-5 error in per cent.
        half: Float, half the width of its interval.
    """
    kinds = {
        "none": (plots.GREY, "features by hand"),
        "ensemble": (plots.BLUE, "several networks together"),
    }
    rows = winners()
    for place, row in enumerate(rows):
        color, kind = kinds[row["nets"]]
        ax.bar(place, row["top5_error"], 0.7, color=color, label=kind)
        text = f"{row['top5_error']:g} %"
        text += f"\n{row['depth']} layers" if row["depth"] else ""
        text += "\nextra data" if "extra" in row["method"] else ""
        height = max(row["top5_error"], human + half) + 0.5
        ax.text(place, height, text, ha="center", linespacing=1.3)
    singles = {row["method"]: row for row in results() if row["nets"] == "single"}
    for row in singles.values():
        place = [winner["year"] for winner in rows].index(row["year"])
        look = {"color": plots.INK, "mfc": "white", "ms": 7, "linestyle": ""}
        label = "one network, validation images"
        ax.plot(place + 0.43, row["top5_error"], "D", label=label, **look)
    ax.axhspan(human - half, human + half, color=plots.ORANGE, alpha=0.3, lw=0)
    ax.axhline(human, color=plots.ORANGE, label="one trained person, 1,500 images")
    ax.set_xticks(range(len(rows)), [f"{r['year']}\n{r['team']}" for r in rows])
    ax.set(ylabel="top-5 error (%)", ylim=(0, 32))
    ax.grid(visible=False, axis="x")
    once = dict(zip(*reversed(ax.get_legend_handles_labels()), strict=True))
    ax.legend(once.values(), once.keys())


def _typed(row):
    return row | {
        "year": int(row["year"]),
        "winner": row["winner"] == "yes",
        "top5_error": float(row["top5_error"]),
        "depth": int(row["depth"]) if row["depth"] else None,
    }
