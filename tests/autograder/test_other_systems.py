"""macOS and Windows have cold kernels: autograder can be imported there.

There is no such system here: tests/autograder/other_systems.py takes away what they
lack. What only Linux has must be imported by the functions that need it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder.limits import NONE

SCRIPT = Path(__file__).with_name("other_systems.py")
SYSTEMS = ("darwin", "win32")


@pytest.fixture(scope="module")
def answer():
    done = subprocess.run(
        [sys.executable, SCRIPT, *SYSTEMS],
        capture_output=True,
        text=True,
        # No module of ours needs TensorFlow to be imported.
        env={**os.environ, "KERAS_BACKEND": "numpy"},
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def test_it_looks_at_the_whole_package(answer):
    assert answer["here"] == {}
    assert {
        "autograder.engine.split_run",
        "autograder.grading.grade_class",
        "autograder.sandbox.seccomp",
        "autograder.verdict.runner",
        "autograder.warm.forkserver",
    } <= set(answer["modules"])


@pytest.mark.parametrize("system", SYSTEMS)
def test_every_module_can_be_imported(answer, system):
    assert answer[system]["faults"] == {}


@pytest.mark.parametrize("system", SYSTEMS)
def test_kernels_are_cold_and_there_is_no_sandbox(answer, system):
    assert answer[system]["warm"] is False
    assert answer[system]["level"] == NONE
    assert answer[system]["missing"] == ["this system is not Linux"]
