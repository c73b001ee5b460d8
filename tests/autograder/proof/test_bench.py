"""The bench: both sides grade the same, and the figures mean what they say."""

import json

import pytest

from autograder.cli import main
from autograder.course import CourseError
from autograder.limits import Limits
from autograder.proof.bench import Figures, Row, run_bench
from autograder.proof.stock import Stock

pytestmark = pytest.mark.kernel


def test_ratios_and_overheads_are_of_medians():
    rows = [
        Row("s1", "reference", 2.0, 1.5, 0.1, 9.0, 1.0, True),
        Row("s2", "wrong", 3.0, 2.0, 0.2, 19.0, 1.0, False),
        Row("s3", "right", 4.0, 3.75, 0.1, 29.0, 1.0, True),
    ]
    summary = Figures("hw", 2, rows, 6.0, [0.2, 0.3, 0.9], 9.0, {"none": 0.1}).summary()
    assert summary["stock_seconds"] == 20
    assert summary["engine_seconds"] == 3
    assert summary["ratio_one_worker"] == pytest.approx(20 / 3)
    assert summary["overhead_seconds"] == 0.5
    assert summary["overhead_seconds_without_feedback"] == pytest.approx(0.4)
    assert summary["seconds_each_all_workers"] == 2
    assert summary["all_workers_against_one"] == 1.5
    assert summary["ratio_all_workers"] == 10
    assert summary["kernel_ready_seconds"] == 0.3
    assert summary["same_grades"] == 2


@pytest.mark.nightly
def test_one_submission_is_measured_and_graded_alike(tiny, tmp_path, capsys):
    target = tmp_path / "bench.json"
    options = ["--course", str(tiny.root), "bench", "hw00_tiny", "-n", "1"]
    assert main([*options, "--workers", "1", "--json", str(target)]) == 0
    text = capsys.readouterr().out
    assert "[1/1]  reference" in text
    assert "grades                       1 of 1 the same" in text
    data = json.loads(target.read_text(encoding="utf-8"))
    (row,) = data["rows"]
    assert row["agrees"]
    assert row["stock"] > row["cells"] > 0
    assert 0 < row["page"] < row["engine"] < data["summary"]["stock_seconds"] * 5
    assert data["summary"]["submissions"] == 1
    assert data["environment"]["nbgrader"]
    # The course at hand is left as it was.
    assert not tiny.submitted.exists()
    assert not (tiny.classroom / "gradebook.db").exists()


def test_no_such_assignment(tiny):
    with pytest.raises(CourseError, match="no assignment 'hw99'"):
        run_bench(tiny.course, "hw99", 1, Limits())


def test_what_stock_nbgrader_says_when_it_fails_is_shown(tiny, tmp_path):
    with (
        Stock(tiny.course, tmp_path / "stock", tiny.assignment, 60) as stock,
        pytest.raises(CourseError, match="No notebooks were matched"),
    ):
        stock.grade("nobody")
