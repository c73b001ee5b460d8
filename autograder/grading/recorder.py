"""Records outcomes: gradebook and journal first, then what a person reads."""

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.course import Course
from autograder.engine.folders import write_files
from autograder.grading.assignment import Assigned
from autograder.grading.failure import described, failed, is_of_the_machine
from autograder.grading.feedback import FeedbackWriter, set_banner
from autograder.grading.gradebook import GradebookWriter
from autograder.grading.journal import Journal
from autograder.grading.judge import judge, not_run
from autograder.grading.lateness import enter_lateness, is_lateness
from autograder.grading.outcome import Outcome
from autograder.grading.prepare import files_beside
from autograder.grading.results import ResultStore
from autograder.grading.run import Ran, Task
from autograder.grading.submission import Submission
from autograder.limits import CRASHED


def autograded_path(course: Course, submission: Submission) -> Path:
    """Returns where the graded notebook of a submission lies."""
    folder = course.autograded / submission.student / submission.assignment
    return folder / f"{submission.notebook_name}.ipynb"


class Recorder:
    """Writes outcomes: gradebook, journal, autograded notebook, feedback page.

    Args:
        course: The class's course.
        assigned: The assignment.
        gradebook: It must be open.
        journal: Gets each outcome.
        store: What is recorded is dropped there.
        report: Called with each outcome, how many there are by then, how many there
            will be, and whether it stood before.

    Attributes:
        outcomes: By student, what is recorded.
        total: How many there will be.
    """

    def __init__(
        self,
        course: Course,
        assigned: Assigned,
        gradebook: GradebookWriter,
        journal: Journal,
        store: ResultStore,
        report: Callable[..., None],
    ) -> None:
        self.course, self.assigned, self.gradebook = course, assigned, gradebook
        self.journal, self.store, self.report = journal, store, report
        self.feedback = FeedbackWriter(course, assigned, gradebook.marks())
        self.outcomes: dict[str, Outcome] = {}
        self.total = 0

    @contextlib.contextmanager
    def guard(self, student: str) -> Iterator[None]:
        """Makes of whatever a submission causes its own outcome.

        Only what would stop the others too is raised: a full disk, a locked database.
        """
        try:
            yield
        except Exception as error:
            if is_of_the_machine(error):
                raise
            self._fail(student, error)

    def finish(self, task: Task, ran: Ran | Exception) -> None:
        """Records what came of a submission."""
        with self.guard(task.submission.student):
            outcome, document = judge(task, ran)
            self._record(task.submission, outcome, document)
            self.store.drop(task.key)

    def keep(self, submission: Submission, known: Outcome) -> None:
        """Records what may have changed since: marks of a person, and dates."""
        if submission.folder is None:
            self._count(known, True)
            return
        late, late_notes = enter_lateness(self.gradebook, submission)
        self.gradebook.enter_penalty(submission.student)
        fresh = self._with_gradebook(known, late, late_notes)
        if fresh != known:
            self.journal.append(fresh)
        shown = self.feedback.path(submission.student).is_file()
        if fresh != known or not shown:
            document = nbformat.read(
                autograded_path(self.course, submission), as_version=4
            )
            if fresh.notes != known.notes:
                set_banner(document, fresh.status, fresh.reason, fresh.notes)
                self._write_autograded(submission, document)
            self.feedback.write(submission.student, document)
        self._count(fresh, True)

    def _record(
        self, submission: Submission, outcome: Outcome, document: NotebookNode
    ) -> None:
        """Records an outcome before anything of the student's is shown to anybody."""
        if submission.folder is None:
            outcome = replace(outcome, max_score=self.gradebook.max_score())
            self.journal.append(outcome)
            self._count(outcome)
            return
        late, late_notes = enter_lateness(self.gradebook, submission)
        self.gradebook.save(submission.student, document)
        outcome = self._with_gradebook(outcome, late, late_notes)
        self.journal.append(outcome)
        try:
            set_banner(document, outcome.status, outcome.reason, outcome.notes)
            self._write_autograded(submission, document)
            self.feedback.write(submission.student, document)
        except Exception as error:
            if is_of_the_machine(error):
                raise
            # That costs the page, and not the grade.
            notes = [*outcome.notes, f"its page was not written: {described(error)}"]
            outcome = replace(outcome, notes=notes)
            self.journal.append(outcome)
        self._count(outcome)

    def _with_gradebook(
        self, outcome: Outcome, late: Sequence[str], late_notes: Sequence[str]
    ) -> Outcome:
        """Returns an outcome with what the gradebook says: points, marks, lateness."""
        score, max_score = self.gradebook.score(outcome.student)
        flags = [flag for flag in outcome.flags if flag not in ("late", "no-time")]
        notes = [note for note in outcome.notes if not is_lateness(note)]
        return replace(
            outcome,
            score=score,
            max_score=max_score,
            flags=[*late, *flags],
            notes=[*late_notes, *notes],
            marks=self.gradebook.hand_marks(outcome.student),
        )

    def _fail(self, student: str, error: Exception) -> None:
        """Records that a submission could not be graded, whatever the reason."""
        if student in self.outcomes:
            return
        name, outcome = self.assigned.assignment, failed(student, self.assigned, error)
        submission = Submission(
            student,
            name,
            None,
            folder=self.course.submitted / student / name,
            name=self.assigned.notebook_name,
        )
        try:
            self.gradebook.give_up()
            self._record(submission, outcome, not_run(self.assigned, CRASHED))
        except Exception as second:
            if is_of_the_machine(second):
                raise
            self.gradebook.give_up()
            self.journal.append(outcome)
            self._count(outcome)

    def _count(self, outcome: Outcome, kept: bool = False) -> None:
        self.outcomes[outcome.student] = outcome
        self.report(outcome, len(self.outcomes), self.total, kept)

    def _write_autograded(self, submission: Submission, document: NotebookNode) -> None:
        """Writes what nbgrader keeps of a graded submission, read-only as it does."""
        path = autograded_path(self.course, submission)
        folder = path.parent
        folder.mkdir(parents=True, exist_ok=True)
        others = self.course.notebooks_of(submission.assignment)
        kept = {folder / f"{name}.ipynb" for name in others} - {path}
        for old in set(folder.iterdir()) - kept:
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        files = files_beside(submission, self.assigned)
        write_files(folder, {**files, **self.assigned.files})
        nbformat.write(document, path)
        for path in folder.rglob("*"):
            if path.is_file():
                with contextlib.suppress(PermissionError):
                    os.chmod(path, 0o444)
