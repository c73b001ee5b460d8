"""Results that are kept are those of the same code, and losing them loses nothing."""

import os
import time

import pytest

from autograder.proof import result_cache
from autograder.proof.result_cache import KeptResults, cache_folder, key_of_run


@pytest.fixture
def store():
    return KeptResults("trials")


def test_what_is_kept_is_found_again_by_its_key_only(store):
    store.keep("a", {"points": [1, ""]})
    assert KeptResults("trials").find("a") == {"points": [1, ""]}
    assert store.find("b") is None
    assert KeptResults("others").find("a") is None


def test_fresh_ignores_what_is_kept_and_replaces_it(store):
    store.keep("a", 1)
    fresh = KeptResults("trials", fresh=True)
    assert fresh.find("a") is None
    fresh.keep("a", 2)
    assert store.find("a") == 2


@pytest.mark.parametrize("text", ["", "{", "\x00"])
def test_a_torn_file_counts_as_none(store, text):
    store.keep("a", 1)
    (store.folder / "a.json").write_text(text)
    assert store.find("a") is None


def test_a_folder_that_cannot_be_written_costs_only_time(store, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LAYERWISE_CACHE", str(tmp_path / "file"))
    KeptResults("trials").keep("a", 1)
    assert KeptResults("trials").find("a") is None


def test_what_nobody_asked_for_in_a_month_goes(store):
    store.keep("old", 1)
    store.keep("new", 1)
    month_ago = time.time() - result_cache.FORGET_AFTER - 60
    os.utime(store.folder / "old.json", (month_ago, month_ago))
    store.forget_old()
    assert (store.find("old"), store.find("new")) == (None, 1)


def test_the_key_depends_on_each_part_and_on_the_code(monkeypatch):
    keys = {
        key_of_run(b"notebook", ("limits", 1)),
        key_of_run(b"notebook", ("limits", 2)),
        key_of_run(b"notebook2", ("limits", 1)),
        key_of_run(b"note", b"book", ("limits", 1)),
    }
    monkeypatch.setattr(result_cache, "library_and_engine", lambda: "other code")
    keys.add(key_of_run(b"notebook", ("limits", 1)))
    assert len(keys) == 5


def test_the_code_s_hash_follows_the_library_and_the_engine(tmp_path, monkeypatch):
    (tmp_path / "autograder" / "engine").mkdir(parents=True)
    (tmp_path / "layerwise").mkdir()
    module = tmp_path / "layerwise" / "costs.py"
    engine = tmp_path / "autograder" / "engine" / "watch.py"
    elsewhere = tmp_path / "autograder" / "cli.py"
    for path in (module, engine, elsewhere):
        path.write_text("a = 1\n")
    for name in ("autograder", "layerwise"):
        start = str(tmp_path / name / "__init__.py")
        monkeypatch.setattr(getattr(result_cache, name), "__file__", start)
    monkeypatch.setattr(result_cache, "ENGINE", ("engine",))

    def code():
        result_cache.library_and_engine.cache_clear()
        return result_cache.library_and_engine()

    before = code()
    elsewhere.write_text("a = 2\n")
    assert code() == before
    for path in (module, engine):
        path.write_text("a = 2\n")
        assert code() != before
        before = code()
    result_cache.library_and_engine.cache_clear()


def test_the_folder_is_the_user_s_cache_or_the_one_that_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("LAYERWISE_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("LAYERWISE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert str(cache_folder()) == "/caches/layerwise"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/ana")
    assert str(cache_folder()) == "/home/ana/.cache/layerwise"
