"""Two students on a real hub of the load's own, and a load that is interrupted."""

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from autograder.proof.load.run import MEASURED, PHASES

pytestmark = pytest.mark.hub

ROOT = Path(__file__).resolve().parents[2]
PROXY = ROOT / "hub" / "node_modules" / ".bin" / "configurable-http-proxy"
# A load on a machine on which other tests run too. Seconds.
LONG, END = 900, 60


@pytest.fixture(scope="module", autouse=True)
def _needs_a_hub():
    missing = [] if PROXY.exists() else [str(PROXY)]
    if importlib.util.find_spec("jupyterhub") is None:
        missing.append("jupyterhub")
    if sys.platform != "linux":
        missing.append("Linux")
    if missing:
        words = f"a load needs a real hub; missing: {', '.join(missing)}"
        if os.environ.get("CI"):
            pytest.fail(words)
        pytest.skip(words)


@pytest.fixture
def place():
    # pytest's own folder has too long a name for the sockets in it.
    folder = Path(tempfile.mkdtemp(prefix="lw-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _start(place, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "autograder.cli", "load", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(place)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def _left(place):
    """Returns the command lines of processes that a load has left behind."""
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            words = [*process.cmdline(), *process.environ().values()]
            if process.pid != os.getpid() and any(str(place) in word for word in words):
                left.append(process.cmdline())
    return left


def test_two_students_lose_nothing_and_a_shared_kernel_takes_less(place):
    target, table = place / "load.json", place / "load.md"
    started = _start(
        place,
        *("--students", 2, "--open", 1, "--kernels", "cold", "shared"),
        *("--json", target, "--markdown", table),
    )
    try:
        words, _ = started.communicate(timeout=LONG)
    finally:
        started.kill()
    assert started.returncode == 0, words
    seen = json.loads(target.read_text())
    for kind in ("cold", "shared"):
        run = seen["kinds"][kind]
        assert (run["errors"], run["lost"]) == ([], 0)
        assert run["own_users"] == (os.geteuid() == 0)
        assert set(run["phases"]) == {name for name, _, _ in PHASES}
        assert all(len(phase["seconds"]) == 2 for phase in run["phases"].values())
        assert len(seen["opened"]["times"][kind]) == 2
    for moment in MEASURED:
        cold, shared = (
            seen["kinds"][kind]["memory"][moment]["students"]
            for kind in ("cold", "shared")
        )
        for name in ("s01", "s02"):
            assert cold[name]["parent"]["all"] == 0
            assert shared[name]["parent"]["all"] > 0
            assert shared[name]["kernel"]["all"] < cold[name]["kernel"]["all"]
    assert "2 students at once, shared kernels" in table.read_text()
    assert sorted(path.name for path in place.iterdir()) == ["load.json", "load.md"]
    assert _left(place) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_load_that_is_interrupted_leaves_nothing(place, number):
    started = _start(place, "--students", 2, "--kernels", "cold")
    try:
        deadline = time.monotonic() + LONG
        # The servers are about to start.
        while not list(place.glob("layerwise-load-*/homes/*/tmp")):
            assert started.poll() is None, started.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert _left(place)
        started.send_signal(number)
        words, _ = started.communicate(timeout=END)
    finally:
        started.kill()
    assert started.returncode == 130, words
    assert list(place.iterdir()) == []
    assert _left(place) == []
