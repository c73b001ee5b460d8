"""Where a course keeps its things, as `nbgrader_config.py` says."""

import os
import re
import sys
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

CONFIG_FILE = "nbgrader_config.py"
SOURCE_FOLDER = "source"
# A py:percent source says where its cells begin.
CELL = re.compile(r"^# %%", re.MULTILINE)


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
        from autograder.compat_nbgrader import import_without_server_extensions

        import_without_server_extensions()
        from nbgrader.coursedir import CourseDirectory

        return CourseDirectory(config=self.config)

    @property
    def chapters(self) -> Path:
        return self.root / "course" / "chapters"

    @property
    def notebooks(self) -> Path:
        return self.root / "course" / "notebooks" / "en"

    @cached_property
    def _folders(self) -> "CourseDirectory":
        return self.directory()

    def _folder(self, step: str) -> Path:
        """Returns the folder of one of nbgrader's steps, by its defaults too."""
        return self.root / getattr(self._folders, f"{step}_directory")

    @property
    def source(self) -> Path:
        return self._folder("source")

    @property
    def release(self) -> Path:
        return self._folder("release")

    @property
    def submitted(self) -> Path:
        return self._folder("submitted")

    @property
    def autograded(self) -> Path:
        return self._folder("autograded")

    @property
    def feedback(self) -> Path:
        return self._folder("feedback")

    @property
    def classroom(self) -> Path:
        return self.submitted.parent

    @property
    def served(self) -> Path:
        """What `autograder serve` keeps: its queue, and `results` for `grade`."""
        return self.classroom / "served"

    @property
    def db_url(self) -> str:
        return self._folders.db_url

    @property
    def course_id(self) -> str:
        return self._folders.course_id

    @property
    def ignored(self) -> list[str]:
        """The names of files that are no helper files of an assignment."""
        return list(self._folders.ignore)

    def assignments(self) -> list[str]:
        """Returns the ids of the assignments that have a source, in natural order."""
        return sorted(
            (
                folder.name
                for folder in self.source.glob("[!.]*")
                if folder.is_dir() and self.notebooks_of(folder.name)
            ),
            key=natural_key,
        )

    def notebooks_of(self, assignment: str) -> list[str]:
        """Returns the names of an assignment's notebooks, without ending."""
        folder = self.source / assignment
        if self.py_source(assignment) is not None:
            return [assignment]
        try:
            names = [name for name in os.listdir(folder) if not name.startswith(".")]
        except OSError:
            return []
        stems = (
            name.removesuffix(".ipynb") for name in names if name.endswith(".ipynb")
        )
        return sorted(stems, key=natural_key)

    def py_source(self, assignment: str) -> Path | None:
        """Returns an assignment's source in py:percent format, if that is what it has.

        Its notebook is made of it by `autograder build`. Without one, the notebooks
        in the folder are the source, as nbgrader knows it.
        """
        path = self.source / assignment / f"{assignment}.py"
        try:
            return path if _has_cells(path, path.stat().st_mtime_ns) else None
        except (OSError, UnicodeDecodeError):
            return None

    def check_assignment(self, assignment: str) -> None:
        """Raises `CourseError` unless the assignment has a source here."""
        if assignment not in self.assignments():
            known = ", ".join(self.assignments()) or "none"
            raise CourseError(
                f"There is no assignment {assignment!r} with a source under "
                f"{self.source}. Assignments: {known}."
            )


@lru_cache(maxsize=1000)
def _has_cells(path: Path, changed: int) -> bool:
    """Returns whether a file holds py:percent cells, once for each time it changed."""
    return CELL.search(path.read_text(encoding="utf-8")) is not None


def find_course(start: Path | str | None = None) -> Course:
    """Finds the course that a folder belongs to.

    Args:
        start: Where to look from, upwards. Without it, the current folder.

    Raises:
        CourseError: If no folder above holds `nbgrader_config.py`, and this one no
            folder `source`, which is all that nbgrader needs.
    """
    start = Path(start or os.getcwd()).resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG_FILE).is_file():
            return load_course(folder)
    if (start / SOURCE_FOLDER).is_dir():
        return load_course(start)
    raise CourseError(
        f"No {CONFIG_FILE} in {start} or above it, and no folder {SOURCE_FOLDER} in "
        "it: run this inside a course, or name one with --course."
    )


def load_course(root: Path | str) -> Course:
    """Loads the course in a folder, with its `nbgrader_config.py` if it has one.

    Raises:
        CourseError: If that file cannot be run, or arranges folders otherwise than
            `STEP/STUDENT/ASSIGNMENT`.
    """
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    _find_commands_of_this_environment()
    root = Path(root).resolve()
    config = Config()
    if (root / CONFIG_FILE).is_file():
        try:
            config = PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config()
        except Exception as error:
            raise CourseError(
                f"{root / CONFIG_FILE} cannot be run: {type(error).__name__}: {error}"
            ) from error
    config.CourseDirectory.setdefault("root", str(root))
    course = Course(Path(config.CourseDirectory.root), config)
    structure = course.directory().directory_structure
    if Path(structure) != Path("{nbgrader_step}", "{student_id}", "{assignment_id}"):
        raise CourseError(
            f"{root / CONFIG_FILE} sets CourseDirectory.directory_structure to "
            f"{structure!r}: here folders are STEP/STUDENT/ASSIGNMENT. Leave it as it "
            "is by default, and set source_directory and its kind."
        )
    return course


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
