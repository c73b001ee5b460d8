"""Keras's data parallelism under JAX gives what one device gives."""

import numpy as np
import pytest

from layerwise import jax_parallel

pytestmark = pytest.mark.kernel


def test_two_devices_equal_one():
    pytest.importorskip("jax")
    found = jax_parallel.run(2, seed=1)
    assert sorted(found) == [1, 2]
    for name in jax_parallel.NETWORKS:
        np.testing.assert_allclose(found[2][name], found[1][name], rtol=1e-4)
        assert found[1][name][-1] < found[1][name][0]


def test_without_jax_there_is_nothing(monkeypatch):
    monkeypatch.setattr(jax_parallel.importlib.util, "find_spec", lambda name: None)
    assert jax_parallel.run(1) is None


def test_the_process_computes_for_its_time_and_no_longer():
    pytest.importorskip("jax")
    # One second does not even import Keras.
    with pytest.raises(TimeoutError, match="its 1 s of processor time"):
        jax_parallel.run(1, cpu_seconds=1)


def test_a_process_that_waits_is_ended(tmp_path, monkeypatch):
    pytest.importorskip("jax")
    waits = tmp_path / "waits"
    waits.write_text("#!/bin/sh\nexec sleep 3600\n")
    waits.chmod(0o755)
    monkeypatch.setattr(jax_parallel.sys, "executable", str(waits))
    with pytest.raises(TimeoutError, match=r"did not end within 0\.1 s.* waits for"):
        jax_parallel.run(1, wall_seconds=0.1)


def test_a_process_that_fails_says_why(tmp_path, monkeypatch):
    pytest.importorskip("jax")
    fails = tmp_path / "fails"
    fails.write_text("#!/bin/sh\necho no such module >&2; exit 1\n")
    fails.chmod(0o755)
    monkeypatch.setattr(jax_parallel.sys, "executable", str(fails))
    with pytest.raises(RuntimeError, match="JAX process failed:\nno such module"):
        jax_parallel.run(1)
