"""`nbgrader export` as a CSV file that every reader of CSV reads.

nbgrader's own puts commas between the texts and no more: a name with a comma moves the
points into another column.
"""

import csv
import os
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.plugins import ExportPlugin

COLUMNS = (
    *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name"),
    *("email", "raw_score", "late_submission_penalty", "score", "max_score"),
)


class CsvExportPlugin(ExportPlugin):
    """Writes the columns of nbgrader's own export, quoted where they must be."""

    def export(self, gradebook: Gradebook) -> None:
        """Writes a row for each assignment and student.

        Args:
            gradebook: It is only read.
        """
        path = self.to or "grades.csv"
        assignments = {str(name) for name in self.assignment}
        students = {str(name) for name in self.student}
        self.log.info("Exporting grades to %s", path)
        draft = f"{path}.part"
        # The csv module ends the lines itself.
        with open(draft, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            for assignment in gradebook.assignments:
                if assignments and assignment.name not in assignments:
                    continue
                for student in gradebook.students:
                    if not students or student.id in students:
                        writer.writerow(_row(gradebook, assignment, student))
        os.replace(draft, path)


def _row(gradebook: Gradebook, assignment: Any, student: Any) -> dict[str, Any]:
    row = {
        "assignment": assignment.name,
        "duedate": assignment.duedate,
        "student_id": student.id,
        "last_name": student.last_name,
        "first_name": student.first_name,
        "email": student.email,
        "max_score": assignment.max_score,
    }
    try:
        saved = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        # Who handed in nothing has no points.
        return {**row, "raw_score": 0.0, "late_submission_penalty": 0.0, "score": 0.0}
    penalty = saved.late_submission_penalty or 0.0
    return {
        **row,
        "timestamp": saved.timestamp,
        "raw_score": saved.score,
        "late_submission_penalty": penalty,
        "score": max(0.0, saved.score - penalty),
    }
