"""Where a course keeps its things, as `nbgrader_config.py` says."""

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

CONFIG_FILE = "nbgrader_config.py"


class CourseError(Exception):
    """Something about the course that its instructor can mend: the message says how."""


@dataclass(frozen=True)
class Course:
    """A course on disk.

    Attributes:
        root: Path of the folder that holds `nbgrader_config.py`.
        config: `traitlets` configuration that the file makes.
    """

    root: Path
    config: object

    def directory(self):
        """Returns nbgrader's own `CourseDirectory` for this course."""
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config)

    @property
    def chapters(self):
        return self.root / "course" / "chapters"

    @property
    def notebooks(self):
        return self.root / "course" / "notebooks" / "en"

    @property
    def source(self):
        return self.root / self.config.CourseDirectory.source_directory

    @property
    def release(self):
        return self.root / self.config.CourseDirectory.release_directory

    @property
    def submitted(self):
        return self.root / self.config.CourseDirectory.submitted_directory

    @property
    def autograded(self):
        return self.root / self.config.CourseDirectory.autograded_directory

    @property
    def feedback(self):
        return self.root / self.config.CourseDirectory.feedback_directory

    @property
    def classroom(self):
        return self.submitted.parent

    @property
    def served(self):
        """What `autograder serve` keeps: its queue, and `results` for `grade`."""
        return self.classroom / "served"

    @property
    def db_url(self):
        return self.config.CourseDirectory.db_url

    def assignments(self):
        """Returns the ids of the assignments that have a source, sorted."""
        return sorted(
            folder.name
            for folder in self.source.glob("hw*")
            if (folder / f"{folder.name}.py").is_file()
        )

    def check_assignment(self, assignment):
        """Raises `CourseError` unless the assignment has a source here."""
        if assignment not in self.assignments():
            known = ", ".join(self.assignments()) or "none"
            raise CourseError(
                f"There is no assignment {assignment!r} under {self.source}. "
                f"Assignments: {known}."
            )


def find_course(start=None):
    """Finds the course that a folder belongs to.

    Args:
        start: Path to look from, upwards. Without it, the current folder.

    Returns:
        A `Course`.

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


def load_course(root):
    """Loads the course whose configuration lies in a folder.

    Args:
        root: Path of the folder that holds `nbgrader_config.py`.

    Returns:
        A `Course`.
    """
    from traitlets.config.loader import PyFileConfigLoader

    _find_commands_of_this_environment()
    config = PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config()
    return Course(Path(root), config)


def _find_commands_of_this_environment():
    """Puts this environment first on PATH: nbgrader calls its `alembic` by name."""
    commands = str(Path(sys.executable).parent)
    paths = os.environ.get("PATH", "").split(os.pathsep)
    if commands not in paths:
        os.environ["PATH"] = os.pathsep.join([commands, *paths])


def natural_key(text):
    """Returns a sort key that puts `hw2` before `hw10`."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", text)]
