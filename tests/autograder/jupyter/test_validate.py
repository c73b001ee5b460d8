"""Validate in JupyterLab says of the visible tests what the engine says."""

import copy
import html
import json
import os
import re
from pathlib import Path

import nbformat
import pytest
from jupyter_core.paths import jupyter_config_path
from nbgrader.apps import NbGrader
from nbgrader.utils import compute_checksum
from nbgrader.validator import Validator

from autograder.cells import find, from_bytes, to_bytes
from autograder.course import load_course
from autograder.engine.execute import execute
from autograder.grading.judge import cell_verdicts
from autograder.grading.restore import restore
from autograder.limits import Limits
from autograder.proof.answers import RELEASE, bank_of
from autograder.warm.kernelspec import specification

pytestmark = pytest.mark.kernel

ROOT = Path(__file__).resolve().parents[3]
HW = "hw04_resnet"
LOUD = """
import os, sys, warnings
print("a log line", file=sys.stderr)
os.write(2, b"a line of a library in C\\n")
warnings.warn("a warning")
assert double(2) == 4, f"double(2) must be 4. Received: {double(2)!r}"
"""


@pytest.fixture
def validate(tmp_path, monkeypatch):
    """A function that validates a notebook as a student's server on the hub does."""
    kernel = tmp_path / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps(specification()))
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", str(ROOT / "hub" / "config" / "student"))
    monkeypatch.setenv("JUPYTERHUB_USER", "ana")
    monkeypatch.setenv("LAYERWISE_EXCHANGE", str(tmp_path / "exchange"))
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")
    app = NbGrader()
    app.config_file_paths.append([os.getcwd(), *jupyter_config_path()])
    app.load_config_file()

    def run(document, name):
        path = tmp_path / f"{name}.ipynb"
        nbformat.write(document, path)
        return Validator(config=app.config).validate(str(path))

    return run


def failures_of_engine(document, assigned):
    """Returns the sources of the visible tests that the engine fails, with messages."""
    document = copy.deepcopy(document)
    restore(document, assigned.released, assigned.released)
    run = execute(
        to_bytes(document),
        Limits(),
        assigned.files,
        assigned.answer_names,
        assigned.files,
    )
    done = from_bytes(run.notebook)
    return {
        _source(done, name): message
        for name, (_, message) in cell_verdicts(done).items()
        if message
    }


def words_of(page):
    """Returns the text of the HTML that Validate's dialog shows."""
    return html.unescape(re.sub("<[^>]*>", "", page))


def _source(document, name):
    return find(document, name).source.strip()


@pytest.mark.parametrize("wrong", [3, pytest.param(8, marks=pytest.mark.nightly)])
def test_the_verdicts_on_visible_tests_are_the_engines(validate, wrong):
    assigned, answers = bank_of(load_course(ROOT), HW)
    answers = [answer for answer in answers if answer.name != RELEASE]
    # Each of the first eight wrong ones fails where the tests can be seen, or hidden.
    chosen = [answer for answer in answers if answer.name.startswith("right_")][:1]
    chosen += [answer for answer in answers if answer.name.startswith("wrong_")]
    chosen = chosen[: 1 + wrong]
    seen = set()
    for answer in chosen:
        document = from_bytes(answer.notebook)
        restore(document, assigned.released, assigned.released)
        expected = failures_of_engine(document, assigned)
        found = validate(document, answer.name)
        failed = {entry["source"]: entry["error"] for entry in found.get("failed", [])}
        assert set(failed) == set(expected), answer.name
        for source, message in expected.items():
            last = message.strip().splitlines()[-1]
            assert last in words_of(failed[source]), answer.name
        seen.add(bool(failed))
    assert seen == {True, False}, "nothing was told apart"


def test_a_test_that_logs_has_not_failed(validate, released, find_cell, tmp_path):
    find_cell(released, "double").source = "def double(x):\n    return 2 * x"
    (tmp_path / "helper.py").write_text("SCALE = 1.0")
    find_cell(released, "area").source = "def area(r):\n    return math.pi * r * r"
    test = find_cell(released, "test_double")
    test.source = LOUD
    # As if the course had it so: of cells that were changed, Validate says that alone.
    test.metadata.nbgrader["checksum"] = compute_checksum(test)
    # The one answer in words is missing, and nothing else.
    assert failed_tests(validate(released, "loud")) == []
    find_cell(released, "double").source = "def double(x):\n    return 5"
    (failed,) = failed_tests(validate(released, "wrong"))
    assert "double(2) must be 4. Received: 5" in words_of(failed["error"])


def failed_tests(found):
    return [entry for entry in found["failed"] if "double" in entry["source"]]
