"""The name of a warm parent changes with what it was started from."""

import importlib.util
import os
from types import SimpleNamespace

import pytest

from autograder.warm.settings import parent_name


@pytest.fixture
def library(tmp_path, monkeypatch):
    """A folder that stands for the library's."""
    found = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: found)
    return tmp_path


def test_a_changed_library_gets_another_parent(library):
    file = library / "checks.py"
    file.write_text("x = 1\n", encoding="utf-8")
    first = parent_name({})
    assert parent_name({}) == first
    os.utime(file, ns=(1, 1))
    second = parent_name({})
    assert second != first
    (library / "more.py").touch()
    assert parent_name({}) not in (first, second)


def test_without_the_library_there_is_a_parent_too(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert parent_name({}) == parent_name({})
    assert parent_name({}) != parent_name({"KERAS_BACKEND": "jax"})
