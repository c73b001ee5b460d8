"""Stock nbgrader in a process of its own, for the bench to measure against."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import ipykernel.kernelspec

from autograder.course import CONFIG_FILE, Course, CourseError, load_course
from autograder.grading.assignment import load_assigned

# Stock, but for time enough to import TensorFlow in a cold kernel. TF_CPP_MIN_LOG_LEVEL
# is set too: TensorFlow's log lines would score right answers 0.
STOCK_CONFIG = """\
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.course_id = "stock"
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
c.CourseDirectory.submitted_directory = "submitted"
c.CourseDirectory.autograded_directory = "autograded"
c.CourseDirectory.feedback_directory = "feedback"
c.CourseDirectory.db_url = {database!r}
c.ExecutePreprocessor.timeout = {seconds}
"""
READY = "ready"


class Stock:
    """Stock nbgrader in a process of its own, which grades what it is told to.

    Args:
        course: The course that has the assignment, built.
        root: Where stock nbgrader's own course is made.
        assignment: The assignment's id.
        seconds: What a cell may take.
    """

    def __init__(
        self, course: Course, root: Path, assignment: str, seconds: int
    ) -> None:
        self.root, self.assignment = root, assignment
        source = root / "source" / assignment
        source.mkdir(parents=True)
        assigned = load_assigned(course, assignment)
        for name, content in assigned.files.items():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes(content)
        shutil.copy(course.source / assignment / f"{assignment}.ipynb", source)
        self.database = f"sqlite:///{root / 'gradebook.db'}"
        (root / CONFIG_FILE).write_text(
            STOCK_CONFIG.format(
                root=str(root), database=self.database, seconds=seconds
            ),
            encoding="utf-8",
        )
        ipykernel.kernelspec.write_kernel_spec(root / "jupyter" / "kernels" / "python3")
        self.log = (root / "stock.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "autograder.proof.stock", root, assignment],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env={
                **os.environ,
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "JUPYTER_PATH": str(root / "jupyter"),
            },
        )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.asked, self.answers = self.process.stdin, self.process.stdout
        self._answer()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.asked.close()
        self.process.wait(60)
        self.answers.close()
        self.log.close()

    def grade(self, student: str) -> tuple[float, float]:
        """Grades a submission; returns the seconds of autograde and of feedback."""
        self.asked.write(f"{student}\n")
        self.asked.flush()
        autograde, feedback = self._answer()
        return autograde, feedback

    def points(self, student: str) -> dict[str, float]:
        """Returns, by grade id, the points in stock nbgrader's gradebook."""
        from nbgrader.api import Gradebook

        with Gradebook(self.database, "stock") as gradebook:
            saved = gradebook.find_submission_notebook(
                self.assignment, self.assignment, student
            )
            return {
                grade.name: grade.auto_score
                for grade in saved.grades
                if grade.cell.cell_type == "code"
            }

    def _answer(self) -> Any:
        line = self.answers.readline()
        if not line:
            words = (self.root / "stock.log").read_text(errors="replace")[-2000:]
            raise CourseError(f"Stock nbgrader failed:\n{words}")
        return json.loads(line)


def serve_stock(root: str, assignment: str) -> None:
    """Runs in the process of `Stock`: one line in, one line out."""
    from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback

    course = load_course(Path(root))
    # Cells of the students print to this process's output too.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def convert(kind: type, student: str = "*") -> float:
        began = time.perf_counter()
        directory = course.directory()
        directory.assignment_id, directory.student_id = assignment, student
        kind(coursedir=directory, config=course.config).start()
        return time.perf_counter() - began

    convert(GenerateAssignment)
    print(json.dumps(READY), file=answers, flush=True)
    for line in sys.stdin:
        student = line.strip()
        seconds = convert(Autograde, student), convert(GenerateFeedback, student)
        print(json.dumps(seconds), file=answers, flush=True)


if __name__ == "__main__":
    serve_stock(*sys.argv[1:])
