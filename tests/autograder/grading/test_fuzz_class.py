"""A class of which most submissions went wrong in some way: the run ends for all."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from mutations import ODD_STUDENTS, mutate

from autograder.grading.journal import Journal

pytestmark = pytest.mark.kernel

HONEST = {"right": 5, "wrong": 3}
WRONG = {"double": "def double(x):\n    return 5"}
# What the process that writes grades may take: bytes.
MOST_MEMORY = 500_000_000


def peak_memory(process):
    """Waits for a process; returns the most memory that it had, in bytes."""
    peak = 0
    while process.poll() is None:
        with contextlib.suppress(OSError, StopIteration):
            lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            line = next(line for line in lines if line.startswith("VmHWM"))
            peak = max(peak, 1024 * int(line.split()[1]))
        time.sleep(0.1)
    return peak


@pytest.mark.parametrize(
    "mutated", [24, pytest.param(300, marks=pytest.mark.nightly)], ids=str
)
def test_a_class_of_mutated_submissions_is_graded(entered, mutated, tmp_path):
    right = nbformat.writes(entered.answered()).encode()
    wrong = nbformat.writes(entered.answered(**WRONG)).encode()
    for number in range(5):
        entered.hand_in(f"right{number}", right)
        entered.hand_in(f"wrong{number}", wrong)
    done = {}
    for seed in range(mutated):
        name = ODD_STUDENTS[seed] if seed < len(ODD_STUDENTS) else b"m%03d" % seed
        folder = Path(os.fsdecode(os.path.join(os.fsencode(entered.submitted), name)))
        folder = folder / entered.assignment
        folder.mkdir(parents=True)
        (folder / f"{entered.assignment}.ipynb").write_bytes(right)
        done[seed] = mutate(folder, f"{entered.assignment}.ipynb", seed)
    command = [
        Path(sys.executable).parent / "autograder",
        *("--course", entered.root, "grade", entered.assignment),
        *("--cell-seconds", "5", "--notebook-seconds", "30"),
    ]
    printed = tmp_path / "printed"
    with printed.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)
    memory = peak_memory(process)
    shown = printed.read_text(encoding="utf-8")
    assert process.returncode in (0, 1), shown
    assert "Traceback" not in shown
    latest = Journal(entered.classroom / "journal.jsonl").latest
    assert len(latest) == 10 + mutated
    for (student, *_), outcome in latest.items():
        assert outcome.reason.isprintable()
        assert "grading it failed" not in outcome.reason, (student, outcome.reason)
        assert (outcome.status == "graded") == (outcome.reason == "")
        kind = student.rstrip("0123456789")
        if kind in HONEST:
            assert (outcome.status, outcome.score) == ("graded", HONEST[kind]), student
    assert memory < MOST_MEMORY
