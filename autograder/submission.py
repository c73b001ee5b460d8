"""Finds what students handed in, and says plainly when it cannot be read."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from autograder.course import natural_key

MISSING, UNREADABLE = "missing", "unreadable"
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
# A notebook or helper file over this is not read.
MAX_BYTES = 20_000_000


@dataclass(frozen=True)
class Submission:
    """What one student handed in for one assignment.

    Attributes:
        student: String, the student's id: the name of the folder.
        assignment: String, the assignment's id.
        notebook: Bytes of the notebook file; `None` if it is not there.
        outcome: `None`, or `"missing"` or `"unreadable"` when there is nothing to run.
        reason: String, why there is nothing to run, for the student.
        files: Dict from relative path to bytes, what lies beside the notebook.
        folder: Path, or `None` when the student has no folder at all.
    """

    student: str
    assignment: str
    notebook: bytes | None
    outcome: str | None = None
    reason: str = ""
    files: dict = field(default_factory=dict)
    folder: Path | None = None


def find_students(course, assignment):
    """Returns the ids of the students who have a folder for an assignment, sorted."""
    return sorted(
        (
            path.parent.name
            for path in course.submitted.glob(f"*/{assignment}")
            if path.is_dir() and not path.parent.name.startswith(".")
        ),
        key=natural_key,
    )


def read_submission(course, assignment, student):
    """Reads one submission from its folder.

    Args:
        course: `Course`.
        assignment: String, the assignment's id.
        student: String, the student's id.

    Returns:
        `Submission`. It never raises for what a student did.
    """
    folder = course.submitted / student / assignment
    if not folder.is_dir():
        return Submission(student, assignment, None, MISSING, "nothing was handed in")
    path = folder / f"{assignment}.ipynb"
    files = read_files(folder, path)
    if path.is_symlink() or not path.is_file():
        reason = _describe_missing(folder, path)
        return Submission(student, assignment, None, MISSING, reason, files, folder)
    return read_one(path, student, assignment, files)


def read_one(path, student, assignment, files):
    """Reads one notebook file, wherever it lies.

    Args:
        path: Path of a file.
        student: String, the student's id.
        assignment: String, the assignment's id.
        files: Dict from relative path to bytes, what lies beside the notebook.

    Returns:
        `Submission`.
    """
    folder = path.parent
    if path.stat().st_size > MAX_BYTES:
        reason = (
            f"{path.name} has {path.stat().st_size:,} bytes; at most {MAX_BYTES:,} "
            "are read. Clear all outputs, save and hand in again"
        )
        return Submission(student, assignment, b"", UNREADABLE, reason, files, folder)
    content = path.read_bytes()
    fault = find_fault(content)
    if fault:
        reason = f"{path.name} {fault}"
        return Submission(
            student, assignment, content, UNREADABLE, reason, files, folder
        )
    return Submission(student, assignment, content, files=files, folder=folder)


def find_fault(content):
    """Says what keeps bytes from being a notebook.

    Args:
        content: Bytes of a file.

    Returns:
        String that continues "the file ...", or `None` for a notebook.
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
        nbformat.writes(read_notebook(content)).encode("utf-8")
    except Exception as error:
        first = str(error).strip().splitlines() or [type(error).__name__]
        return f"is not a valid notebook: {first[0]}"
    return None


def read_notebook(content):
    """Returns bytes as a notebook of format 4.5, whatever version they had."""
    data = json.loads(content.decode("utf-8"))
    if data.get("nbformat") != 4:
        data = nbformat.reads(content.decode("utf-8"), as_version=4)
        for cell in data.cells:
            cell.pop("id", None)
    data["nbformat_minor"] = max(5, data["nbformat_minor"])
    # nbformat would mend ids too, with a warning and by chance.
    seen = set()
    for position, cell in enumerate(data["cells"], start=1):
        given = cell.get("id")
        if not isinstance(given, str) or not CELL_ID.fullmatch(given) or given in seen:
            cell["id"] = f"added-{position:03}"
        seen.add(cell["id"])
    document = nbformat.reads(json.dumps(data), as_version=4)
    nbformat.validate(document)
    return document


def _describe_missing(folder, path):
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


def read_files(folder, notebook):
    """Returns the regular files beside the notebook, no links, within the bound."""
    files, total = {}, 0
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in Path(name).parts)
        # Of notebooks only the assignment's own counts; nbgrader would try the others.
        skipped = path == notebook or path.suffix == ".ipynb" or hidden
        if skipped or path.is_symlink() or not path.is_file():
            continue
        total += path.stat().st_size
        if total > MAX_BYTES:
            break
        files[name] = path.read_bytes()
    return files
