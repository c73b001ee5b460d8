"""Remembers which submission got which outcome, so that nothing is graded twice."""

import json
import os
from dataclasses import asdict
from pathlib import Path

from filelock import FileLock

from autograder.grading.outcome import Outcome, outcome_of


class Journal:
    """A file with one line for each outcome, appended and synced to disk.

    Args:
        path: The file; it need not exist.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        # formgrader's server may be writing too.
        self.lock = FileLock(path.with_suffix(".lock"))
        self.latest: dict[tuple[str, str, str], Outcome] = {}
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        for line in text.splitlines():
            self._remember(line)
        # The last line of a run that was killed while it wrote.
        self.torn = bool(text) and not text.endswith("\n")

    def _remember(self, line: str) -> None:
        try:
            outcome = outcome_of(json.loads(line))
        except (json.JSONDecodeError, TypeError):
            return
        place = outcome.student, outcome.assignment, outcome.notebook_name
        self.latest[place] = outcome

    def find(self, student: str, assignment: str, notebook: str = "") -> Outcome | None:
        """Returns the latest outcome of a notebook that a student handed in.

        Args:
            student: The student's id.
            assignment: The assignment's id.
            notebook: The notebook's name. Without it, the assignment's.
        """
        return self.latest.get((student, assignment, notebook or assignment))

    def append(self, outcome: Outcome) -> None:
        """Writes an outcome so that it survives a crash."""
        line = json.dumps(asdict(outcome), sort_keys=True)
        with self.lock, self.path.open("a", encoding="utf-8") as file:
            file.write(("\n" if self.torn else "") + line + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.torn = False
        self._remember(line)
