"""nbgrader's first look at a submission stops at nothing."""

import json
import os

import nbformat
import pytest

from autograder.jupyter.lenient import LenientExporter


def export(path):
    text, _ = LenientExporter(default_preprocessors=[]).from_filename(str(path))
    return nbformat.reads(text, as_version=4)


def test_a_notebook_in_order_stays_as_it_is(tmp_path, released):
    path = tmp_path / "hw.ipynb"
    nbformat.write(released, path)
    assert export(path) == released


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"cells": 3, "nbformat": 4}',
        json.dumps({"cells": [], "metadata": None, "nbformat": 4}).encode(),
        json.dumps({"cells": [None], "metadata": {}, "nbformat": 4}).encode(),
        json.dumps({"cells": [], "metadata": {}, "nbformat": 9}).encode(),
        b'{"cells": [{"cell_type": "raw", "source": "\\ud800"}], "nbformat": 4}',
    ],
)
def test_what_cannot_be_read_is_an_empty_notebook(tmp_path, content):
    path = tmp_path / "hw.ipynb"
    path.write_bytes(content)
    assert export(path).cells == []


def test_what_is_no_file_is_not_opened(tmp_path, released):
    os.mkfifo(tmp_path / "pipe.ipynb")
    assert export(tmp_path / "pipe.ipynb").cells == []
    nbformat.write(released, tmp_path / "theirs.ipynb")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "theirs.ipynb")
    assert export(tmp_path / "link.ipynb").cells == []
