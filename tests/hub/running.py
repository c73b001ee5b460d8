"""A hub for a test: a course folder of its own, other ports, a clean state."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from autograder.proof.load.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = "/usr/bin/chromium"
PASSWORD = secrets.token_urlsafe(12)
# Imports of jupyterhub, the database and the proxy's start on a busy machine. Seconds.
START = 120
WHY = "the hub's tests need `make hub`'s proxy, jupyterhub, playwright and chromium"


def what_is_missing():
    """Returns the names of what a round trip needs and this machine lacks."""
    import importlib.util

    proxy = ROOT / "hub" / "node_modules" / ".bin" / "configurable-http-proxy"
    missing = [str(path) for path in (proxy, Path(CHROMIUM)) if not path.exists()]
    for name in ("jupyterhub", "playwright"):
        if importlib.util.find_spec(name) is None:
            missing.append(name)
    return missing


def require_hub():
    """Skips where something is missing; in continuous integration, fails."""
    missing = what_is_missing()
    if missing:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop(f"{WHY}; missing: {', '.join(missing)}")


class Hub:
    """A running hub: its address, its course's folder, its homes.

    Args:
        folder: Path of an empty folder.
        config: String, a file of `hub/`.
        before: Sequence of strings, put before the hub's command line.
        **environment: Strings, over this process's.
    """

    def __init__(self, folder, config="jupyterhub_config.py", before=(), **environment):
        self.course, self.state = folder / "course", folder / "state"
        for name in ("solutions", "assignments"):
            shutil.copytree(ROOT / name, self.course / name)
        shutil.copy(ROOT / "nbgrader_config.py", self.course)
        port = free_ports(4)
        self.address = f"http://127.0.0.1:{port}"
        self.password = PASSWORD
        self.log = (folder / "hub.log").open("w")
        self.process = subprocess.Popen(
            [
                *before,
                *(sys.executable, str(ROOT / "hub" / "demo.py")),
                config,
            ],
            cwd=folder,
            stdout=self.log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env={
                **os.environ,
                "LAYERWISE_COURSE": str(self.course),
                "LAYERWISE_HUB_STATE": str(self.state),
                "LAYERWISE_HUB_PORT": str(port),
                "LAYERWISE_HUB_PASSWORD": PASSWORD,
                **environment,
            },
        )
        self._wait()

    def _wait(self):
        deadline = time.monotonic() + START
        while time.monotonic() < deadline and self.process.poll() is None:
            if "Ctrl-C" in self.words():
                return
            time.sleep(0.2)
        self.stop()
        raise RuntimeError(f"the hub did not start:\n{self.words()[-3000:]}")

    def words(self):
        """Returns what the hub has logged."""
        return Path(self.log.name).read_text(errors="replace")

    def home(self, user):
        """Returns a user's home folder."""
        return self.state / "homes" / user

    def stop(self):
        """Ends the hub with the servers, the proxy and the service it started."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.log.close()
