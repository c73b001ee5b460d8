"""What became of a submission, and what that depends on."""

import contextlib
import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import Any

from autograder.grading.assignment import Assigned
from autograder.grading.submission import Submission
from autograder.limits import Limits

PACKAGES = ("layerwise", "tensorflow", "keras", "numpy", "nbgrader")


@dataclass(frozen=True)
class Outcome:
    """What became of one notebook of a submission.

    Attributes:
        student: The student's id.
        assignment: The assignment's id.
        status: graded, timeout, out_of_memory, crashed, unreadable or missing.
        reason: Why, for a person; empty for graded.
        score: Points, manual ones included.
        max_score: The most that could be had.
        flags: late, no-time, restored.
        notes: What the flags mean here.
        seconds: Wall time of the cells.
        cells: From grade id to `[points, message]`.
        key: The hash of everything that the outcome depends on but for the
            environment: after an upgrade nothing is run again unasked.
        environment: From package to version, as it was.
        marks: The hash of what a person has added in the gradebook.
        sandbox: The level in force while it ran; empty if nothing did.
        name: The notebook's name; empty for the assignment's.
    """

    student: str
    assignment: str
    status: str
    reason: str = ""
    score: float = 0.0
    max_score: float = 0.0
    flags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cells: dict[str, list[Any]] = field(default_factory=dict)
    key: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    marks: str = ""
    sandbox: str = ""
    name: str = ""

    @property
    def notebook_name(self) -> str:
        return self.name or self.assignment


def outcome_of(data: Mapping[str, Any]) -> Outcome:
    """Reads an outcome as JSON keeps it.

    Raises:
        TypeError: If it has other fields than an outcome.
    """
    fields = dict(data)
    if "outcome" in fields:
        # What journals and queues from before the field was named `status` hold.
        fields["status"] = fields.pop("outcome")
    return Outcome(**fields)


def environment() -> dict[str, str]:
    """Returns the versions that an outcome may depend on."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[package] = metadata.version(package)
    return versions


def key_of(
    submission: Submission, assigned: Assigned, limits: Limits, plain: bool = False
) -> str:
    """Hashes what an outcome depends on.

    Args:
        submission: What was handed in.
        assigned: The assignment.
        limits: What it may use.
        plain: Whether tests run in the student's own kernel.
    """
    digest = hashlib.sha256()

    def add(part: bytes) -> None:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)

    add(submission.notebook or b"")
    add(submission.reason.encode("utf-8", "backslashreplace"))
    add(json.dumps(assigned.full, sort_keys=True).encode())
    # Of the limits all but the threads, which follow from the number of workers, and
    # the sandbox, which follows from the machine.
    add(repr((replace(limits, threads=1, sandbox=None), plain)).encode())
    # What of the tests runs where, in courses that were not written for it.
    if assigned.together or assigned.imports:
        add(json.dumps([sorted(assigned.together), assigned.imports]).encode())
    for files in (submission.files, assigned.files):
        for name, content in sorted(files.items()):
            add(name.encode("utf-8", "backslashreplace"))
            add(content)
    return digest.hexdigest()
