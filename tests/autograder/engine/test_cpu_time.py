"""A cell's limit counts CPU time: no verdict depends on what else the machine does."""

import subprocess
import sys

import pytest
from small_notebook import BURN, answer, check, run

from autograder.engine import one_kernel
from autograder.engine.cell_limit import run_cell
from autograder.engine.pool import count_cores
from autograder.limits import Limits
from autograder.warm import client

pytestmark = pytest.mark.kernel
AFTER = check("after", "assert True, 'x'")
# Each of them alone stays under the limit of two seconds.
CHILDREN = f"""
import subprocess, sys
code = {BURN.format(1.5)!r}
children = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
for child in children:
    child.wait()
"""
# Hashing large buffers releases the interpreter's lock.
THREADS = """
import hashlib, threading, time
buffer, over = bytes(1_000_000), threading.Event()
def work():
    while time.thread_time() < 1 and not over.is_set():
        hashlib.sha256(buffer)
threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
try:
    for thread in threads:
        thread.join()
finally:
    over.set()
"""
# What a test cell of the split run calls.
FUNCTIONS = """
import time
def sleeps():
    time.sleep(10**6)
def burns():
    while True:
        pass
def right():
    return 4
"""


@pytest.fixture
def busy_cells(monkeypatch):
    """Keeps every core busy with others' work while a cell runs."""

    async def run_beside_others(*arguments):
        others = [
            subprocess.Popen([sys.executable, "-c", "while True: pass"])
            for _ in range(max(8, 4 * count_cores()))
        ]
        try:
            return await run_cell(*arguments)
        finally:
            for other in others:
                other.kill()
                other.wait()

    monkeypatch.setattr(one_kernel, "run_cell", run_beside_others)


def test_a_right_answer_keeps_its_points_beside_busy_processes(busy_cells):
    execution, _, verdicts = run(
        check("slow", BURN.format(0.7) + "\nassert True, 'x'"),
        limits=Limits(cell_seconds=2),
    )
    assert (execution.status, execution.reason) == ("graded", "")
    assert verdicts == {"slow": [1, ""]}


def test_a_cell_that_sleeps_ends_by_the_clock():
    execution, _, verdicts = run(
        check("asleep", "import time\ntime.sleep(10**6)\nassert True, 'x'"),
        AFTER,
        limits=Limits(cell_seconds=1),
    )
    fault = "cell asleep ran over 1 s of waiting and was interrupted"
    assert (execution.status, execution.reason) == ("timeout", fault)
    assert verdicts == {"asleep": [0, f"CellTimeout: {fault}"], "after": [1, ""]}


@pytest.mark.parametrize("source", [CHILDREN, THREADS], ids=["children", "threads"])
def test_what_a_cell_keeps_busy_is_added_up(source):
    execution, _, verdicts = run(
        check("wide", source + "\nassert True, 'x'"),
        AFTER,
        limits=Limits(cell_seconds=2),
    )
    fault = "cell wide ran over 2 s of CPU time and was interrupted"
    assert (execution.status, execution.reason) == ("timeout", fault)
    assert verdicts == {"wide": [0, f"CellTimeout: {fault}"], "after": [1, ""]}


@pytest.mark.skipif(not client.available(), reason="needs warm kernels")
def test_a_test_ends_with_the_students_function_that_it_calls():
    execution, _, verdicts = run(
        answer(FUNCTIONS),
        check("asleep", "assert sleeps() == 4, 'sleeps'"),
        check("busy", "assert burns() == 4, 'burns'"),
        check("right", "assert right() == 4, 'right'"),
        limits=Limits(cell_seconds=1),
        answer_names={"sleeps", "burns", "right"},
    )
    asleep = "cell asleep ran over 1 s of waiting and was interrupted"
    busy = "cell busy ran over 1 s of CPU time and was interrupted"
    assert (execution.status, execution.reason) == ("timeout", asleep)
    assert verdicts == {
        "asleep": [0, f"CellTimeout: {asleep}"],
        "busy": [0, f"CellTimeout: {busy}"],
        "right": [1, ""],
    }
