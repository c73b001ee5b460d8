"""What a submission's cells do that ends or stops a plain kernel, at each level."""

import json
import os

import nbformat
import pytest
from small_notebook import answer, check, run

from autograder.limits import Limits
from autograder.sandbox import levels
from autograder.sandbox.policy import LANDLOCK, NAMESPACES

pytestmark = pytest.mark.kernel


@pytest.fixture(params=[NAMESPACES, LANDLOCK])
def level(request):
    if levels.try_level(request.param):
        pytest.skip(f"this machine has no {request.param}")
    return request.param


RIGHT = check("right", "assert right() == 1, 'right'")
FIRST = answer("import layerwise.checks\ndef right():\n    return 1")


def run_cells(level, *sources, **limits):
    """Runs cells and a test after them; returns the execution and the cells' texts."""
    given = Limits(**{"cell_seconds": 20, "sandbox": level, **limits})
    cells = [FIRST, *map(answer, sources), RIGHT]
    execution, document, verdicts = run(*cells, limits=given, answer_names={"right"})
    texts = [json.dumps(cell.outputs) for cell in document.cells[1:-1]]
    return execution, verdicts, texts


def test_commands_of_the_shell_go_as_in_a_plain_kernel(level):
    execution, verdicts, texts = run_cells(
        level,
        "!echo first; exit 3\nprint('code', _exit_code)",
        "lines = !echo one; echo two\nprint(lines)",
        "%%bash\necho cell",
        "import os\nos.system('echo system')\nimport time\ntime.sleep(0.3)",
        "import subprocess\nprint(subprocess.run('echo sub', shell=True).returncode)",
        "get_ipython().system('echo got')",
        "!pip install nothing-of-that-name\nprint('went on')",
        "%pip install nothing-of-that-name\nprint('went on')",
        "import sys\n!{sys.executable} -c 'print(6 * 7)'",
        "!kill -9 $$\nprint(_exit_code)",
    )
    assert (execution.status, verdicts) == ("graded", {"right": [1, ""]})
    expected = ("code 3", "'one', 'two'", "cell", "system", "0", "got")
    expected += ("went on", "went on", "42", "-9")
    for text, word in zip(texts, expected, strict=True):
        assert word in text
        assert 'output_type": "error' not in text


def test_what_asks_a_kernel_to_end_does_not(level):
    execution, verdicts, texts = run_cells(
        level,
        "exit()\nprint('same cell')",
        "quit()",
        "get_ipython().ask_exit()\nget_ipython().exit_now = True",
        "import asyncio, sys\nloop = asyncio.get_event_loop()\nloop.stop()",
        "loop.call_soon(sys.exit)\nloop.call_later(0.01, loop.stop)",
        "import time\ntime.sleep(0.3)",
        "sys.exit(1)",
    )
    assert (execution.status, verdicts) == ("graded", {"right": [1, ""]})
    assert "exit() and quit() end nothing" in texts[0]
    assert "same cell" in texts[0]
    # This one ends its own cell, as everywhere.
    assert "SystemExit" in texts[6]


def test_the_cell_that_ends_the_kernel_is_named(level):
    execution, verdicts, _ = run_cells(level, "1 + 1", "import os\nos._exit(0)", "2")
    assert execution.status == "crashed"
    assert execution.reason == "the kernel died in cell 3"
    assert verdicts["right"][0] == 0


LONG = {
    "one": "def f(n):\n    return f(n + 1)\nf(0)",
    "two": "def f(n):\n    return g(n)\ndef g(n):\n    return f(n)\nf(0)",
    "shown": "class A:\n    def __repr__(self):\n        return repr(self)\nA()",
    "told": "class E(Exception):\n    def __str__(self):\n        return str(self)\n"
    "raise E",
    "number": "class E(Exception):\n    def __str__(self):\n        return 5\nraise E",
    "layer": "import keras\nclass L(keras.layers.Layer):\n    def call(self, x):\n"
    "        return self(x)\nL()(keras.ops.ones((1, 1)))",
    "chain": "last = None\nfor n in range(20_000):\n    new = ValueError(n)\n"
    "    new.__cause__, last = last, new\nraise last",
    "context": "last = None\nfor n in range(20_000):\n    new = ValueError(n)\n"
    "    new.__context__, last = last, new\nraise last",
    "group": "raise ExceptionGroup('g', [ValueError(n) for n in range(50_000)])",
    "nested": "e = ValueError(1)\nfor n in range(900):\n"
    "    e = ExceptionGroup('g', [e])\nraise e",
}


def test_an_exception_is_shown_in_little_time_however_long_it_is():
    # Each within two seconds of CPU time, with Keras imported.
    execution, verdicts, texts = run_cells(None, *LONG.values(), cell_seconds=2)
    assert (execution.status, verdicts) == ("graded", {"right": [1, ""]})
    for name, text in zip(LONG, texts, strict=True):
        assert 'output_type": "error' in text, name
        assert len(text) < 20_000, name


def test_a_short_exception_is_left_to_ipython():
    _, _, texts = run_cells(None, "def f():\n    return 1 / 0\nf()")
    assert "ZeroDivisionError" in texts[0]
    assert "----> " in texts[0]


def test_a_cell_whose_reply_does_not_come_ends(level):
    source = (
        "session = get_ipython().kernel.session\nsend = session.send\n"
        "def fail(stream, kind, *args, **options):\n"
        "    if kind == 'execute_reply':\n"
        "        session.send = send\n        raise KeyError(kind)\n"
        "    return send(stream, kind, *args, **options)\nsession.send = fail"
    )
    execution, verdicts, _ = run_cells(level, source)
    assert (execution.status, verdicts) == ("graded", {"right": [1, ""]})
    assert execution.cell_seconds["1"] < 60


def test_terminals_are_the_submissions_own(level):
    before = set(os.listdir("/dev/pts"))
    _, _, texts = run_cells(
        level,
        "import os\nprint(os.path.exists('/dev/pts') and [n for n in "
        "range(20) if os.access(f'/dev/pts/{n}', os.R_OK)])",
        "try:\n    print('got', len([os.openpty() for _ in range(200)]))\n"
        "except OSError as error:\n    print('refused')",
    )
    assert "refused" in texts[1]
    assert set(os.listdir("/dev/pts")) == before
    if level == NAMESPACES:
        assert "[]" in texts[0]


def test_a_notebook_that_is_one_output_is_valid(level):
    execution, _, _ = run_cells(level, "print('x' * 5_000_000)")
    nbformat.validate(nbformat.reads(execution.notebook.decode(), as_version=4))
    assert len(execution.notebook) < 1_100_000
