"""Finds what students handed in, and says plainly when it cannot be read."""

import itertools
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from autograder.course import Course, natural_key
from autograder.grading.advice import (
    MAX_BYTES,
    describe_missing,
    describe_no_folder,
    describe_unread,
    is_plain_file,
    shown_name,
)

MISSING, UNREADABLE = "missing", "unreadable"
# Files and folders beside the notebook that are looked at, and how deep they may lie.
MAX_ENTRIES, MAX_DEPTH = 2000, 20
# A longer path may be too long where the files are copied to. Characters.
MAX_PATH = 500


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one assignment.

    Attributes:
        student: The student's id: the name of the folder.
        assignment: The assignment's id.
        notebook: The notebook file; `None` if it is not there.
        status: `"missing"` or `"unreadable"` where there are no bytes to read; else
            empty. Whether they are a notebook is found out where they are run.
        reason: Why there is nothing to run, for the student.
        files: What lies beside the notebook, by relative path.
        folder: `None` when the student has no folder at all.
        name: The notebook's name, where it is not the assignment's.
    """

    student: str
    assignment: str
    notebook: bytes | None
    status: str = ""
    reason: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    folder: Path | None = None
    name: str = ""

    @property
    def notebook_name(self) -> str:
        return self.name or self.assignment


def find_students(course: Course, assignment: str) -> list[str]:
    """Returns the ids of the students who have a folder for an assignment, sorted."""
    names = [name for name in _names_in(course.submitted) if not name.startswith(".")]
    return sorted(
        {
            shown_name(name)
            for name in names
            if _is_there(course.submitted / name / assignment)
        },
        key=natural_key,
    )


def read_submission(
    course: Course, assignment: str, student: str, notebook: str = ""
) -> Submission:
    """Reads one notebook of a submission. It never raises for what a student did.

    Args:
        course: The class's course.
        assignment: The assignment's id.
        student: The student's id.
        notebook: The notebook's name. Without it, the assignment's.
    """
    name = notebook or assignment
    folder = _folder_of(course, student) / assignment
    if not is_folder(folder):
        reason = describe_no_folder(folder)
        # Something was handed in, even where it cannot be read.
        there = folder if _is_there(folder) else None
        return Submission(
            student, assignment, None, MISSING, reason, folder=there, name=name
        )
    path = folder / f"{name}.ipynb"
    files = read_files(folder, path)
    if not is_plain_file(path):
        reason = describe_missing(folder, path, course.notebooks_of(assignment))
        return Submission(
            student, assignment, None, MISSING, reason, files, folder, name
        )
    return read_one(path, student, assignment, files, name)


def _folder_of(course: Course, student: str) -> Path:
    """Returns the folder of a student, whose name may not be text."""
    folder = course.submitted / student
    if "\\" in student and not os.path.lexists(folder):
        for name in _names_in(course.submitted):
            if shown_name(name) == student:
                return course.submitted / name
    return folder


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _is_there(path: Path) -> bool:
    """Returns whether there is something, which one may not be allowed to see."""
    try:
        path.lstat()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def read_one(
    path: Path,
    student: str,
    assignment: str,
    files: dict[str, bytes],
    name: str = "",
) -> Submission:
    """Reads one notebook file, wherever it lies.

    Args:
        path: The file.
        student: The student's id.
        assignment: The assignment's id.
        files: What lies beside the notebook, by relative path.
        name: The notebook's name. Without it, the assignment's.
    """
    content, folder = read_regular(path), path.parent
    if content is not None:
        return Submission(
            student, assignment, content, files=files, folder=folder, name=name
        )
    reason = f"{shown_name(path.name)} {describe_unread(path)}"
    return Submission(student, assignment, b"", UNREADABLE, reason, files, folder, name)


def read_files(folder: Path, notebook: Path) -> dict[str, bytes]:
    """Reads the regular files beside the notebook: no links, and within bounds.

    Args:
        folder: A submission's.
        notebook: Its notebook, which is not among them.

    Returns:
        Their content by relative path.
    """
    files: dict[str, bytes] = {}
    left = MAX_BYTES
    for path in _list_files(folder):
        # Of notebooks only the assignment's own counts; nbgrader would try the others.
        if path == notebook or path.suffix == ".ipynb":
            continue
        content = read_regular(path, left)
        if content is not None:
            files[path.relative_to(folder).as_posix()] = content
            left -= len(content)
    return files


def _list_files(folder: Path) -> list[Path]:
    """Lists files, folder by folder, each in order, as far as the bounds allow."""
    found: list[Path] = []
    seen, folders = 0, [(folder, 0)]
    while folders:
        place, depth = folders.pop(0)
        try:
            with os.scandir(place) as scan:
                # A folder with too many entries is cut before it is sorted.
                entries = list(itertools.islice(scan, MAX_ENTRIES - seen))
        except OSError:
            continue
        seen += len(entries)
        for entry in sorted(entries, key=lambda entry: entry.name):
            # Names that are not text cannot go into a notebook, or a JSON file.
            if entry.name.startswith(".") or not entry.name.isprintable():
                continue
            try:
                is_dir = entry.is_dir(follow_symlinks=False)
                is_file = entry.is_file(follow_symlinks=False)
            except OSError:
                continue
            if is_dir and depth < MAX_DEPTH:
                folders.append((Path(entry.path), depth + 1))
            elif is_file and len(entry.path) - len(str(folder)) <= MAX_PATH:
                found.append(Path(entry.path))
    return sorted(found)


def read_regular(path: Path, most: int = MAX_BYTES) -> bytes | None:
    """Reads a regular file: a link, a device or a pipe is not read.

    Args:
        path: The file.
        most: How many bytes it may have.

    Returns:
        Its content; `None` if there is no such file, or it is larger.
    """
    # Windows has neither flag: a link is looked for before, and pipes are no files.
    no_link, no_wait = getattr(os, "O_NOFOLLOW", 0), getattr(os, "O_NONBLOCK", 0)
    if not no_link and os.path.islink(path):
        return None
    try:
        # The open file is examined: its name may be another file's by then.
        descriptor = os.open(path, os.O_RDONLY | no_link | no_wait)
    except (OSError, ValueError):
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > most:
            return None
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(most + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return content if len(content) <= most else None


def is_folder(path: Path) -> bool:
    """Returns whether a student's folder is one, and not a link to another's."""
    links = (path, path.parent)
    return os.path.isdir(path) and not any(map(os.path.islink, links))
