"""Finding out what this machine allows."""

import sys

import pytest

from autograder.limits import NONE
from autograder.sandbox import levels
from autograder.sandbox.policy import LEVELS, NAMESPACES, RLIMITS

pytestmark = pytest.mark.kernel


@pytest.fixture
def asked(monkeypatch):
    """Lets only some levels work."""
    levels.detect.cache_clear()

    def allow(*names):
        monkeypatch.setattr(
            levels, "try_level", lambda level: "" if level in names else f"no {level}"
        )

    yield allow
    levels.detect.cache_clear()


def test_the_strongest_that_works(asked):
    asked("landlock", "rlimits")
    found = levels.detect()
    assert found.level == "landlock"
    assert found.missing == {NAMESPACES: "no namespaces"}


def test_none_at_all(asked):
    asked()
    found = levels.detect()
    assert found.level == NONE
    assert list(found.missing) == list(LEVELS)


@pytest.mark.skipif(sys.platform != "linux", reason="levels are Linux's")
def test_what_went_wrong_is_told():
    assert "Received: 'nonsense'" in levels.try_level("nonsense")


@pytest.mark.skipif(sys.platform != "linux", reason="levels are Linux's")
def test_only_the_lowest_level_holds_without_libseccomp(tmp_path, monkeypatch):
    fault = "Unable to find libseccomp"
    (tmp_path / "pyseccomp.py").write_text(f"raise RuntimeError({fault!r})")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for level in LEVELS:
        assert (fault in levels.try_level(level)) == (level != RLIMITS)
