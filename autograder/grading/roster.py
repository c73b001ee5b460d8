"""Reads `classroom/course.toml`: due dates, students and extensions."""

import shutil
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from autograder.course import Course, CourseError

FILE = "course.toml"
SAMPLE = Path(__file__).parent / "data_files" / "course.sample.toml"
STUDENT_KEYS = {"first_name", "last_name", "email", "lms_user_id", "extensions"}


@dataclass(frozen=True)
class Roster:
    """What the file says.

    Attributes:
        due: By assignment id, in UTC without zone, as nbgrader keeps it.
        students: By student id, nbgrader's fields.
        extensions: By assignment id, and by student id, in hours.
    """

    due: dict[str, datetime] = field(default_factory=dict)
    students: dict[str, dict[str, str]] = field(default_factory=dict)
    extensions: dict[str, dict[str, float]] = field(default_factory=dict)


def read_roster(course: Course) -> Roster:
    """Reads the course's roster; the first time, puts a sample there to edit.

    Returns:
        What it says: nothing as long as the sample is as it was.

    Raises:
        CourseError: With the entry at fault, what was received and what is expected.
    """
    path = course.classroom / FILE
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(SAMPLE, path)
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not TOML: {error}") from error
    _expect_keys(path, "the file", data, {"assignments", "students"})
    due = {
        name: _due(path, name, entry, course)
        for name, entry in _table(path, "assignments", data).items()
    }
    students: dict[str, dict[str, str]] = {}
    extensions: dict[str, dict[str, float]] = {}
    for student, entry in _table(path, "students", data).items():
        if not isinstance(entry, dict):
            raise CourseError(
                f"{path}: students.{student} must be a table. Received: {entry!r}"
            )
        _expect_keys(path, f"students.{student}", entry, STUDENT_KEYS)
        students[student] = {k: v for k, v in entry.items() if k != "extensions"}
        for key, value in students[student].items():
            if not isinstance(value, str):
                raise CourseError(
                    f"{path}: students.{student}.{key} must be a string. "
                    f"Received: {value!r}"
                )
        for name, hours in _table(path, "extensions", entry).items():
            _expect_assignment(path, f"students.{student}.extensions", name, course)
            if isinstance(hours, bool) or not isinstance(hours, int | float):
                raise CourseError(
                    f"{path}: students.{student}.extensions.{name} must be a number "
                    f"of hours. Received: {hours!r}"
                )
            extensions.setdefault(name, {})[student] = hours
    return Roster(due, students, extensions)


def _table(path: Path, name: str, data: dict[str, Any]) -> dict[str, Any]:
    value = data.get(name, {})
    if not isinstance(value, dict):
        raise CourseError(f"{path}: {name} must be a table. Received: {value!r}")
    return value


def _expect_keys(
    path: Path, where: str, entry: dict[str, Any], known: set[str]
) -> None:
    unknown = sorted(set(entry) - known)
    if unknown:
        raise CourseError(
            f"{path}: {where} has {', '.join(unknown)}, which means nothing here. "
            f"Known: {', '.join(sorted(known))}"
        )


def _expect_assignment(path: Path, where: str, name: str, course: Course) -> None:
    if name not in course.assignments():
        raise CourseError(
            f"{path}: {where} names {name!r}. Assignments: "
            + (", ".join(course.assignments()) or "none")
        )


def _due(path: Path, name: str, entry: object, course: Course) -> datetime:
    _expect_assignment(path, "assignments", name, course)
    if isinstance(entry, dict):
        _expect_keys(path, f"assignments.{name}", entry, {"due"})
    value = entry.get("due") if isinstance(entry, dict) else entry
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise CourseError(
            f"{path}: assignments.{name}.due must be a date and time with an offset, "
            f"such as 2027-03-14T23:59:00+08:00. Received: {value!r}"
        )
    return value.astimezone(UTC).replace(tzinfo=None)
