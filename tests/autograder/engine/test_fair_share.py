"""A submission with many threads at work is demoted."""

import contextlib
import os
import subprocess
import sys

import pytest

from autograder.engine import fair_share
from autograder.engine.fair_share import FairShare, demote
from autograder.processes import threads_of, tree_of

pytestmark = pytest.mark.skipif(
    not hasattr(os, "SCHED_IDLE"), reason="only Linux has this"
)
# A parent with children that wait; each in a session of its own.
CHILDREN = """
import os, sys, time
for _ in range(3):
    if not os.fork():
        os.setsid()
        time.sleep(100)
        os._exit(0)
print(1, flush=True)
input()
"""


@pytest.fixture
def family():
    with subprocess.Popen(
        [sys.executable, "-c", CHILDREN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as parent:
        parent.stdout.readline()
        yield tree_of(parent.pid)
        for pid in tree_of(parent.pid)[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)
        parent.communicate(b"\n")


def policies(pids):
    return {os.sched_getscheduler(pid) for pid in pids}


def test_all_processes_of_a_submission_are_demoted(family):
    assert len(family) == 4
    demote(family, threads_of(family))
    assert policies(family) == {os.SCHED_IDLE}


@pytest.mark.parametrize(("busy", "is_demoted"), [(5, False), (6, True)])
def test_only_more_threads_than_a_notebook_needs(monkeypatch, busy, is_demoted):
    demoted = []
    monkeypatch.setattr(fair_share, "LOOK_SECONDS", 0)
    monkeypatch.setattr(fair_share, "demote", lambda *given: demoted.append(given))
    states = {number: "R" if number < busy else "S" for number in range(60)}
    monkeypatch.setattr(fair_share, "threads_of", lambda _: states)
    share = FairShare(threads=1)
    share.look([1])
    assert share.is_demoted == is_demoted
    assert bool(demoted) == is_demoted
