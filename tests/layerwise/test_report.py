"""`layerwise.report`: a run that disagrees with the text says so."""

import json

import pytest

from layerwise import claims, records, report

CLAIM = """
[[claim]]
slide = "Shortcuts help | always."
original = "快捷结构"
found = "Table 1 says so."
section = "5"
conclusion = "shortcuts"
claimed = "lower"
verdict = "yes, here too"

[[claim]]
slide = "It won."
original = "胜出"
found = "Quoted."
section = "1"
verdict = "yes"
"""
LOW, HIGH = [1, 2, 3], [4, 5, 6]


@pytest.fixture
def folders(tmp_path, monkeypatch):
    for name in ("LAYERWISE_BUDGET", "LAYERWISE_SEED", records.VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(records.read, "__defaults__", (tmp_path,))
    monkeypatch.setattr(claims.read, "__defaults__", (tmp_path,))
    (tmp_path / "01_tiny.toml").write_text(CLAIM, encoding="utf-8")
    return tmp_path


def recorded(folder, *seeds, **arms):
    machine = {"cpu": "A", "cores": 2, "gpu": None, "backend": "jax"}
    runs = [
        {
            "chapter": "01_tiny",
            "budget": "default",
            "seed": seed,
            "machine": machine,
            "cpu_seconds": 100 + seed,
            "conclusions": {"shortcuts": {"arms": arms}},
        }
        for seed in seeds
    ]
    records.add("01_tiny", runs, folder)


def test_a_run_that_agrees_prints_its_verdict(folders, capsys):
    mine = report.Report("01_tiny")
    mine.compare("shortcuts", {"with": LOW, "without": HIGH}, says="lower")
    shown = capsys.readouterr().out
    assert shown == (
        "with against without: lower by 3.0 points: no run of one reaches the other's "
        "range\n"
    )


@pytest.mark.parametrize("says", ["higher", "no difference", "not lower"])
def test_a_run_that_disagrees_says_so(folders, capsys, says):
    mine = report.Report("01_tiny")
    mine.compare("shortcuts", {"with": LOW, "without": HIGH}, says=says)
    assert f"DISAGREES WITH THE TEXT, which says {says!r}" in capsys.readouterr().out


def test_bounds_and_times_are_held_against_the_text_too(folders, capsys):
    mine = report.Report("01_tiny")
    mine.within("factor", {"factor": [1, 2, 3]}, 0, 2)
    mine.compare_times("speed", {"new": [1, 1, 1], "old": [2, 2, 2]}, says="slower")
    assert capsys.readouterr().out.count("DISAGREES") == 2


@pytest.mark.parametrize("budget", ["smoke", "full"])
def test_the_text_is_about_the_default_budget(folders, capsys, monkeypatch, budget):
    monkeypatch.setenv("LAYERWISE_BUDGET", budget)
    mine = report.Report("01_tiny")
    mine.compare("shortcuts", {"with": LOW, "without": HIGH}, says="higher")
    assert "DISAGREES" not in capsys.readouterr().out


def test_one_seed_is_drawn_into_recorded_ranges(folders, capsys):
    recorded(folders, 0, 1, 2, **{"with": [2], "without": [5]})
    mine = report.Report("01_tiny")
    verdict = mine.compare("shortcuts", {"with": [1], "without": [6]}, says="lower")
    # The record of this run's own seed is left out.
    assert "(with 2 recorded runs)" in capsys.readouterr().out
    assert verdict.kind == "lower"
    verdict = mine.compare("shortcuts", {"with": [7], "without": [6]}, says="lower")
    assert verdict.kind == "no difference"


def test_too_few_seeds_are_no_disagreement(folders, capsys):
    mine = report.Report("01_tiny")
    mine.compare("shortcuts", {"with": [1], "without": [6]}, says="lower")
    shown = capsys.readouterr().out
    assert "this run alone cannot tell" in shown
    assert "DISAGREES" not in shown


def test_the_head_says_what_recorded_runs_took(folders):
    recorded(folders, 0, 1)
    assert report.Report("01_tiny").head().splitlines() == [
        "budget default, LAYERWISE_SEED 0",
        "recorded: 100 to 101 s of CPU time, A, 2 cores, jax",
    ]


def test_what_a_run_concludes_is_noted_without_what_others_measured(
    folders, monkeypatch, tmp_path
):
    recorded(folders, 1, 2, **{"with": [2], "without": [5]})
    monkeypatch.setenv(records.VARIABLE, str(tmp_path / "notes"))
    monkeypatch.setenv("LAYERWISE_SEED", "7")
    mine = report.Report("01_tiny")
    mine.compare("shortcuts", {"with": [1], "without": [6]}, says="lower", digits=2)
    lines = (tmp_path / "notes").read_text(encoding="utf-8").splitlines()
    head, conclusion = map(json.loads, lines)
    assert (head["chapter"], head["seed"]) == ("01_tiny", 7)
    assert conclusion == {
        "conclusion": "shortcuts",
        "rule": "compare",
        "arms": {"with": [1], "without": [6]},
        "options": {"digits": 2},
    }
    assert mine.verdicts["shortcuts"].kind == "too few seeds"


def test_the_table_has_this_runs_verdicts(folders):
    mine = report.Report("01_tiny")
    with pytest.raises(ValueError, match="'shortcuts', which this run has not drawn"):
        mine.table()
    mine.compare("shortcuts", {"with": HIGH, "without": LOW}, says="higher")
    table = mine.table()
    first, second = table.rows
    assert first[2] == "the opposite here"
    assert "Measured: higher by 3.0 points" in first[1]
    assert second[1:] == ("Quoted.", "yes", "1")
    lines = table._repr_markdown_().splitlines()
    assert len(lines) == 4
    assert lines[2].startswith("| Shortcuts help \\| always. (快捷结构) |")
    assert "Verdict: the opposite here" in repr(table)


@pytest.mark.parametrize("line", ['colour = "red"', 'conclusion = "alone"'])
def test_a_claim_with_unknown_or_half_of_its_fields_is_refused(folders, line):
    path = folders / "01_tiny.toml"
    path.write_text(CLAIM + line + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"01_tiny\.toml: a claim has slide"):
        claims.read("01_tiny")
