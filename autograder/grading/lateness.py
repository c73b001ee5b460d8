"""How late a submission is, and how that is said."""

import codecs
import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from autograder.grading.dates import DateError, parse_date
from autograder.grading.gradebook import GradebookWriter
from autograder.grading.submission import Submission, is_folder, read_regular

STAMP = "timestamp.txt"
# The longest that is read. Bytes.
LONGEST_STAMP = 1000
NO_TIME = f"{STAMP} holds no date that can be read"


def enter_lateness(
    gradebook: GradebookWriter, submission: Submission
) -> tuple[list[str], list[str]]:
    """Enters when a submission came; returns the flags and notes of a late one."""
    if submission.folder is None:
        return [], []
    stamp, notes = stamp_of(submission.folder, gradebook.zone)
    seconds = gradebook.enter_submission(submission.student, stamp)
    return flags_and_notes(seconds, notes)


def stamp_of(folder: Path, zone: tzinfo) -> tuple[datetime | None, list[str]]:
    """Returns when a submission came, as far as it can be read, and what to say."""
    try:
        return read_stamp(folder, zone), []
    except DateError as error:
        return None, [f"{NO_TIME}: {error}"]


def flags_and_notes(seconds: float, notes: list[str]) -> tuple[list[str], list[str]]:
    """Returns the flags of a submission that is late by some seconds, and its notes.

    Args:
        seconds: Not over 0 where it is not late.
        notes: What is to be said of a date that cannot be read.
    """
    if notes:
        return ["no-time"], notes
    notes = lateness_notes(seconds)
    return ["late"] * len(notes), notes


def read_stamp(folder: Path, zone: tzinfo = UTC) -> datetime | None:
    """Reads when a submission came.

    Args:
        folder: The submission's.
        zone: What holds where the text names no zone.

    Returns:
        The moment, in UTC without zone; `None` where there is no `timestamp.txt`.

    Raises:
        DateError: If it cannot be read; the message says why.
    """
    path = folder / STAMP
    if not is_folder(folder):
        raise DateError("the submission is no folder")
    if not os.path.lexists(path):
        return None
    # nbgrader would follow a link, and wait on a pipe for ever.
    content = read_regular(path, LONGEST_STAMP)
    if content is None:
        raise DateError("it is no file, or a long one")
    # PowerShell writes UTF-16.
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise DateError("it is no text in UTF-8") from error
    if not text:
        raise DateError("it is empty")
    try:
        return parse_date(text, zone)
    except DateError as error:
        shown = text if len(text) <= 60 else f"{text[:60]}..."
        raise DateError(f"{error}. Received: {shown!r}") from error


def lateness_notes(seconds: float) -> list[str]:
    """Returns what to say of a submission that is late by some seconds, if it is."""
    if seconds <= 0:
        return []
    minutes = int(seconds // 60)
    if not minutes:
        return ["late by less than a minute"]
    return [f"late by {minutes // 60} h {minutes % 60} min"]


def is_lateness(note: str) -> bool:
    """Returns whether a note says how late a submission is."""
    return note.startswith(NO_TIME) or note.startswith("late by")
