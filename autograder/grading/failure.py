"""Makes of an error that one submission causes its own outcome."""

import errno
import traceback
from pathlib import Path

from autograder.grading.assignment import Assigned
from autograder.grading.outcome import Outcome
from autograder.limits import CRASHED

# What no submission causes: a full disk, say, fails all the others too.
MACHINE = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE),
    errno.ENOMEM,
}


def is_of_the_machine(error: Exception) -> bool:
    """Returns whether an error would meet the next submission too."""
    from sqlalchemy.exc import OperationalError

    if isinstance(error, OSError):
        return error.errno in MACHINE
    return isinstance(error, OperationalError)


def failed(student: str, assigned: Assigned, error: Exception) -> Outcome:
    """Returns the outcome of a submission that could not be graded.

    Without a key, so that the next run tries again.
    """
    return Outcome(
        student,
        assigned.assignment,
        CRASHED,
        f"grading it failed: {described(error)}",
        max_score=sum(assigned.points.values()),
        name=assigned.notebook_name,
    )


def described(error: Exception) -> str:
    """Returns what an instructor reads of an error, and a developer needs of it."""
    first = (str(error).strip().splitlines() or [""])[0][:300]
    place = ""
    if frames := traceback.extract_tb(error.__traceback__):
        place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})"
    return f"{type(error).__name__}: {first}{place}"
