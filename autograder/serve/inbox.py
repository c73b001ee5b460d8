"""Finds what students have handed in to nbgrader's exchange."""

import os
import stat
import time
from collections.abc import Collection
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
        folder: It lies in the exchange, and is its student's to change.
        student: The student's id.
        assignment: The assignment's id.
        stamp: When it was handed in, as nbgrader writes it.
    """

    folder: Path
    student: str
    assignment: str
    stamp: str


def find_arrivals(inbound: Path, known: Collection[str] = ()) -> list[Arrival]:
    """Lists the complete submissions of an exchange.

    `nbgrader submit` copies `STUDENT+ASSIGNMENT+TIMESTAMP+RANDOM` file by file and
    writes `timestamp.txt` last, so that one with its own timestamp in it is complete.

    Args:
        inbound: `EXCHANGE/COURSE/inbound`; it need not exist.
        known: Names of folders that are not looked at again.

    Returns:
        The submissions, the oldest first.
    """
    found = []
    if inbound.is_dir():
        for folder in inbound.iterdir():
            arrival = None if folder.name in known else parse(folder)
            if arrival and _is_folder(folder) and _is_complete(arrival):
                found.append(arrival)
    return sorted(found, key=lambda arrival: (arrival.stamp, arrival.folder.name))


def _is_folder(path: Path) -> bool:
    """Returns whether there is a folder, and no link, whatever that may lead to."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def parse(folder: Path) -> Arrival | None:
    """Reads the name of a folder; returns `None` if it is not one of nbgrader's."""
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


def _is_complete(arrival: Arrival) -> bool:
    content = read_regular(arrival.folder / "timestamp.txt", LONGEST_STAMP)
    if content is not None and content.decode("utf-8", "replace").strip():
        return content.decode("utf-8", "replace").strip() == arrival.stamp
    try:
        return time.time() - arrival.folder.lstat().st_mtime > SETTLE
    except FileNotFoundError:
        return False


def is_owner(arrival: Arrival) -> bool:
    """Returns whether the folder belongs to the system user whose id it names.

    Anybody may write into an exchange's inbound folder, under any name. Where students
    are system users, the owner says whose work it is. Where a hub puts something before
    its users' names to make the system's, LAYERWISE_OWNER_PREFIX says what.
    """
    try:
        # Of a link the link's own owner counts, not that of what it leads to.
        return is_user(arrival.folder.lstat().st_uid, arrival.student)
    except FileNotFoundError:
        return False


def is_user(uid: int, student: str) -> bool:
    """Returns whether a system user's number is a student's."""
    # Windows has no such users: the module is missing there.
    import pwd

    prefix = os.environ.get("LAYERWISE_OWNER_PREFIX", "")
    try:
        return pwd.getpwuid(uid).pw_name == prefix + student
    except KeyError:
        return False
