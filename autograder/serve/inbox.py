"""Finds what students have handed in to nbgrader's exchange."""

import os
import pwd
import stat
import time
from dataclasses import dataclass
from pathlib import Path

from autograder.grading.submission import read_regular

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


def find_arrivals(inbound, known=()):
    """Lists the complete submissions of an exchange.

    `nbgrader submit` copies `STUDENT+ASSIGNMENT+TIMESTAMP+RANDOM` file by file and
    writes `timestamp.txt` last, so that one with its own timestamp in it is complete.

    Args:
        inbound: Path, `EXCHANGE/COURSE/inbound`; it need not exist.
        known: Set of names of folders that are not looked at again.

    Returns:
        List of `Arrival`, the oldest first.
    """
    found = []
    if inbound.is_dir():
        for folder in inbound.iterdir():
            arrival = None if folder.name in known else parse(folder)
            if arrival and _is_folder(folder) and _is_complete(arrival):
                found.append(arrival)
    return sorted(found, key=lambda arrival: (arrival.stamp, arrival.folder.name))


def _is_folder(path):
    """Returns whether there is a folder, and no link, whatever that may lead to."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


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
        return time.time() - arrival.folder.lstat().st_mtime > SETTLE
    except FileNotFoundError:
        return False


def is_owner(arrival):
    """Returns whether the folder belongs to the system user whose id it names.

    Anybody may write into an exchange's inbound folder, under any name. Where students
    are system users, the owner says whose work it is. Where a hub puts something before
    its users' names to make the system's, LAYERWISE_OWNER_PREFIX says what.
    """
    try:
        # The link's own, where it is one: it may lead to what is anybody's.
        return is_user(arrival.folder.lstat().st_uid, arrival.student)
    except FileNotFoundError:
        return False


def is_user(uid, student):
    """Returns whether a system user's number is a student's."""
    prefix = os.environ.get("LAYERWISE_OWNER_PREFIX", "")
    try:
        return pwd.getpwuid(uid).pw_name == prefix + student
    except KeyError:
        return False
