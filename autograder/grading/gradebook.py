"""The one writer of nbgrader's gradebook."""

import hashlib
import json
import warnings
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Self

import nbformat
from nbformat import NotebookNode

from autograder.compat_nbgrader import grades_from, save_auto_grades
from autograder.course import Course
from autograder.grading.assignment import Assigned
from autograder.grading.changed_cells import change_cells
from autograder.grading.outcome import Outcome
from autograder.grading.roster import Roster

if TYPE_CHECKING:
    from nbgrader.api import SubmittedNotebook


class GradebookWriter:
    """Writes one notebook's grades; everything goes through nbgrader's own API."""

    def __init__(self, course: Course, assigned: Assigned) -> None:
        from nbgrader.api import Gradebook
        from sqlalchemy.exc import SAWarning

        # nbgrader 0.9 adds its rows in an order that SQLAlchemy 2 warns of.
        warnings.filterwarnings("ignore", "Object of type .* not in session", SAWarning)
        self.course = course
        self.assigned = assigned
        self.assignment, self.notebook = assigned.assignment, assigned.notebook_name
        self.extensions: dict[str, float] = {}
        self.zone: tzinfo = UTC
        course.classroom.mkdir(parents=True, exist_ok=True)
        self.gradebook = Gradebook(course.db_url, course.course_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.gradebook.close()

    def enter_assignment(self) -> None:
        """Enters the assignment and its cells; doing it again changes nothing.

        Raises:
            CourseError: If a cell is gone on which a person has marked or commented.
        """
        from nbgrader.preprocessors import SaveCells

        self.gradebook.update_or_create_assignment(self.assignment)
        document = nbformat.from_dict(self.assigned.full)
        step = SaveCells(config=self.course.config)
        try:
            step.preprocess(document, self._resources("."))
        except RuntimeError:
            # nbgrader changes no cells of an assignment that has submissions.
            change_cells(self.gradebook, self.assignment, self.notebook, step)
            step.preprocess(document, self._resources("."))
        self.gradebook.db.expire_all()

    def enter_roster(self, roster: Roster) -> None:
        """Enters students, due date and extensions; remembers the time zone."""
        self.zone = roster.zone
        due = roster.due.get(self.assignment)
        if due is not None:
            self.gradebook.update_or_create_assignment(self.assignment, duedate=due)
        for student, details in roster.students.items():
            self.gradebook.update_or_create_student(student, **details)
        self.extensions = roster.extensions.get(self.assignment, {})

    def enter_submission(self, student: str, timestamp: datetime | None) -> float:
        """Enters that a student handed in, and when.

        Args:
            student: The student's id.
            timestamp: In UTC without zone; `None` if it is not known.

        Returns:
            The seconds by which it is late; 0 if it is not.
        """
        self.gradebook.update_or_create_student(student)
        details = {"timestamp": timestamp} if timestamp else {}
        submission = self.gradebook.update_or_create_submission(
            self.assignment, student, **details
        )
        # The roster changes only what it names: a person may have set the rest.
        if student in self.extensions:
            submission.extension = timedelta(hours=self.extensions[student])
            self.gradebook.db.commit()
        return submission.total_seconds_late

    def save(self, student: str, notebook: NotebookNode) -> tuple[float, float]:
        """Saves the grades that an executed notebook shows.

        Returns:
            The score, less the penalty for being late, and the most to be had.
        """
        save_auto_grades(
            self.course.config, self.gradebook, notebook, self._resources(student)
        )
        self.enter_penalty(student)
        return self.score(student)

    def enter_penalty(self, student: str) -> None:
        """Enters what nbgrader takes off for being late, by the dates as they are."""
        from nbgrader.preprocessors import AssignLatePenalties

        saved = self.gradebook.find_submission(self.assignment, student)
        penalty = self._saved(student).late_submission_penalty
        if saved.total_seconds_late > 0 or penalty:
            nothing = nbformat.v4.new_notebook()
            step = AssignLatePenalties(config=self.course.config)
            step.preprocess(nothing, self._resources(student))
            self.gradebook.db.expire_all()

    def marks(self) -> type:
        """Returns nbgrader's `GetGrades` step as a class that uses this connection."""
        return grades_from(self.gradebook)

    def holds(self, outcome: Outcome) -> bool:
        """Returns whether the gradebook has an outcome's points, as last written."""
        from nbgrader.api import MissingEntry

        try:
            saved = self._saved(outcome.student)
        except MissingEntry:
            return False
        scores = {grade.name: grade.auto_score for grade in saved.grades}
        return all(
            scores.get(name) == points for name, (points, _) in outcome.cells.items()
        )

    def max_score(self) -> float:
        """Returns the most points that the notebook gives, manual ones included."""
        return self.gradebook.find_notebook(self.notebook, self.assignment).max_score

    def score(self, student: str) -> tuple[float, float]:
        """Returns what counts for a graded student, and the most to be had.

        What is taken off for being late is taken off, as in `nbgrader export` and on
        the feedback page.
        """
        saved = self._saved(student)
        return net_score(saved), saved.max_score

    def give_up(self) -> None:
        """Forgets what a step that failed has begun to write."""
        self.gradebook.db.rollback()
        self.gradebook.db.expire_all()

    def hand_marks(self, student: str) -> str:
        """Returns `hand_marks` of a student's work."""
        return hand_marks(self._saved(student))

    def _saved(self, student: str) -> "SubmittedNotebook":
        return self.gradebook.find_submission_notebook(
            self.notebook, self.assignment, student
        )

    def _resources(self, student: str) -> dict[str, Any]:
        return {
            "nbgrader": {
                "student": student,
                "assignment": self.assignment,
                "notebook": self.notebook,
                "db_url": self.course.db_url,
            }
        }


def net_score(saved: "SubmittedNotebook") -> float:
    """Returns what counts of a notebook: its points, less those for being late."""
    return max(0.0, saved.score - (saved.late_submission_penalty or 0.0))


def hand_marks(saved: "SubmittedNotebook") -> str:
    """Hashes what a person has added to a student's work.

    Returns:
        The hash of marks, extra credit and comments; empty where there are none.
    """
    marks = [
        [grade.name, grade.manual_score, grade.extra_credit]
        for grade in saved.grades
        if grade.manual_score is not None or grade.extra_credit
    ]
    comments = [
        [comment.name, comment.manual_comment]
        for comment in saved.comments
        if comment.manual_comment
    ]
    if not marks and not comments:
        return ""
    text = json.dumps([sorted(marks), sorted(comments)])
    return hashlib.sha256(text.encode()).hexdigest()
