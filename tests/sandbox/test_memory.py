"""What the processes take that a process has started."""

import os
import subprocess
import sys
import time

from autograder.memory import children_of, memory_of_children


def test_a_child_is_found_and_its_memory_counted():
    code = "x = bytearray(b'x' * 50_000_000); print(1, flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        child.stdout.readline()
        assert child.pid in children_of(os.getpid())
        assert memory_of_children(os.getpid()) > 50_000_000
    finally:
        child.communicate(b"\n")
    deadline = time.monotonic() + 5
    while child.pid in children_of(os.getpid()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert child.pid not in children_of(os.getpid())


def test_a_process_that_is_gone_has_nothing():
    assert children_of(2**22 - 1) == []
    assert memory_of_children(2**22 - 1) == 0
