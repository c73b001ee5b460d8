"""Gives an assignment that was graded the cells that it has now.

nbgrader refuses that: its only way is to remove the submissions, and with them every
mark and comment of a person.
"""

from typing import TYPE_CHECKING

from autograder.course import CourseError

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.preprocessors import SaveCells


def change_cells(
    gradebook: "Gradebook", assignment: str, notebook: str, step: "SaveCells"
) -> None:
    """Adds and removes a notebook's cells, in every submission of it too.

    Grades and comments of cells that stay are left as they are.

    Args:
        gradebook: It is changed.
        assignment: The assignment's id.
        notebook: The notebook's id.
        step: nbgrader's step that has read the cells and refused; it must run again
            afterwards, to enter points and sources.

    Raises:
        CourseError: If a person has marked or commented on a cell that is gone.
    """
    from nbgrader.api import Comment, Grade

    entry, database = gradebook.find_notebook(notebook, assignment), gradebook.db
    kinds = (
        (step.new_grade_cells, entry.grade_cells, gradebook.add_grade_cell, [Grade]),
        (
            step.new_solution_cells,
            entry.solution_cells,
            gradebook.add_solution_cell,
            [Comment],
        ),
        (
            step.new_task_cells,
            entry.task_cells,
            gradebook.add_task_cell,
            [Grade, Comment],
        ),
    )
    _expect_no_marks(
        gradebook,
        assignment,
        [cell for new, old, _, _ in kinds for cell in old if cell.name not in new],
    )
    for new, old, add, entries in kinds:
        known = {cell.name for cell in old}
        for cell in old:
            if cell.name not in new:
                for kind in entries:
                    database.query(kind).filter_by(cell_id=cell.id).delete()
                database.delete(cell)
        for name, details in new.items():
            if name not in known:
                added = add(name, notebook, assignment, **details)
                for submitted in entry.submissions:
                    for kind in entries:
                        database.add(kind(cell_id=added.id, notebook=submitted))
    for source in entry.source_cells:
        if source.name not in step.new_source_cells:
            database.delete(source)
    sources = {source.name for source in entry.source_cells}
    for name, details in step.new_source_cells.items():
        if name not in sources:
            gradebook.add_source_cell(name, notebook, assignment, **details)
    database.commit()
    database.expire_all()


def _expect_no_marks(gradebook: "Gradebook", assignment: str, gone: list) -> None:
    from nbgrader.api import Comment, Grade

    for cell in gone:
        grades = gradebook.db.query(Grade).filter_by(cell_id=cell.id)
        comments = gradebook.db.query(Comment).filter_by(cell_id=cell.id)
        marked = {
            entry.student.id
            for entry in grades
            if entry.manual_score is not None or entry.extra_credit
        } | {entry.student.id for entry in comments if entry.manual_comment}
        if marked:
            some = ", ".join(sorted(marked)[:5])
            raise CourseError(
                f"{assignment} has no cell {cell.name} any more, and a person has "
                f"marked or commented on it for {some} (in all {len(marked)}). Put the "
                "cell back, or take these marks and comments out in formgrader, and "
                "grade again."
            )
