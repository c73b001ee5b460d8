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
from autograder.grading.assignment import load_assigned
from autograder.grading.judge import cell_verdicts
from autograder.grading.restore import restore
from autograder.jupyter.validate import headings_of, message_of, short_report
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
def test_the_verdicts_on_visible_tests_are_the_engines(validate, tmp_path, wrong):
    assigned, answers = bank_of(load_course(ROOT), HW)
    for name, content in assigned.files.items():
        (tmp_path / name).write_bytes(content)
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
        headings, first = headings_of(document), {}
        for source, message in expected.items():
            first.setdefault(headings[source], message_of(message))
        assert set(failed) == set(first), answer.name
        for heading, message in first.items():
            assert message in words_of(failed[heading]), answer.name
        seen.add(bool(failed))
    assert seen == {True, False}, "nothing was told apart"


def test_an_untouched_notebook_has_a_line_for_each_exercise(validate, tmp_path):
    assigned = load_assigned(load_course(ROOT), "hw09_style")
    for name, content in assigned.files.items():
        (tmp_path / name).write_bytes(content)
    failed = validate(copy.deepcopy(assigned.released), "hw09_style")["failed"]
    assert [entry["raw_error"] for entry in failed] == [
        f"exercise {number} is not begun" for number in range(1, 7)
    ]
    assert failed[0]["source"] == "Exercise 1: the style matrix (5 points)"


def test_the_first_message_of_each_exercise_is_reported():
    document = nbformat.v4.new_notebook()
    for number in (1, 2):
        head = f"text\n\n## Exercise {number}: sums\n\nmore"
        document.cells.append(nbformat.v4.new_markdown_cell(head))
        for test in "ab":
            cell = nbformat.v4.new_code_cell(f"test {number}{test}\n")
            cell.metadata.nbgrader = {"grade": True, "solution": False}
            document.cells.append(cell)
    failed = [
        {"source": f"test {name}", "error": "", "raw_error": error}
        for name, error in (
            ("1b", "\x1b[31mAssertionError\x1b[0m: it is 3"),
            ("2a", "-----\nTypeError     Traceback\n  1 x\n\nTypeError: no <b>\nmore"),
            ("2b", "AssertionError: hidden by 2a"),
        )
    ]
    found = short_report(document, failed)
    assert [(entry["source"], entry["raw_error"]) for entry in found] == [
        ("Exercise 1: sums", "it is 3"),
        ("Exercise 2: sums", "TypeError: no <b> more"),
    ]
    assert found[1]["error"] == "TypeError: no &lt;b&gt; more"
    other = [{"source": "elsewhere", "error": "", "raw_error": "ValueError: x"}]
    assert short_report(document, [*failed, *other]) == [*failed, *other]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("NotImplementedError: ", "it is not begun"),
        ("x\nNotBegun: exercise 2 is not begun", "exercise 2 is not begun"),
        ("KeyError: 'a'", "KeyError: 'a'"),
        ("AssertionError: y: ValueError: 3", "y: ValueError: 3"),
        ("nothing that is known", "nothing that is known"),
        ("AssertionError: " + "a" * 500, "a" * 400 + " [...]"),
    ],
)
def test_an_error_is_its_message(error, message):
    assert message_of(error) == message


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
