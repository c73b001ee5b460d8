"""Two worker processes on the loopback, one of which dies."""

import numpy as np
import pytest

from layerwise import multiworker

pytestmark = pytest.mark.kernel


def test_two_workers_equal_one_and_survive_a_death(tmp_path):
    one = multiworker.run(tmp_path / "one", workers=1, epochs=4)
    two = multiworker.run(tmp_path / "two", workers=2, epochs=4)
    assert [report["initial_epoch"] for report in two] == [0, 0]
    np.testing.assert_allclose(two[0]["losses"], one[0]["losses"], rtol=1e-4)
    np.testing.assert_allclose(two[0]["weights"], one[0]["weights"], atol=1e-5)
    np.testing.assert_array_equal(two[0]["weights"], two[1]["weights"])
    # Worker 1 dies when epoch 2 begins; the next run goes on from what was saved.
    killed = multiworker.run(tmp_path / "died", epochs=4, kill=(1, 2))
    assert all("weights" not in report for report in killed)
    resumed = multiworker.run(tmp_path / "died", epochs=4)
    assert [report["initial_epoch"] for report in resumed] == [2, 2]
    np.testing.assert_allclose(resumed[0]["losses"], one[0]["losses"][2:], rtol=1e-4)
    np.testing.assert_allclose(resumed[0]["weights"], one[0]["weights"], atol=1e-5)


def test_a_worker_that_fails_says_why(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "")
    monkeypatch.setattr(multiworker.sys, "executable", "/bin/false")
    with pytest.raises(RuntimeError, match="worker 0 failed"):
        multiworker.run(tmp_path, workers=1)
