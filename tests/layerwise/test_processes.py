"""`layerwise.processes`: a limit counts processor time."""

import signal
import subprocess
import sys

import pytest

from layerwise import processes

resource = pytest.importorskip("resource")


def ended(*lines):
    """Runs a program of these lines; returns its return code."""
    code = "\n".join(("import resource", "from layerwise import processes", *lines))
    return subprocess.run([sys.executable, "-c", code]).returncode


def test_a_process_that_computes_on_is_ended_and_the_limit_named():
    code = ended("processes.limit_cpu(1)", "while True: pass")
    assert code == -signal.SIGXCPU
    with pytest.raises(TimeoutError, match=r"the worker was ended.* 1 s of processor"):
        processes.refuse_overrun("the worker", code, 1)


def test_other_ends_are_not_the_limits():
    for code in (None, 0, 1, -signal.SIGKILL):
        processes.refuse_overrun("the worker", code, 1)


def test_a_lower_limit_of_the_system_stays():
    code = ended(
        "resource.setrlimit(resource.RLIMIT_CPU, (50, 60))",
        "processes.limit_cpu(300)",
        "assert resource.getrlimit(resource.RLIMIT_CPU) == (60, 60)",
    )
    assert code == 0
