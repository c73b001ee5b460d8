"""The engine as steps of nbgrader: `nbgrader_config.py` puts them into its lists.

So `nbgrader autograde`, `nbgrader generate_feedback` and formgrader's buttons run
submissions as `autograder grade` does, and give the same points. nbgrader still finds
the submissions, fills its gradebook and writes its folders.

nbgrader writes the notebook between its two lists. What `Restore` found out travels to
`Execute` in the notebook's metadata, which `Restore` has made anew.
"""

import asyncio
import copy
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors import ClearHiddenTests, NbGraderPreprocessor
from traitlets import Enum, Integer, default

from autograder.cells import from_bytes, is_test, to_bytes
from autograder.compat_nbgrader import coursedir_of
from autograder.course import Course, find_course
from autograder.engine.execute import execute
from autograder.grading.assignment import Assigned, load_current
from autograder.grading.feedback import add_losses, set_banner
from autograder.grading.gradebook import hand_marks, net_score
from autograder.grading.hidden_tests import without_hidden_tests
from autograder.grading.journal import Journal
from autograder.grading.judge import cell_verdicts, not_run
from autograder.grading.lateness import flags_and_notes, stamp_of
from autograder.grading.outcome import Outcome, environment, key_of
from autograder.grading.prepare import execute_arguments, files_beside, prepare
from autograder.grading.roster import read_roster
from autograder.grading.submission import Submission, read_submission
from autograder.limits import GRADED, NONE, Execution, Limits
from autograder.sandbox.policy import LEVELS
from autograder.sandbox.required import LEAST, require

if TYPE_CHECKING:
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

STATE = "autograder"
FOLDERS = ("source", "release", "submitted", "autograded", "feedback")


def enter_assignment(assignment: str, **_: object) -> None:
    """Enters an assignment, students and due dates into the gradebook.

    nbgrader calls it before it grades a submission (`Autograde.pre_convert_hook`).
    Without it, nbgrader refuses an assignment that it did not release itself, and knows
    no due dates.
    """
    from autograder.grading.gradebook import GradebookWriter

    course = _running_course()
    for name in course.notebooks_of(assignment):
        assigned = load_current(course, assignment, name)
        with GradebookWriter(course, assigned) as gradebook:
            gradebook.enter_assignment()
            gradebook.enter_roster(read_roster(course))


class Restore(NbGraderPreprocessor):
    """Puts the course's own cells back: the one step that sanitizes a submission."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Replaces the notebook by the one that is run.

        The file is read again: nbgrader has mended it in passing, and what is judged
        must be what was handed in.

        Raises:
            NbGraderException: If nothing is to be executed.
        """
        if not self.config.Execute.get("enabled", True):
            raise NbGraderException(
                "--no-execute takes the outputs in a student's file for those of "
                "their code: this engine grades what it ran. Leave it away."
            )
        assigned, submission = _read(self, resources)
        prepared = prepare(submission, assigned, Limits())
        status = prepared.submission.status
        if prepared.arguments is None:
            document = not_run(assigned, status)
        else:
            document = from_bytes(prepared.arguments[0])
        document.metadata[STATE] = {
            "status": status,
            "reason": prepared.submission.reason,
            "notes": prepared.notes,
        }
        return document, resources


class Execute(NbGraderPreprocessor):
    """Runs a restored notebook with the engine, and says on top what came of it."""

    cell_seconds = Integer(help="CPU time of a cell.").tag(config=True)
    notebook_seconds = Integer(
        Limits.notebook_seconds, help="CPU time of all cells."
    ).tag(config=True)

    require_sandbox = Enum(
        [*LEVELS, NONE],
        LEAST,
        help="The weakest sandbox that will do: without it nothing is run.",
    ).tag(config=True)

    @default("cell_seconds")
    def _cell_seconds_default(self) -> int:
        # Where nbgrader's own limit on a cell is set; nbclient has no limit at -1.
        for name in ("Execute", "ExecutePreprocessor"):
            timeout = self.config[name].get("timeout")
            if timeout is not None:
                seconds = int(timeout)
                return seconds if seconds > 0 else Limits.notebook_seconds
        return Limits.cell_seconds

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Returns the executed notebook; every test cell in it has its verdict."""
        assigned, submission = _read(self, resources)
        state = nb.metadata.pop(STATE, {})
        status, reason = state.get("status", ""), state.get("reason", "")
        limits, seconds = Limits(self.cell_seconds, self.notebook_seconds), 0.0
        sandbox = ""
        if not status:
            limits = require(limits, self.require_sandbox)
            execution = _execute(nb, limits, assigned, submission)
            status, reason = execution.status, execution.reason
            seconds, sandbox = execution.seconds, execution.sandbox
            nb = from_bytes(execution.notebook)
        if status != GRADED:
            self.log.warning("%s: %s: %s", submission.student, status, reason)
        notes = list(state.get("notes", ()))
        flags: list[str] = []
        late: list[str] = []
        given = resources["nbgrader"]
        with Gradebook(given["db_url"]) as gradebook:
            entry = gradebook.find_submission(given["assignment"], given["student"])
            if submission.folder is not None:
                # nbgrader takes times in zones that it does not know for UTC.
                zone = read_roster(_course(self)).zone
                entry.timestamp, unread = stamp_of(submission.folder, zone)
                gradebook.db.commit()
                flags, late = flags_and_notes(entry.total_seconds_late, unread)
        resources[STATE] = Outcome(
            submission.student,
            assigned.assignment,
            status,
            reason,
            flags=[*flags, *["restored"] * len(notes)],
            notes=[*late, *notes],
            seconds=round(seconds, 2),
            cells=cell_verdicts(nb),
            key=key_of(submission, assigned, limits),
            environment=environment(),
            sandbox=sandbox,
            name=assigned.notebook_name,
        )
        set_banner(nb, status, reason, [*notes, *late])
        return nb, resources


class Record(NbGraderPreprocessor):
    """Writes the outcome into the journal, once the gradebook has its points.

    So `autograder grade` need not run such a submission again.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Returns the notebook as it is."""
        outcome, given = resources.pop(STATE), resources["nbgrader"]
        assignment, student = given["assignment"], given["student"]
        name = given["notebook"]
        with Gradebook(given["db_url"]) as gradebook:
            saved = gradebook.find_submission_notebook(name, assignment, student)
            outcome = replace(
                outcome,
                score=net_score(saved),
                max_score=saved.max_score,
                marks=hand_marks(saved),
            )
        Journal(_course(self).classroom / "journal.jsonl").append(outcome)
        return nb, resources


class HideTests(NbGraderPreprocessor):
    """Takes hidden tests out of what becomes a feedback page, and says what failed."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Returns the notebook without hidden tests in sources and tracebacks."""
        # From the notebook itself: the assignment may have changed since it was graded.
        tests = [copy.deepcopy(cell) for cell in nb.cells if is_test(cell)]
        released = nbformat.v4.new_notebook(cells=tests)
        ClearHiddenTests(config=self.config).preprocess(released, {})
        shown = without_hidden_tests(nb, released)
        add_losses(shown)
        return shown, resources


def _execute(
    notebook: NotebookNode, limits: Limits, assigned: Assigned, submission: Submission
) -> Execution:
    arguments = execute_arguments(
        to_bytes(notebook), limits, files_beside(submission, assigned), assigned
    )
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return execute(*arguments)
    # formgrader calls from within its server's event loop; the engine has its own.
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(execute, *arguments).result()


def _running_course() -> Course:
    """Returns the course as the running command sees it, its options included."""
    from nbgrader.apps import AutogradeApp

    if not AutogradeApp.initialized():
        # formgrader's server has none: its course is that of its folder.
        return find_course()
    app = AutogradeApp.instance()
    return _course_in(app.coursedir, app.config)


def _course(step: NbGraderPreprocessor) -> Course:
    """Returns the course as the nbgrader command that runs a step sees it."""
    return _course_in(coursedir_of(step), step.config)


def _course_in(directory: "CourseDirectory", config: "Config") -> Course:
    config = copy.deepcopy(config)
    for name in FOLDERS:
        folder = getattr(directory, f"{name}_directory")
        config.CourseDirectory[f"{name}_directory"] = folder
    config.CourseDirectory.ignore = directory.ignore
    config.CourseDirectory.db_url = directory.db_url
    return Course(Path(directory.root), config)


def _read(
    step: NbGraderPreprocessor, resources: dict[str, Any]
) -> tuple[Assigned, Submission]:
    """Returns the assignment and the submission."""
    given, course = resources["nbgrader"], _course(step)
    assignment, name = given["assignment"], given["notebook"]
    submission = read_submission(course, assignment, given["student"], name)
    return load_current(course, assignment, name), submission
