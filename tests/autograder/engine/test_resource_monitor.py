"""What a watch counts in the folder of a run."""

import os
from pathlib import Path

import pytest

from autograder.engine.resource_monitor import OWN_FILES, Watch
from autograder.limits import Limits
from autograder.sandbox.policy import NAMESPACES


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs Linux's /proc")
def test_what_was_handed_in_is_no_file_of_the_run(tmp_path):
    for number in range(3 * OWN_FILES):
        (tmp_path / f"{number}.txt").touch()
    watch = Watch([os.getpid()], Limits(), NAMESPACES, tmp_path)
    assert watch._disk() == 0
    for number in range(OWN_FILES + 1):
        (tmp_path / f"added-{number}").touch()
    assert watch._disk() == float("inf")
