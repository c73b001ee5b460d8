"""Worker processes on the loopback, one of which dies."""

import ast
import inspect
import sys
from pathlib import Path

import numpy as np
import pytest

from layerwise import jax_parallel, multiworker

CHAPTER = Path(__file__).resolve().parents[2] / "course/chapters/07_devices.py"
# A worker for which saving takes long: the other could begin its next epoch meanwhile.
SLOW = """\
import sys, time
from layerwise import multiworker
back_up = multiworker.back_up
multiworker.back_up = lambda *args: (time.sleep(2), back_up(*args))
del sys.argv[1:3]  # -m layerwise.multiworker
multiworker.main()
"""

pytestmark = pytest.mark.kernel


def program(path, line):
    """Writes a program that stands in for Python."""
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return str(path)


def test_two_workers_equal_one_and_survive_a_death(tmp_path, monkeypatch):
    one = multiworker.run(tmp_path / "one", workers=1, epochs=4)
    # Worker 1 dies when epoch 2 begins; the next run goes on from what was saved, all
    # of which worker 0 has saved by then, however long it takes.
    (tmp_path / "slow.py").write_text(SLOW)
    slow = program(tmp_path / "slow", f'exec {sys.executable} {tmp_path}/slow.py "$@"')
    with monkeypatch.context() as patched:
        patched.setattr(multiworker.sys, "executable", slow)
        killed = multiworker.run(tmp_path / "died", epochs=4, kill=(1, 2))
    assert all("weights" not in report for report in killed)
    resumed = multiworker.run(tmp_path / "died", epochs=4)
    assert [report["initial_epoch"] for report in resumed] == [2, 2]
    np.testing.assert_allclose(resumed[0]["losses"], one[0]["losses"][2:], rtol=1e-4)
    # Two epochs of the first two workers and two of the next: all are in the weights.
    np.testing.assert_allclose(resumed[0]["weights"], one[0]["weights"], atol=1e-5)
    np.testing.assert_array_equal(resumed[0]["weights"], resumed[1]["weights"])


def test_a_death_while_saving_leaves_the_backup_before_it(tmp_path):
    model = multiworker.network()
    assert multiworker.restore(model, tmp_path) == 0
    steps = multiworker.EXAMPLES // multiworker.BATCH_SIZE
    model.optimizer.iterations.assign(2 * steps)
    multiworker.back_up(model, tmp_path)
    saved = model.get_weights()

    class Dies:
        """A model whose process ends in the middle of a file."""

        def save_weights(self, path):
            path.write_bytes((tmp_path / multiworker.BACKUP).read_bytes()[:1000])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        multiworker.back_up(Dies(), tmp_path)
    for other in (multiworker.network(), model):
        other.set_weights([0 * array for array in saved])
        assert multiworker.restore(other, tmp_path) == 2
        for found, wanted in zip(other.get_weights(), saved, strict=True):
            np.testing.assert_array_equal(found, wanted)
    # What is left of the file that was cut off is in nobody's way.
    model.optimizer.iterations.assign(3 * steps)
    multiworker.back_up(model, tmp_path)
    assert multiworker.restore(multiworker.network(), tmp_path) == 3


def test_a_worker_that_fails_says_why(tmp_path, monkeypatch):
    fails = program(tmp_path / "fails", "echo no such module; exit 1")
    monkeypatch.setattr(multiworker.sys, "executable", fails)
    with pytest.raises(RuntimeError, match="worker 0 failed:\nno such module"):
        multiworker.run(tmp_path, workers=1)


def test_a_worker_computes_for_its_time_and_no_longer(tmp_path):
    # One second does not even import TensorFlow.
    with pytest.raises(TimeoutError, match=r"worker 0 .* its 1 s of processor time"):
        multiworker.run(tmp_path, workers=1, cpu_seconds=1)


def test_workers_that_wait_for_each_other_are_ended(tmp_path, monkeypatch):
    waits = program(tmp_path / "waits", "exec sleep 3600")
    monkeypatch.setattr(multiworker.sys, "executable", waits)
    with pytest.raises(TimeoutError, match=r"did not end within 0\.1 s.* wait for"):
        multiworker.run(tmp_path, workers=1, wall_seconds=0.1)


def test_ports_are_below_those_of_connections_and_free(monkeypatch):
    ports = multiworker._free_ports(20)
    assert len(set(ports)) == 20
    assert all(
        multiworker.LOWEST_PORT <= port < multiworker.HIGHEST_PORT for port in ports
    )
    monkeypatch.setattr(multiworker, "HIGHEST_PORT", multiworker.LOWEST_PORT + 1000)
    with pytest.raises(RuntimeError, match="free ports on 127"):
        multiworker._free_ports(1001)


def test_the_chapter_calls_what_is_there():
    # At the smoke budget, which the tests run, the chapter starts no processes.
    runs = {"multiworker": multiworker.run, "jax_parallel": jax_parallel.run}
    found = []
    for node in ast.walk(ast.parse(CHAPTER.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".run"):
            name = ast.unparse(node.func).partition(".")[0]
            if name in runs:
                options = {one.arg: None for one in node.keywords}
                inspect.signature(runs[name]).bind(*node.args, **options)
                found.append(name)
    assert sorted(set(found)) == sorted(runs)
