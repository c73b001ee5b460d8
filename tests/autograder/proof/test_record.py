"""`autograder record`: a chapter's runs by seed, as data."""

import json

import pytest

from autograder.cli import main
from autograder.course import CourseError
from autograder.proof import record
from layerwise import records

CHAPTER = """
from layerwise import budget
from layerwise.report import Report

report = Report("01_tiny")
values = [seed / 2 for seed in budget.seeds(3)]
report.compare("tiny", {"new": values, "old": [9, 9, 9]}, says="lower")
print("plt.show is silent")
import matplotlib.pyplot as plt
plt.plot([1, 2])
plt.show()
"""


@pytest.fixture
def chapters(tmp_path):
    folder = tmp_path / "chapters"
    folder.mkdir()
    (folder / "01_tiny.py").write_text(CHAPTER, encoding="utf-8")
    return folder


@pytest.mark.kernel
def test_runs_are_recorded_by_seed_with_where_and_when(chapters, tmp_path, capsys):
    folder = tmp_path / "records"
    (chapters / "01_tiny_bad.py").write_text("1 / 0\n", encoding="utf-8")
    (chapters / "01_tiny_mute.py").write_text("print(1)\n", encoding="utf-8")
    assert record.record(["01"], [2], folder, chapters) == 1
    shown = capsys.readouterr().out
    assert "Chapter 01_tiny_bad failed" in shown
    assert "ZeroDivisionError" in shown
    assert "Chapter 01_tiny_mute has no `layerwise.report.Report`" in shown
    (run,) = records.read("01_tiny", folder)
    assert run["seed"] == 2
    assert run["budget"] == "default"
    assert run["conclusions"] == {
        "tiny": {
            "rule": "compare",
            "arms": {"new": [1000, 1000.5, 1001], "old": [9, 9, 9]},
            "options": {},
        }
    }
    assert run["cpu_seconds"] > 0
    assert len(run["date"]) == 10
    assert {"cpu", "cores", "gpu", "backend"} == set(run["machine"])


def test_runs_of_another_machine_are_merged(tmp_path, capsys):
    def run(seed, cpu):
        machine = {"cpu": cpu, "cores": 2, "gpu": None, "backend": "jax"}
        return {
            "chapter": "01_tiny",
            "seed": seed,
            "budget": "default",
            "machine": machine,
        }

    folder, other = tmp_path / "records", tmp_path / "other.json"
    records.add("01_tiny", [run(0, "here")], folder)
    other.write_text(json.dumps([run(0, "there"), run(1, "there")]), encoding="utf-8")
    assert record.merge([other], folder) == 0
    assert len(records.read("01_tiny", folder)) == 3


@pytest.mark.parametrize("text", ["", "{}", "[1]", '[{"seed": 0}]'])
def test_a_file_that_is_no_record_is_refused(tmp_path, text):
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    if text == "{}":
        assert record.merge([path], tmp_path / "records") == 0  # holds no run
        return
    with pytest.raises(CourseError, match="is not a record of runs"):
        record.merge([path], tmp_path / "records")


def test_wrong_use_is_said(chapters, tmp_path, capsys):
    with pytest.raises(CourseError, match=r"has a name of .*gone"):
        record.record(["gone"], [0], tmp_path, chapters)
    assert main(["record"]) == 2
    assert "Name a chapter to run" in capsys.readouterr().err
