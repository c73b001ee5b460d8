"""Remembers which submission got which outcome, so that nothing is graded twice."""

import fcntl
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace


@dataclass(frozen=True)
class Outcome:
    """What became of one submission.

    Attributes:
        student: String, the student's id.
        assignment: String, the assignment's id.
        outcome: String: graded, timeout, out_of_memory, crashed, unreadable, missing.
        reason: String, for a person; empty for graded.
        score: Float, points, manual ones included.
        max_score: Float, the most that could be had.
        flags: List of strings: late, restored.
        notes: List of strings, what the flags mean here.
        seconds: Float, wall time of the cells.
        cells: Dict from grade id to `[points, message]`.
        key: String, the hash of everything that the outcome depends on but for the
            environment: an upgrade alone regrades nobody.
        environment: Dict from package to version, as it was.
        marks: String, the hash of what a person has added in the gradebook.
        sandbox: String, the level in force while it ran; empty if nothing did.
    """

    student: str
    assignment: str
    outcome: str
    reason: str = ""
    score: float = 0.0
    max_score: float = 0.0
    flags: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    seconds: float = 0.0
    cells: dict = field(default_factory=dict)
    key: str = ""
    environment: dict = field(default_factory=dict)
    marks: str = ""
    sandbox: str = ""


def key_of(submission, assigned, limits, plain=False):
    """Hashes what an outcome depends on.

    Args:
        submission: `Submission`.
        assigned: `Assigned`.
        limits: `Limits`.
        plain: Whether tests run in the student's own kernel.

    Returns:
        String of hexadecimal digits.
    """
    digest = hashlib.sha256()

    def add(part):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)

    add(submission.notebook or b"")
    add(submission.reason.encode())
    add(json.dumps(assigned.full, sort_keys=True).encode())
    # Of the limits all but the threads, which follow from the number of workers, and
    # the sandbox, which follows from the machine.
    add(repr((replace(limits, threads=1, sandbox=None), plain)).encode())
    for files in (submission.files, assigned.files):
        for name, content in sorted(files.items()):
            add(name.encode())
            add(content)
    return digest.hexdigest()


class Journal:
    """A file with one line for each outcome, appended and synced to disk.

    Args:
        path: Path of the file; it need not exist.
    """

    def __init__(self, path):
        self.path = path
        self.latest = {}
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        for line in text.splitlines():
            self._remember(line)
        # The last line of a run that was killed while it wrote.
        self.torn = bool(text) and not text.endswith("\n")

    def _remember(self, line):
        try:
            outcome = Outcome(**json.loads(line))
        except (json.JSONDecodeError, TypeError):
            return
        self.latest[outcome.student, outcome.assignment] = outcome

    def find(self, student, assignment):
        """Returns the latest `Outcome` of a student's submission, or `None`."""
        return self.latest.get((student, assignment))

    def append(self, outcome):
        """Writes an outcome so that it survives a crash."""
        line = json.dumps(asdict(outcome), sort_keys=True)
        with self.path.open("a", encoding="utf-8") as file:
            # formgrader's server may be writing too.
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(("\n" if self.torn else "") + line + "\n")
            file.flush()
            os.fsync(file.fileno())
        self.torn = False
        self._remember(line)
