"""On macOS and Windows notebooks of one's own are graded in cold kernels."""

import os
import sys

import nbformat
import pytest

from autograder.grading.check import check
from autograder.grading.submission import read_regular
from autograder.limits import Limits
from autograder.warm import client

pytestmark = pytest.mark.kernel


def test_a_notebook_of_ones_own_is_graded_in_a_cold_kernel(
    tiny, tmp_path, capsys, monkeypatch
):
    notebook = tiny.answered(double="def double(x):\n    while True:\n        pass")
    path = tmp_path / "hw00_tiny" / "hw00_tiny.ipynb"
    path.parent.mkdir()
    nbformat.write(notebook, path)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setitem(sys.modules, "autograder.engine.split_run", None)
    assert not client.available()
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
