"""Reads `classroom/course.toml`: due dates, students and extensions."""

import contextlib
import math
import shutil
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path
from typing import Any

from dateutil import tz

from autograder.course import Course, CourseError
from autograder.grading.dates import DateError, find_zone, parse_date

FILE = "course.toml"
SAMPLE = Path(__file__).parent / "data_files" / "course.sample.toml"
# The longest extension that is no slip of the pen: ten years. Hours.
LONGEST_EXTENSION = 10 * 366 * 24
END_OF_DAY = time(23, 59, 59)
# Whether tests that cannot run apart from the student's code are run with it.
SPLITS = ("allow", "require")
STUDENT_KEYS = {"first_name", "last_name", "email", "lms_user_id", "extensions"}


@dataclass(frozen=True)
class Roster:
    """What the file says.

    Attributes:
        due: By assignment id, in UTC without zone, as nbgrader keeps it.
        students: By student id, nbgrader's fields.
        extensions: By assignment id, and by student id, in hours.
        zone: What dates without a time zone are in.
        split: `"require"` where nothing is graded whose tests do not all run apart
            from the student's code.
    """

    due: dict[str, datetime] = field(default_factory=dict)
    students: dict[str, dict[str, str]] = field(default_factory=dict)
    extensions: dict[str, dict[str, float]] = field(default_factory=dict)
    zone: tzinfo = UTC
    split: str = SPLITS[0]


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
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path} is not TOML: {error}") from error
    known = {"timezone", "assignments", "students", "split"}
    _expect_keys(path, "the file", data, known)
    split = data.get("split", SPLITS[0])
    if split not in SPLITS:
        raise CourseError(
            f"{path}: split must be one of {', '.join(SPLITS)}. Received: {split!r}"
        )
    zone = _zone(path, data.get("timezone"))
    due = {
        name: _due(path, name, entry, course, zone)
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
            if (
                isinstance(hours, bool)
                or not isinstance(hours, int | float)
                or not math.isfinite(hours)
                or abs(hours) > LONGEST_EXTENSION
            ):
                raise CourseError(
                    f"{path}: students.{student}.extensions.{name} must be a number "
                    f"of hours. Received: {hours!r}"
                )
            extensions.setdefault(name, {})[student] = hours
    # nbgrader's exchange stamps what comes in by this zone.
    stamped = course.config.Exchange.get("timezone", "UTC")
    zone = zone or find_zone(stamped) or tz.gettz(stamped) or UTC
    return Roster(due, students, extensions, zone, split)


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


def _zone(path: Path, name: object) -> tzinfo | None:
    if name is None:
        return None
    zone = find_zone(name) if isinstance(name, str) else None
    if zone is None:
        raise CourseError(
            f'{path}: timezone must be the name of one, such as "Asia/Shanghai". '
            f"Received: {name!r}"
        )
    return zone


def _due(
    path: Path, name: str, entry: object, course: Course, zone: tzinfo | None
) -> datetime:
    """Returns a due date in UTC; a day without a time is over at its end."""
    _expect_assignment(path, "assignments", name, course)
    if isinstance(entry, dict):
        _expect_keys(path, f"assignments.{name}", entry, {"due"})
    value = entry.get("due") if isinstance(entry, dict) else entry
    moment = value
    if isinstance(value, str):
        moment = _read_due(path, name, value, zone)
    elif isinstance(value, date) and not isinstance(value, datetime):
        moment = datetime.combine(value, END_OF_DAY)
    if not isinstance(moment, datetime) or (moment.tzinfo is None and zone is None):
        raise CourseError(
            f"{path}: assignments.{name}.due must be a date and time with an offset, "
            "such as 2027-03-14T23:59:00+08:00; or without one, where the file begins "
            f'with a line such as timezone = "Asia/Shanghai". Received: {value!r}'
        )
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return moment.astimezone(UTC).replace(tzinfo=None)


def _read_due(path: Path, name: str, text: str, zone: tzinfo | None) -> datetime:
    """Reads a due date that is written as text; without a zone where it names none."""
    if len(text) == len("2027-03-14"):
        with contextlib.suppress(ValueError):
            return datetime.combine(date.fromisoformat(text), END_OF_DAY)
    try:
        moment = parse_date(text, zone or UTC)
        elsewhere = parse_date(text, zone or tz.tzoffset(None, 3600))
    except DateError as error:
        raise CourseError(
            f"{path}: assignments.{name}.due: {error}. Write it as "
            f"2027-03-14T23:59:00+08:00. Received: {text!r}"
        ) from error
    return moment.replace(tzinfo=UTC if moment == elsewhere else None)
