"""Finds what students handed in, and says plainly when it cannot be read."""

import itertools
import json
import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.cells import from_bytes, to_bytes
from autograder.course import Course, natural_key

MISSING, UNREADABLE = "missing", "unreadable"
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# A notebook over this is not read; nor are files beside it that are over it together.
MAX_BYTES = 20_000_000
# Files and folders beside the notebook that are looked at, and how deep they may lie.
MAX_ENTRIES, MAX_DEPTH = 2000, 20


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one assignment.

    Attributes:
        student: The student's id: the name of the folder.
        assignment: The assignment's id.
        notebook: The notebook file; `None` if it is not there.
        status: `"missing"` or `"unreadable"` when there is nothing to run; else empty.
        reason: Why there is nothing to run, for the student.
        files: What lies beside the notebook, by relative path.
        folder: `None` when the student has no folder at all.
    """

    student: str
    assignment: str
    notebook: bytes | None
    status: str = ""
    reason: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    folder: Path | None = None


def find_students(course: Course, assignment: str) -> list[str]:
    """Returns the ids of the students who have a folder for an assignment, sorted."""
    return sorted(
        (
            folder.name
            for folder in course.submitted.glob("[!.]*")
            if os.path.lexists(folder / assignment)
        ),
        key=natural_key,
    )


def read_submission(course: Course, assignment: str, student: str) -> Submission:
    """Reads one submission from its folder. It never raises for what a student did."""
    folder = course.submitted / student / assignment
    if not is_folder(folder):
        reason = _describe_no_folder(folder)
        # Something was handed in, even where it cannot be read.
        there = folder if os.path.lexists(folder) else None
        return Submission(student, assignment, None, MISSING, reason, folder=there)
    path = folder / f"{assignment}.ipynb"
    files = read_files(folder, path)
    if path.is_symlink() or not path.is_file():
        reason = _describe_missing(folder, path)
        return Submission(student, assignment, None, MISSING, reason, files, folder)
    return read_one(path, student, assignment, files)


def read_one(
    path: Path, student: str, assignment: str, files: dict[str, bytes]
) -> Submission:
    """Reads one notebook file, wherever it lies.

    Args:
        path: The file.
        student: The student's id.
        assignment: The assignment's id.
        files: What lies beside the notebook, by relative path.
    """
    folder = path.parent
    size = path.stat().st_size
    if size > MAX_BYTES:
        reason = (
            f"{path.name} has {size:,} bytes; at most {MAX_BYTES:,} "
            "are read. Clear all outputs, save and hand in again"
        )
        return Submission(student, assignment, b"", UNREADABLE, reason, files, folder)
    content = read_regular(path)
    if content is None:
        reason = f"{path.name} is no file that can be read"
        return Submission(student, assignment, b"", UNREADABLE, reason, files, folder)
    fault = find_fault(content)
    if fault:
        reason = f"{path.name} {fault}"
        return Submission(
            student, assignment, content, UNREADABLE, reason, files, folder
        )
    return Submission(student, assignment, content, files=files, folder=folder)


def find_fault(content: bytes) -> str | None:
    """Says what keeps a file's content from being a notebook.

    Returns:
        What continues "the file ...", or `None` for a notebook.
    """
    if not content.strip():
        return "is empty. Save the notebook and hand in again"
    try:
        text = content.decode("utf-8")
        data = json.loads(text)
    except UnicodeDecodeError:
        return "is not a notebook: it is not UTF-8 text"
    except json.JSONDecodeError as error:
        return (
            f"is not a notebook: not JSON from line {error.lineno} on ({error.msg}). "
            "It may have been cut off while it was saved or copied"
        )
    except RecursionError:
        return "is not a notebook: it is nested too deeply"
    except ValueError as error:
        return f"is not a notebook: {error}"
    if not isinstance(data, dict) or ("cells" not in data and "worksheets" not in data):
        return "is JSON but not a notebook: it has no cells"
    try:
        # JSON can spell characters that no file can hold, such as half of a pair.
        to_bytes(read_notebook(content))
    except Exception as error:
        first = str(error).strip().splitlines() or [type(error).__name__]
        return f"is not a valid notebook: {first[0]}"
    return None


def read_notebook(content: bytes) -> NotebookNode:
    """Returns bytes as a notebook of format 4.5, whatever version they had."""
    data = json.loads(content.decode("utf-8"))
    if data.get("nbformat") != 4:
        data = from_bytes(content)
        for cell in data.cells:
            cell.pop("id", None)
    data["nbformat_minor"] = max(5, data["nbformat_minor"])
    # nbformat would replace such ids too, but with random ones and a warning.
    seen: set[str] = set()
    for position, cell in enumerate(data["cells"], start=1):
        given = cell.get("id")
        if not isinstance(given, str) or not CELL_ID.fullmatch(given) or given in seen:
            cell["id"] = f"added-{position:03}"
        seen.add(cell["id"])
    document = nbformat.reads(json.dumps(data), as_version=4)
    nbformat.validate(document)
    return document


def _describe_no_folder(folder: Path) -> str:
    for place in (folder.parent, folder):
        if place.is_symlink():
            return f"the folder {place.name} is a link, which is not followed"
    if folder.exists():
        return f"{folder.name} is a file, not a folder with a notebook"
    return "nothing was handed in"


def _describe_missing(folder: Path, path: Path) -> str:
    others = sorted(item.name for item in folder.iterdir() if item.name[0] != ".")
    notebooks = [name for name in others if name.endswith(".ipynb")]
    if path.is_symlink():
        return f"{path.name} is a link, which is not followed"
    if path.is_dir():
        return f"{path.name} is a folder, not a notebook"
    if notebooks:
        return (
            f"{path.name} is not there; found {', '.join(notebooks[:5])}. "
            f"Name it {path.name} and hand in again"
        )
    found = ", ".join(others[:5]) if others else "an empty folder"
    return f"{path.name} is not there; found {found}"


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
            if entry.is_dir(follow_symlinks=False) and depth < MAX_DEPTH:
                folders.append((Path(entry.path), depth + 1))
            elif entry.is_file(follow_symlinks=False):
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
    if not no_link and path.is_symlink():
        return None
    try:
        # The open file is examined: its name may be another file's by then.
        descriptor = os.open(path, os.O_RDONLY | no_link | no_wait)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > most:
            return None
        with open(descriptor, "rb", closefd=False) as file:
            content = file.read(most + 1)
    finally:
        os.close(descriptor)
    return content if len(content) <= most else None


def is_folder(path: Path) -> bool:
    """Returns whether a student's folder is one, and not a link to another's."""
    return path.is_dir() and not path.is_symlink() and not path.parent.is_symlink()
