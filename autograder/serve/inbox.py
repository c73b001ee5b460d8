"""Finds what students have handed in to nbgrader's exchange."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from autograder.submission import read_regular

# A folder without its timestamp may still be on its way; after this long it is taken
# as it is. Seconds.
SETTLE = 30
LONGEST_STAMP = 1000


@dataclass(frozen=True)
class Arrival:
    """One folder in the inbound part of an exchange.

    Attributes:
        folder: Path.
        student: String, the student's id.
        assignment: String, the assignment's id.
        stamp: String, when it was handed in, as nbgrader writes it.
    """

    folder: Path
    student: str
    assignment: str
    stamp: str


def find_arrivals(inbound):
    """Lists the complete submissions of an exchange.

    `nbgrader submit` copies `STUDENT+ASSIGNMENT+TIMESTAMP+RANDOM` file by file and
    writes `timestamp.txt` last, so that one with its own timestamp in it is complete.

    Args:
        inbound: Path, `EXCHANGE/COURSE/inbound`; it need not exist.

    Returns:
        List of `Arrival`, the oldest first.
    """
    found = []
    if inbound.is_dir():
        for folder in inbound.iterdir():
            arrival = parse(folder)
            real = arrival and folder.is_dir() and not folder.is_symlink()
            if real and _is_complete(arrival):
                found.append(arrival)
    return sorted(found, key=lambda arrival: (arrival.stamp, arrival.folder.name))


def parse(folder):
    """Reads the name of a folder.

    Args:
        folder: Path.

    Returns:
        `Arrival`; `None` for a name that is not one of nbgrader's.
    """
    parts = folder.name.rsplit("+", 3)
    if len(parts) == 3:
        # Submitted with `add_random_string` switched off.
        parts.append("")
    if len(parts) != 4 or not all(parts[:3]) or not folder.name.isprintable():
        return None
    student, assignment, stamp, _ = parts
    if student.startswith(".") or "/" in assignment:
        return None
    return Arrival(folder, student, assignment, stamp)


def _is_complete(arrival):
    content = read_regular(arrival.folder / "timestamp.txt", LONGEST_STAMP)
    if content is not None and content.decode("utf-8", "replace").strip():
        return content.decode("utf-8", "replace").strip() == arrival.stamp
    try:
        return time.time() - arrival.folder.stat().st_mtime > SETTLE
    except FileNotFoundError:
        return False


def is_owner(arrival):
    """Returns whether the folder belongs to the system user whose id it names.

    Anybody may write into an exchange's inbound folder, under any name. Where students
    are system users, the owner says whose work it is. Where a hub puts something before
    its users' names to make the system's, LAYERWISE_OWNER_PREFIX says what.
    """
    prefix = os.environ.get("LAYERWISE_OWNER_PREFIX", "")
    try:
        return arrival.folder.owner() == prefix + arrival.student
    except (KeyError, FileNotFoundError):
        return False
