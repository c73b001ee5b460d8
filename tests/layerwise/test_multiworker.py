"""Worker processes on the loopback, one of which dies."""

import ast
import inspect
import sys
from pathlib import Path

import numpy as np
import pytest

from layerwise import jax_parallel, multiworker, second_worker, workers

CHAPTER = Path(__file__).resolve().parents[2] / "course/chapters/07_devices.py"
# A worker for which saving takes long: the other could begin its next epoch meanwhile.
SLOW = """\
import sys, time
from layerwise import multiworker
save = multiworker.save
multiworker.save = lambda *args: (time.sleep(2), save(*args))
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
    one = multiworker.alone(epochs=4)
    # Worker 1 dies when epoch 2 begins; the next run goes on from what was saved, all
    # of which worker 0 has saved by then, however long it takes.
    (tmp_path / "slow.py").write_text(SLOW)
    slow = program(tmp_path / "slow", f'exec {sys.executable} {tmp_path}/slow.py "$@"')
    with monkeypatch.context() as patched:
        patched.setattr(workers.sys, "executable", slow)
        killed = multiworker.run(tmp_path / "died", epochs=4, kill=(1, 2))
    assert all("weights" not in report for report in killed)
    # Worker 0 lives on, until it misses what worker 1 does not send.
    assert "error" not in killed[1]
    assert killed[0]["error"]
    resumed = multiworker.run(tmp_path / "died", epochs=4)
    assert [report["initial_epoch"] for report in resumed] == [2, 2]
    np.testing.assert_allclose(resumed[0]["losses"], one["losses"][2:], rtol=1e-4)
    # Two epochs of the first two workers and two of the next: all are in the weights.
    np.testing.assert_allclose(resumed[0]["weights"], one["weights"], atol=1e-5)
    np.testing.assert_array_equal(resumed[0]["weights"], resumed[1]["weights"])


def test_a_death_while_saving_leaves_the_checkpoint_before_it(tmp_path):
    model = multiworker.network()
    assert multiworker.restore(model, tmp_path) == 0
    steps = multiworker.EXAMPLES // multiworker.BATCH_SIZE
    model.optimizer.iterations.assign(2 * steps)
    multiworker.save(model, tmp_path)
    saved = model.get_weights()

    class Dies:
        """A model whose process ends in the middle of a file."""

        def save_weights(self, path):
            path.write_bytes((tmp_path / multiworker.CHECKPOINT).read_bytes()[:1000])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        multiworker.save(Dies(), tmp_path)
    for other in (multiworker.network(), model):
        other.set_weights([0 * array for array in saved])
        assert multiworker.restore(other, tmp_path) == 2
        for found, wanted in zip(other.get_weights(), saved, strict=True):
            np.testing.assert_array_equal(found, wanted)
    # What is left of the file that was cut off is in nobody's way.
    model.optimizer.iterations.assign(3 * steps)
    multiworker.save(model, tmp_path)
    assert multiworker.restore(multiworker.network(), tmp_path) == 3


def test_a_worker_that_fails_says_why_and_so_do_the_others(tmp_path, monkeypatch):
    fails = program(
        tmp_path / "fails",
        "echo hello from $TF_CONFIG\n"
        "case $TF_CONFIG in *'\"index\": 0'*) exec sleep 60;; esac\n"
        "sleep 1; echo no such module; exit 1",
    )
    monkeypatch.setattr(workers.sys, "executable", fails)
    with pytest.raises(RuntimeError, match="worker 1 failed:") as raised:
        multiworker.run(tmp_path)
    assert "no such module" in str(raised.value)
    assert "worker 0 said:\nhello from" in str(raised.value)


def test_a_worker_that_fails_before_another_is_killed_ends_all(tmp_path, monkeypatch):
    # Who waits for the one that will be killed must not wait for ever.
    fails = program(tmp_path / "fails", "echo too early; exit 1")
    monkeypatch.setattr(workers.sys, "executable", fails)
    with pytest.raises(RuntimeError, match="too early"):
        multiworker.run(tmp_path, kill=(1, 2))


def test_one_that_python_could_not_save_leaves_the_end_of_its_log(
    tmp_path, monkeypatch
):
    dies = program(
        tmp_path / "dies",
        "case $TF_CONFIG in *'\"index\": 1'*) kill -KILL $$;; esac\n"
        "sleep 1; echo coordination service is gone; kill -ABRT $$",
    )
    monkeypatch.setattr(workers.sys, "executable", dies)
    first, second = multiworker.run(tmp_path, kill=(1, 2))
    assert first == {"error": "coordination service is gone"}
    assert second == {}


def test_a_worker_computes_for_its_time_and_no_longer(tmp_path):
    # One second does not even import TensorFlow.
    with pytest.raises(TimeoutError, match=r"worker 0 .* its 1 s of processor time"):
        multiworker.run(tmp_path, count=1, cpu_seconds=1)


def test_workers_that_wait_for_each_other_are_ended(tmp_path, monkeypatch):
    waits = program(tmp_path / "waits", "exec sleep 3600")
    monkeypatch.setattr(workers.sys, "executable", waits)
    with pytest.raises(TimeoutError, match=r"did not end within 0\.1 s.* wait for"):
        multiworker.run(tmp_path, count=1, wall_seconds=0.1)


def test_ports_are_below_those_of_connections_and_free(monkeypatch):
    ports = workers._free_ports(20)
    assert len(set(ports)) == 20
    assert all(workers.LOWEST_PORT <= port < workers.HIGHEST_PORT for port in ports)
    monkeypatch.setattr(workers, "HIGHEST_PORT", workers.LOWEST_PORT + 1000)
    with pytest.raises(RuntimeError, match="free ports on 127"):
        workers._free_ports(1001)


def test_the_second_worker_is_timed_beside_one():
    times = second_worker.measure(batch_sizes=(4, 8), rounds=2, steps=2)
    names = ("one", "two", "one_clock", "two_clock")
    assert [len(times[name]) for name in names] == [2] * 4
    assert times["gradient_bytes"] == 4 * second_worker.network().count_params()
    assert sorted(times["sum"]) == [4 * size for size in second_worker.REDUCED]
    assert min(times["sum"].values()) > 0
    assert min(min(times[name]) for name in names) > 0


def test_a_socket_carries_all_that_is_sent():
    assert second_worker.socket_bandwidth(3_000_000, 2) > 0


def test_latency_and_bandwidth_come_back():
    # In a ring of two an array travels in two messages, a half each.
    times = {size: 2 * (3e-4 + size / 2 / 5e8) for size in (1e6, 8e6)}
    latency, bandwidth = second_worker.line_through(times)
    assert latency == pytest.approx(3e-4)
    assert bandwidth == pytest.approx(5e8)
    times = {"sum": times, "one": [0.2], "gradient_bytes": 4e6}
    model = second_worker.cluster(times, 0)
    assert model.step(1) == pytest.approx(0.2)
    assert model.step(2) == pytest.approx(0.1 + 2 * 3e-4 + 8e-3)
    gained, predicted = second_worker.speedups(
        times | {"two": [0.1], "one_clock": [0.4], "two_clock": [0.2]}, [64]
    )
    assert gained[0] == pytest.approx(2)
    assert predicted[0] == pytest.approx(model.speedup(2))
    with pytest.raises(ValueError, match="must take longer"):
        second_worker.line_through({1e6: 2e-3, 8e6: 1e-3})
    # Noise can make the small array the slower one for its size.
    assert second_worker.line_through({1e6: 1e-3, 8e6: 9e-3})[0] == 0


def test_the_chapter_calls_what_is_there():
    # At the smoke budget, which the tests run, the chapter starts no processes.
    runs = {
        "multiworker.run": multiworker.run,
        "multiworker.alone": multiworker.alone,
        "jax_parallel.run": jax_parallel.run,
        "second_worker.measure": second_worker.measure,
        "second_worker.cluster": second_worker.cluster,
    }
    found = []
    for node in ast.walk(ast.parse(CHAPTER.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in runs:
            name = ast.unparse(node.func)
            options = {one.arg: None for one in node.keywords}
            inspect.signature(runs[name]).bind(*node.args, **options)
            found.append(name)
    assert sorted(set(found)) == sorted(runs)
