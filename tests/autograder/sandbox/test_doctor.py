"""The report on a machine."""

from autograder import doctor
from autograder.sandbox import levels
from autograder.sandbox.policy import LANDLOCK, NAMESPACES, RLIMITS


def test_a_machine_that_will_do(monkeypatch, capsys):
    monkeypatch.setattr(levels, "detect", lambda: levels.Found(NAMESPACES))
    assert doctor.examine() == 0
    report = capsys.readouterr().out
    for part in ("sandbox", "landlock", "cgroups", "tensorflow", "nbgrader", "gpu"):
        assert part in report
    assert "can be graded here" in report


def test_what_is_missing_and_how_to_get_it(monkeypatch, capsys):
    found = levels.Found(RLIMITS, {NAMESPACES: "unshare: no", LANDLOCK: "absent"})
    monkeypatch.setattr(levels, "detect", lambda: found)
    assert doctor.examine() == 1
    report = capsys.readouterr().out
    assert "unshare: no" in report
    assert "user namespaces" in report.lower()
    assert "lsm=" in report
    assert "--unsafe" in report
