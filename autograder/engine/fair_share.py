"""Keeps a submission from taking the processors from those that run beside it.

A scheduler shares processors among threads, or sessions: a submission of forty busy
processes would get forty times what an honest one gets, whose cells then end at their
cap on wall time. Where control groups are delegated, the group holds this. Everywhere
else a submission with more threads at work than it has processors runs, from then on,
with what all others leave.
"""

import contextlib
import os
import time
from collections.abc import Collection

from autograder.processes import threads_of

# What honest notebooks have at work beside the threads of their libraries.
SPARE = 4
LOOK_SECONDS = 1.0
# The least weight of a session, where the system shares processors among sessions.
LEAST_WEIGHT = "19"


class FairShare:
    """Demotes a submission that has too many threads at work.

    Args:
        threads: The threads that its libraries may use.
    """

    def __init__(self, threads: int) -> None:
        self.most = threads + SPARE
        self.looked = time.monotonic()
        self.is_demoted = False

    def look(self, pids: Collection[int]) -> None:
        """Looks, once a second at most.

        Args:
            pids: All processes of the submission.
        """
        if time.monotonic() - self.looked < LOOK_SECONDS:
            return
        self.looked = time.monotonic()
        states = threads_of(pids)
        if list(states.values()).count("R") > self.most:
            self.is_demoted = True
            demote(pids, states)


def demote(pids: Collection[int], threads: Collection[int]) -> None:
    """Lets processes run when nobody else wants to; what they start takes it over.

    They cannot take it back: `rlimits` allow no nicer priority.

    Args:
        pids: The processes.
        threads: All their threads.
    """
    for thread in threads:
        # It may be gone.
        with contextlib.suppress(OSError):
            os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
    for pid in pids:
        # Without sessions' groups there is no such file. For others than root the
        # system takes one such change in a tenth of a second: the next look goes on.
        with contextlib.suppress(OSError), open(f"/proc/{pid}/autogroup", "r+") as file:
            if f"nice {LEAST_WEIGHT}" not in file.read():
                file.write(LEAST_WEIGHT)
