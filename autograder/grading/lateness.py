"""How late a submission is, and how that is said."""

import os

from autograder.course import Course
from autograder.grading.gradebook import GradebookWriter
from autograder.grading.submission import Submission, is_folder, read_regular

# The longest timestamp.txt that is read. Bytes.
LONGEST_STAMP = 1000
NO_TIME = "timestamp.txt holds no date that can be read"


def enter_lateness(
    course: Course, gradebook: GradebookWriter, submission: Submission
) -> tuple[list[str], list[str]]:
    """Enters when a submission came; returns the flags and notes of a late one."""
    if submission.folder is None:
        return [], []
    path = submission.folder / "timestamp.txt"
    try:
        if not is_folder(submission.folder) or (
            os.path.lexists(path) and read_regular(path, LONGEST_STAMP) is None
        ):
            # nbgrader would follow a link, and wait on a pipe for ever.
            raise ValueError("timestamp.txt is no file")
        stamp = course.directory().get_existing_timestamp(str(submission.folder))
    except (ValueError, OverflowError, OSError, AttributeError):
        # nbgrader raises AttributeError where it means to say that this is no date.
        gradebook.enter_submission(submission.student, None)
        return ["no-time"], [NO_TIME]
    seconds = gradebook.enter_submission(submission.student, stamp)
    notes = lateness_notes(seconds)
    return ["late"] * len(notes), notes


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
    return note == NO_TIME or note.startswith("late by")
