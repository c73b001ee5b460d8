"""On macOS and Windows modules are imported, and cold kernels run."""

import os
import subprocess
import sys

import nbformat
import pytest

from autograder.engine.execute import has_warm_kernels
from autograder.grading.check import check
from autograder.grading.submission import read_regular
from autograder.limits import Limits

pytestmark = pytest.mark.kernel
# The split run is Linux's own, and nbgrader's exchange is not for Windows.
LINUX_ONLY = {"autograder.engine.split_run", "autograder.jupyter.exchange"}
# Imports the other packages first: what they need on each system is their affair.
IMPORT = """
import importlib, os, pkgutil, signal, sys
import jupyter_client, jupyter_server.base.handlers, jupytext, nbclient, nh3, psutil
import nbgrader.preprocessors, nbconvert.exporters.html, rich.table, IPython
import filelock, concurrent.futures.process, multiprocessing.connection
assert not any(name.startswith("autograder.") for name in sys.modules)
for name in ("fcntl", "grp", "pwd", "resource", "pyseccomp", "py_landlock"):
    sys.modules[name] = None
for module, names in (
    (os, "O_NOFOLLOW O_NONBLOCK O_DIRECTORY fork geteuid getuid getgid killpg"),
    (os, "pidfd_open sched_getaffinity sysconf waitid"),
    (signal, "SIGXCPU SIGKILL SIGCHLD pthread_sigmask"),
):
    for name in names.split():
        delattr(module, name)
sys.platform = sys.argv[1]
import autograder.course, autograder.doctor, autograder.cells
for package in ("authoring", "engine", "grading", "jupyter"):
    package = importlib.import_module(f"autograder.{package}")
    for found in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if found.name not in sys.argv[2:]:
            importlib.import_module(found.name)
assert not any(name.startswith("autograder.warm.") for name in sys.modules)
"""


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_modules_are_imported_without_what_linux_alone_has(system):
    done = subprocess.run(
        [sys.executable, "-c", IMPORT, system, *sorted(LINUX_ONLY)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_a_notebook_of_ones_own_is_graded_in_a_cold_kernel(
    tiny, tmp_path, capsys, monkeypatch
):
    notebook = tiny.answered(double="def double(x):\n    while True:\n        pass")
    path = tmp_path / "hw00_tiny" / "hw00_tiny.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    monkeypatch.setattr(sys, "platform", "darwin")
    # What forks cannot be imported there.
    for name in ("engine.split_run", "warm.client"):
        monkeypatch.setitem(sys.modules, f"autograder.{name}", None)
    assert not has_warm_kernels()
    assert check(tiny.course, path, Limits(cell_seconds=1)) == 1
    text = capsys.readouterr().out
    assert "0/2  test_double  CellTimeout: cell test_double ran over 1 s of CPU" in text
    assert "3/3  test_area" in text
    assert "hw00_tiny: 3/5, timeout" in text


def test_files_are_read_and_links_are_not_without_the_systems_flags(
    tmp_path, monkeypatch
):
    monkeypatch.delattr(os, "O_NOFOLLOW")
    monkeypatch.delattr(os, "O_NONBLOCK")
    (tmp_path / "file").write_bytes(b"mine\r\n")
    (tmp_path / "link").symlink_to("file")
    assert read_regular(tmp_path / "file") == b"mine\r\n"
    assert read_regular(tmp_path / "link") is None
    assert read_regular(tmp_path / "file", 3) is None
    assert read_regular(tmp_path) is None
    assert read_regular(tmp_path / "gone") is None
