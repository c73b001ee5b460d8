"""`layerwise.budget`, and that the package is light to import."""

import subprocess
import sys

import pytest

from layerwise import budget


def test_level_is_default_when_nothing_is_set(monkeypatch):
    monkeypatch.delenv("LAYERWISE_BUDGET", raising=False)
    assert budget.level() == "default"


@pytest.mark.parametrize("level", budget.LEVELS)
def test_pick_follows_the_environment(monkeypatch, level):
    monkeypatch.setenv("LAYERWISE_BUDGET", level)
    assert budget.level() == level
    assert budget.pick("smoke", "default", "full") == level


def test_pick_returns_the_very_object(monkeypatch):
    monkeypatch.setenv("LAYERWISE_BUDGET", "full")
    wanted = [1]
    assert budget.pick(None, None, wanted) is wanted


@pytest.mark.parametrize("value", ["", "Full", "fast"])
def test_other_values_are_refused(monkeypatch, value):
    monkeypatch.setenv("LAYERWISE_BUDGET", value)
    with pytest.raises(ValueError, match="smoke, default, full") as caught:
        budget.pick(1, 2, 3)
    assert f"Received: {value!r}" in str(caught.value)


def test_the_environment_is_read_at_each_call(monkeypatch):
    monkeypatch.setenv("LAYERWISE_BUDGET", "smoke")
    assert budget.pick(1, 2, 3) == 1
    monkeypatch.setenv("LAYERWISE_BUDGET", "full")
    assert budget.pick(1, 2, 3) == 3


def test_importing_the_package_imports_no_framework():
    code = (
        "import sys, layerwise, layerwise.budget, layerwise.data\n"
        "heavy = {'keras', 'tensorflow', 'jax', 'torch'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else 0)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_a_run_has_seeds_that_no_other_run_has(monkeypatch):
    monkeypatch.delenv("LAYERWISE_SEED", raising=False)
    assert list(budget.seeds(3)) == [0, 1, 2]
    drawn = []
    for value in ("0", "1", "17"):
        monkeypatch.setenv("LAYERWISE_SEED", value)
        assert budget.seed() == int(value)
        drawn += budget.seeds(1000)
    assert len(set(drawn)) == 3000


@pytest.mark.parametrize("value", ["", "-1", "1.5", "one", "²"])
def test_other_seeds_are_refused(monkeypatch, value):
    monkeypatch.setenv("LAYERWISE_SEED", value)
    with pytest.raises(ValueError, match="LAYERWISE_SEED must be an integer") as caught:
        budget.seeds(3)
    assert f"Received: {value!r}" in str(caught.value)


@pytest.mark.parametrize("count", [0, 1001])
def test_more_seeds_than_a_run_has_are_refused(count):
    with pytest.raises(ValueError, match="count must be 1 to 1000"):
        budget.seeds(count)
