"""What a notebook shows of an error in a test cell."""

import json

import pytest
from IPython.core.interactiveshell import InteractiveShell

from layerwise.checks import expected, notebook_errors


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function that runs cells and returns how their last error is shown."""
    monkeypatch.chdir(tmp_path)
    text = json.dumps({"answers": {}, "exercises": {"gram": 2}})
    (tmp_path / expected.FILE).write_text(text, encoding="utf-8")
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(history_manager=None)
    shown = []
    shell._showtraceback = lambda kind, value, lines: shown.append(
        (kind.__name__, "\n".join(lines))
    )
    monkeypatch.setattr(
        shell.compile, "get_code_name", lambda raw, code, n: f"/ipykernel_1/{n}.py"
    )
    shell.run_cell("from layerwise import checks\nchecks.short_errors()")

    def run(*cells):
        for cell in cells:
            shell.run_cell(cell, store_history=True)
        return shown[-1]

    yield run
    InteractiveShell.clear_instance()


def test_a_failed_test_shows_its_message(run):
    kind, text = run("assert 1 == 2, 'it is 1'")
    assert kind == "AssertionError"
    assert text == "\x1b[31mAssertionError\x1b[0m: it is 1"


def test_an_error_of_the_student_s_shows_their_line(run):
    kind, text = run(
        "import json\ndef gram(x):\n    return json.loads(x)",
        "y = gram('[')\nchecks.close(y, 1)",
    )
    assert kind == "JSONDecodeError"
    head, place, line, message = text.splitlines()
    assert head == "In the submitted code, called in line 1 of this test:"
    assert (place, line) == ("  line 3, in gram", "    return json.loads(x)")
    assert message.startswith("\x1b[31mJSONDecodeError\x1b[0m: Expecting value")


def test_an_exercise_that_is_not_begun_says_so(run):
    stub = "def gram(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    kind, text = run(stub, "checks.close(gram(1), 1)")
    assert kind == "NotBegun"
    assert text == "\x1b[31mNotBegun\x1b[0m: exercise 2 is not begun"


def test_other_cells_show_all(run):
    kind, text = run("def f():\n    1 / 0", "f()")
    assert kind == "ZeroDivisionError"
    assert "Traceback (most recent call last)" in text
    kind, text = run(
        "def g():\n    raise NotImplementedError('later')", "checks.close(g(), 1)"
    )
    assert kind == "NotImplementedError"
    assert "later" in text


def test_outside_of_a_notebook_nothing_happens(monkeypatch):
    monkeypatch.setattr(notebook_errors, "get_ipython", lambda: None)
    notebook_errors.short_errors()
