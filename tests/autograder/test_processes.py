"""What processes have taken, and who their children are."""

import os
import subprocess
import sys
import time

from autograder.processes import children_of, cpu_of_tree, memory_of, tree_of


def test_a_child_is_found_and_its_memory_counted():
    code = "x = bytearray(b'x' * 50_000_000); print(1, flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        child.stdout.readline()
        assert child.pid in children_of(os.getpid())
        assert tree_of(os.getpid())[0] == os.getpid()
        assert child.pid in tree_of(os.getpid())
        # What it shares counts only in the quick sum, which is asked first.
        assert 50_000_000 < memory_of([child.pid], 0) < 80_000_000
        assert memory_of([child.pid], 10**10) >= memory_of([child.pid], 0)
    finally:
        child.communicate(b"\n")
    deadline = time.monotonic() + 5
    while child.pid in children_of(os.getpid()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert child.pid not in children_of(os.getpid())


def test_a_process_that_is_gone_has_nothing():
    assert children_of(2**22 - 1) == []
    assert tree_of(2**22 - 1) == [2**22 - 1]
    assert memory_of([2**22 - 1], 0) == 0


BURN = (
    "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: 0"
)


def test_the_time_of_a_child_counts_while_it_runs_and_after_its_end():
    before = cpu_of_tree(os.getpid())
    child = subprocess.Popen(
        [sys.executable, "-c", f"{BURN}\nprint(1, flush=True)\ninput()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        child.stdout.readline()
        assert cpu_of_tree(child.pid) >= 0.25
        assert cpu_of_tree(os.getpid()) - before >= 0.25
    finally:
        child.communicate(b"\n")
    assert cpu_of_tree(child.pid) == 0
    assert cpu_of_tree(os.getpid()) - before >= 0.25


def test_the_time_of_grandchildren_counts():
    code = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN!r}])"
    before = cpu_of_tree(os.getpid())
    subprocess.run([sys.executable, "-c", code], check=True)
    assert cpu_of_tree(os.getpid()) - before >= 0.25
