"""What the winners of ILSVRC's classification task reached, 2010 to 2015.

ILSVRC is the ImageNet Large Scale Visual Recognition Challenge (Russakovsky et al.,
2015, arXiv:1409.0575). All figures are quoted; each row of the table has its source.
"""

import csv
from pathlib import Path

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


def _typed(row):
    return row | {
        "year": int(row["year"]),
        "winner": row["winner"] == "yes",
        "top5_error": float(row["top5_error"]),
        "depth": int(row["depth"]) if row["depth"] else None,
    }
