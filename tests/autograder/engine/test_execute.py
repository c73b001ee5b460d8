"""Running notebooks that behave, and such that do not."""

import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest
import small_notebook
from small_notebook import BURN, answer, check, notebook_of

from autograder.engine.execute import execute
from autograder.limits import Limits

pytestmark = pytest.mark.kernel

LIMITS = Limits(cell_seconds=2, notebook_seconds=60, output_bytes=20_000)


def run(*cells, limits=LIMITS, files=None):
    return small_notebook.run(*cells, limits=limits, files=files)


def child_processes():
    found = subprocess.run(
        ["ps", "-o", "pid=,stat=,args=", "--ppid", str(os.getpid())],
        capture_output=True,
        text=True,
    )
    return {
        line.split()[0]
        for line in found.stdout.splitlines()
        if " ps " not in line and "resource_tracker" not in line
    }


@pytest.fixture(autouse=True)
def leaves_nothing_behind(tmp_path, monkeypatch):
    """Holds each run to leave no temporary folder and no process."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    before = child_processes()
    yield
    assert list((tmp_path / "temporary").iterdir()) == []
    assert child_processes() <= before


def test_what_a_good_notebook_gives():
    execution, document, verdicts = run(
        nbformat.v4.new_markdown_cell("# Title"),
        answer("import warnings\nfrom helper import VALUE\nopen('data/a.txt').read()"),
        check("right", "assert VALUE == 3, 'value'"),
        check("wrong", "assert VALUE == 4, f'value is {VALUE}'", points=2),
        check("noisy", "warnings.warn('careful')\nassert True, 'x'"),
        answer(
            "%matplotlib inline\nimport matplotlib.pyplot as plt\nplt.plot([1, 2]);"
        ),
        answer(
            "from IPython.display import display\n"
            "display({'application/json': 5, 'text/plain': 'five'}, raw=True)"
        ),
        answer("raise ValueError('m' * 100_000)"),
        check("skipped", "assert False, 'no'"),
        limits=Limits(cell_seconds=60, output_bytes=200_000),
        files={"helper.py": b"VALUE = 3\n", "data/a.txt": b"text"},
    )
    assert (execution.status, execution.reason) == ("graded", "")
    assert verdicts == {
        "right": [1, ""],
        "wrong": [0, "AssertionError: value is 3"],
        # nbgrader itself would give a test that wrote to stderr no point.
        "noisy": [1, ""],
        "skipped": [0, "AssertionError: no"],
    }
    assert document.cells[1].outputs[0].data["text/plain"] == "'text'"
    pictures = [out for out in document.cells[5].outputs if "data" in out]
    assert any("image/png" in out.data for out in pictures)
    assert document.cells[6].outputs[0].data["application/json"] == 5
    # An error of any length stays an error.
    (error,) = document.cells[7].outputs
    assert error.ename == "ValueError"
    assert len(nbformat.writes(document)) < 400_000
    assert execution.seconds > 0
    assert execution.start_seconds > 0
    assert execution.cell_seconds.keys() >= verdicts.keys()


def test_a_tag_cannot_skip_a_test():
    test = check("skipped", "assert False, 'no'")
    test.metadata["tags"] = ["skip-execution"]
    _, _, verdicts = run(test)
    assert verdicts == {"skipped": [0, "AssertionError: no"]}


def test_a_cell_over_its_time_is_interrupted_and_the_run_goes_on():
    execution, _, verdicts = run(
        answer("a = 1"),
        check("before", "assert a == 1, 'a'"),
        answer("while True: pass"),
        check("slow", "import time\ntime.sleep(60)\nassert True, 'x'"),
        check("after", "assert a == 1, 'a'"),
    )
    assert execution.status == "timeout"
    assert execution.reason == "cell 3 ran over 2 s of CPU time and was interrupted"
    assert verdicts["before"] == [1, ""]
    assert verdicts["slow"] == [
        0,
        "CellTimeout: cell slow ran over 2 s of waiting and was interrupted",
    ]
    assert verdicts["after"] == [1, ""]


def test_a_cell_that_will_not_be_interrupted_ends_the_run(monkeypatch):
    monkeypatch.setattr("autograder.engine.kernel_client.GRACE", 2)
    execution, _, verdicts = run(
        check("before", "assert True, 'x'"),
        answer(
            "import time\nwhile True:\n    try:\n        time.sleep(1)\n"
            "    except KeyboardInterrupt: pass"
        ),
        check("after", "assert True, 'x'"),
    )
    assert execution.status == "timeout"
    assert (
        execution.reason
        == "cell 2 ran over 2 s of waiting and did not stop when interrupted"
    )
    assert verdicts["before"] == [1, ""]
    assert verdicts["after"] == [
        0,
        f"NotRun: this test did not finish: {execution.reason}",
    ]


def test_the_notebook_s_time_ends_the_run():
    execution, _, verdicts = run(
        check("before", "assert True, 'x'"),
        answer(BURN.format(1.2)),
        answer(BURN.format(1.2)),
        check("after", "assert True, 'x'"),
        limits=Limits(cell_seconds=2, notebook_seconds=2),
    )
    assert execution.status == "timeout"
    assert verdicts["before"] == [1, ""]
    assert verdicts["after"][0] == 0
    assert "the notebook ran over 2 s of CPU time" in verdicts["after"][1]


@pytest.mark.parametrize(
    "source",
    ["import os\nos._exit(0)", "import os, signal\nos.kill(os.getpid(), 9)"],
)
def test_a_kernel_that_dies_keeps_the_points_before(source):
    execution, _, verdicts = run(
        check("before", "assert True, 'x'"),
        answer(source),
        check("after", "assert True, 'x'"),
    )
    assert execution.status == "crashed"
    assert execution.reason.startswith("the kernel died in cell ")
    assert verdicts["before"] == [1, ""]
    assert verdicts["after"][0] == 0
    assert "this test did not finish: the kernel died" in verdicts["after"][1]


def test_endless_output_is_cut():
    execution, document, verdicts = run(
        answer("while True: print('x' * 1000)"),
        answer("print('y' * 100_000)"),
        check("after", "print('z')\nassert True, 'x'"),
    )
    assert execution.status == "timeout"
    assert len(execution.notebook) < 2 * LIMITS.output_bytes + 20_000
    for cell in document.cells[:2]:
        text = "".join(out.get("text", "") for out in cell.outputs)
        assert text.count("[output over 20,000 bytes was dropped]") == 1
    assert verdicts["after"] == [1, ""]
    assert document.cells[2].outputs[0].text == "z\n"


def test_processes_that_the_notebook_started_end_with_it(tmp_path):
    note = tmp_path / "pid"
    run(
        answer(
            "import subprocess\nchild = subprocess.Popen(['sleep', '300'])\n"
            f"open({str(note)!r}, 'w').write(str(child.pid))"
        )
    )
    pid = int(note.read_text())
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and Path(f"/proc/{pid}").exists():
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        if state == "Z":
            break
        time.sleep(0.1)
    else:
        assert not Path(f"/proc/{pid}").exists()


def test_it_can_run_in_a_thread():
    content = notebook_of(check("a", "assert True, 'x'"))
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(execute, content, LIMITS).result().status == "graded"
