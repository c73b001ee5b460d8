"""Where a course keeps its things, as `nbgrader_config.py` says."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

CONFIG_FILE = "nbgrader_config.py"


class CourseError(Exception):
    """Something about the course that its instructor can mend: the message says how."""


@dataclass(frozen=True)
class Course:
    """A course on disk.

    Attributes:
        root: The folder that holds `nbgrader_config.py`.
        config: What the file makes.
    """

    root: Path
    config: "Config"

    def directory(self) -> "CourseDirectory":
        """Returns nbgrader's own `CourseDirectory` for this course."""
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config)

    @property
    def chapters(self) -> Path:
        return self.root / "course" / "chapters"

    @property
    def notebooks(self) -> Path:
        return self.root / "course" / "notebooks" / "en"

    @property
    def source(self) -> Path:
        return self.root / self.config.CourseDirectory.source_directory

    @property
    def release(self) -> Path:
        return self.root / self.config.CourseDirectory.release_directory

    @property
    def submitted(self) -> Path:
        return self.root / self.config.CourseDirectory.submitted_directory

    @property
    def autograded(self) -> Path:
        return self.root / self.config.CourseDirectory.autograded_directory

    @property
    def feedback(self) -> Path:
        return self.root / self.config.CourseDirectory.feedback_directory

    @property
    def classroom(self) -> Path:
        return self.submitted.parent

    @property
    def served(self) -> Path:
        """What `autograder serve` keeps: its queue, and `results` for `grade`."""
        return self.classroom / "served"

    @property
    def db_url(self) -> str:
        return self.config.CourseDirectory.db_url

    def assignments(self) -> list[str]:
        """Returns the ids of the assignments that have a source, sorted."""
        return sorted(
            folder.name
            for folder in self.source.glob("hw*")
            if (folder / f"{folder.name}.py").is_file()
        )

    def check_assignment(self, assignment: str) -> None:
        """Raises `CourseError` unless the assignment has a source here."""
        if assignment not in self.assignments():
            known = ", ".join(self.assignments()) or "none"
            raise CourseError(
                f"There is no assignment {assignment!r} under {self.source}. "
                f"Assignments: {known}."
            )


def find_course(start: Path | str | None = None) -> Course:
    """Finds the course that a folder belongs to.

    Args:
        start: Where to look from, upwards. Without it, the current folder.

    Raises:
        CourseError: If no folder above holds `nbgrader_config.py`.
    """
    start = Path(start or os.getcwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG_FILE).is_file():
            return load_course(folder)
    raise CourseError(
        f"No {CONFIG_FILE} in {start} or above it: run this inside a course, or name "
        "one with --course."
    )


def load_course(root: Path | str) -> Course:
    """Loads the course whose `nbgrader_config.py` lies in a folder."""
    from traitlets.config.loader import PyFileConfigLoader

    _find_commands_of_this_environment()
    config = PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config()
    return Course(Path(root), config)


def _find_commands_of_this_environment() -> None:
    """Puts this environment first on PATH: nbgrader calls its `alembic` by name."""
    commands = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if commands not in paths:
        os.environ["PATH"] = os.pathsep.join([commands, *paths])


def natural_key(text: str) -> list[int | str]:
    """Returns a sort key that puts `hw2` before `hw10`."""
    # `isdigit` is true of "²" too, of which `int` makes no number.
    return [
        int(part) if part.isdecimal() else part for part in re.split(r"(\d+)", text)
    ]
