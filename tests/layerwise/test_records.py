"""`layerwise.records`: runs of chapters as data."""

import json

import keras
import pytest

from layerwise import records


def run_of(seed, cpu="one", backend="tensorflow", seconds=10, budget="default"):
    machine = {"cpu": cpu, "cores": 2, "gpu": None, "backend": backend}
    return {
        "chapter": "01_tiny",
        "budget": budget,
        "seed": seed,
        "machine": machine,
        "cpu_seconds": seconds,
        "conclusions": {},
    }


def test_runs_are_kept_by_machine_budget_and_seed(tmp_path):
    assert records.read("01_tiny", tmp_path) == []
    records.add("01_tiny", [run_of(1), run_of(0)], tmp_path)
    records.add("01_tiny", [run_of(1, seconds=20), run_of(1, cpu="two")], tmp_path)
    records.add("01_tiny", [run_of(1, backend="jax")], tmp_path)
    found = records.read("01_tiny", tmp_path)
    assert [
        (r["seed"], r["cpu_seconds"])
        for r in found
        if r["machine"]["cpu"] == "one" and r["machine"]["backend"] == "tensorflow"
    ] == [(0, 10), (1, 20)]
    assert len(found) == 4
    assert [len(runs) for runs in records.by_machine(found).values()] == [1, 2, 1]


def test_adding_in_another_order_gives_the_same_bytes(tmp_path):
    runs = [run_of(0), run_of(1), run_of(0, cpu="two")]
    first = records.add("01_tiny", runs, tmp_path / "a").read_bytes()
    for run in reversed(runs):
        path = records.add("01_tiny", [run], tmp_path / "b")
    assert path.read_bytes() == first


def test_machines_are_grouped_for_one_budget():
    runs = [run_of(0), run_of(0, budget="smoke")]
    assert [len(group) for group in records.by_machine(runs).values()] == [1]


def test_a_run_of_another_chapter_is_refused(tmp_path):
    with pytest.raises(ValueError, match="a run of 01_tiny does not belong"):
        records.add("02_other", [run_of(0)], tmp_path)


def test_notes_go_to_the_file_that_the_environment_names(tmp_path, monkeypatch):
    monkeypatch.delenv(records.VARIABLE, raising=False)
    assert not records.recording()
    records.note({"nowhere": 1})
    path = tmp_path / "notes"
    monkeypatch.setenv(records.VARIABLE, str(path))
    assert records.recording()
    records.note({"a": 1})
    records.note({"b": [2.5]})
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [{"a": 1}, {"b": [2.5]}]


def test_a_run_says_where_it_comes_from():
    machine, versions = records.provenance()
    assert set(machine) == {"cpu", "cores", "gpu", "backend"}
    assert machine["cores"] >= 1
    assert machine["cpu"]
    assert machine["backend"] == keras.backend.backend()
    assert versions["keras"] == keras.__version__
    text = records.describe({"cpu": "A", "cores": 2, "gpu": None, "backend": "jax"})
    assert text == "A, 2 cores, jax"
