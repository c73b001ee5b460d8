"""The small assignments of `tests/inputs` as a course, and who answers which."""

import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from autograder.authoring.notebooks import build
from autograder.course import Course, load_course
from autograder.grading.assignment import Assigned, load_assigned

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ROOT / "tests" / "inputs"


@dataclass(frozen=True)
class InputsCourse:
    """The course, built, and its assignments by number.

    Attributes:
        course: It has no submissions yet.
        assigned: By the number in an assignment's title.
    """

    course: Course
    assigned: dict[str, Assigned]

    def of(self, content):
        """Returns the assignment that a notebook file answers."""
        return self.assigned[number_of(content)]

    def hand_in(self, student, content):
        """Puts a notebook file where nbgrader's collect would; returns its path."""
        name = self.of(content).assignment
        path = self.course.submitted / student / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        return path


def number_of(content):
    """Returns the number in the title of the assignment that a notebook answers."""
    cells = json.loads(content.decode("utf-8-sig"))["cells"]
    return re.search(r"Assignment (\d+)", "".join(cells[0]["source"]))[1]


def make_inputs_course(root):
    """Builds the small assignments in a folder; returns an `InputsCourse`."""
    for source in sorted(INPUTS.glob("hw*.py")):
        folder = root / "solutions" / source.stem
        folder.mkdir(parents=True)
        shutil.copy(source, folder)
    shutil.copy(ROOT / "nbgrader_config.py", root)
    course = load_course(root)
    build(course)
    assigned = [load_assigned(course, name) for name in course.assignments()]
    return InputsCourse(course, {it.assignment[2:4]: it for it in assigned})
