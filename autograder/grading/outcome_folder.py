"""What a shard leaves for one submission: the executed notebook and its outcome.

    OUT/STUDENT/ASSIGNMENT/NOTEBOOK.ipynb       the executed notebook
    OUT/STUDENT/ASSIGNMENT/outcome.json         written last, in one step

Of a notebook that has not the assignment's name it is `NOTEBOOK.outcome.json`. It holds
the fields of `autograder.grading.outcome.Outcome` and two more:

    format      1
    notebook    SHA-256 of the executed notebook's bytes

`score` and `cells` are the points of the autograded tests. Marks of a person, due dates
and late penalties are the gradebook's, and are not in it. `key` is the hash of what the
outcome depends on, the same that `autograder grade` computes: a result is taken only
where the keys are equal.
"""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

from autograder.grading.outcome import Outcome, outcome_of
from autograder.grading.run import Ran
from autograder.grading.submission import MISSING, UNREADABLE
from autograder.limits import Execution

FORMAT = 1
FILE = "outcome.json"


def write_outcome(folder: Path, outcome: Outcome, content: bytes) -> None:
    """Writes a submission's result; it is complete or not there.

    Args:
        folder: `OUT/STUDENT/ASSIGNMENT`; it need not exist.
        outcome: What became of it.
        content: The executed notebook.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = outcome.notebook_name
    _replace(folder / f"{name}.ipynb", content)
    data = {"format": FORMAT, "notebook": _hash(content), **asdict(outcome)}
    _replace(_file(folder, name), json.dumps(data, indent=1, sort_keys=True).encode())


def read_outcome(folder: Path, notebook: str = "") -> Outcome | None:
    """Reads a notebook's outcome in a folder `OUT/STUDENT/ASSIGNMENT`.

    Args:
        folder: The folder.
        notebook: The notebook's name. Without it, the assignment's.

    Returns:
        `None` if it is not there, torn or not that of its notebook.
    """
    found = _read(folder, notebook or folder.name)
    return found and found[0]


def read_ran(folder: Path, notebook: str, key: str) -> Ran | None:
    """Reads what a shard executed, for a gradebook to take.

    Args:
        folder: `OUT/STUDENT/ASSIGNMENT`.
        notebook: The notebook's name.
        key: The hash of what the outcome depends on now.

    Returns:
        `None` if there is none, or it is that of another submission.
    """
    found = _read(folder, notebook)
    if found is None or found[0].key != key:
        return None
    outcome, content = found
    if outcome.status in (MISSING, UNREADABLE):
        return Ran(outcome.status, outcome.reason, outcome.notes)
    execution = Execution(
        content,
        outcome.status,
        outcome.reason,
        outcome.seconds,
        start_seconds=0.0,
        sandbox=outcome.sandbox,
    )
    return Ran(notes=outcome.notes, execution=execution)


def _file(folder: Path, notebook: str) -> Path:
    return folder / (FILE if notebook == folder.name else f"{notebook}.{FILE}")


def _read(folder: Path, notebook: str) -> tuple[Outcome, bytes] | None:
    try:
        data = json.loads(_file(folder, notebook).read_text(encoding="utf-8"))
        content = (folder / f"{notebook}.ipynb").read_bytes()
        if data.pop("format") != FORMAT or data.pop("notebook") != _hash(content):
            return None
        return outcome_of(data), content
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


def _replace(path: Path, content: bytes) -> None:
    """Writes a file so that it is there as a whole or not at all."""
    torn = path.with_name(f"{path.name}.{os.getpid()}.torn")
    with torn.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    torn.replace(path)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
