"""Tries which tests the reference's own answers pass apart from the student's code.

A look at a test's source does not tell what a student's function returns. Where an
object stays in the student's process, a test that is otherwise sound may fail for that:
then the reference loses points, and the test runs in the student's process.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path

from nbformat import NotebookNode

from autograder.cells import (
    by_id,
    copy_of,
    from_bytes,
    is_answer,
    named_tests,
    to_bytes,
)
from autograder.engine.execute import execute
from autograder.limits import GRADED, NONE, Limits
from autograder.sandbox import levels
from autograder.warm import client

# Beside the journal: what was tried, by a hash of all that it depends on.
FILE = "tried.json"


def failed_apart(
    place: Path,
    full: NotebookNode,
    solution: NotebookNode,
    files: Mapping[str, bytes],
    answer_names: frozenset[str],
    together: Mapping[str, str],
    imports: str,
) -> dict[str, str]:
    """Runs the reference's answers once for each state of an assignment.

    Args:
        place: A folder in which the result is kept.
        full: The notebook with solutions cleared and hidden tests in.
        solution: The notebook with the reference's answers.
        files: The helper files.
        answer_names: The names that answers bind.
        together: The tests that run in the student's process anyhow.
        imports: What the process of tests imports first.

    Returns:
        Dict from the grade id of a test that the reference fails apart to why.
    """
    tests = {name for name, _ in named_tests(full)}
    if not tests - together.keys() or not client.available():
        return {}
    document = reference_of(full, solution)
    content = to_bytes(document)
    digest = hashlib.sha256(content)
    for name, data in sorted(files.items()):
        digest.update(name.encode("utf-8", "backslashreplace") + b"\0" + data)
    digest.update(metadata.version("layerwise").encode())
    digest.update(json.dumps([sorted(together), imports]).encode())
    key = digest.hexdigest()
    kept = _read(place / FILE)
    if key not in kept:
        kept[key] = _run(content, files, answer_names, frozenset(together), imports)
        _write(place / FILE, kept)
    return kept[key]


def reference_of(full: NotebookNode, solution: NotebookNode) -> NotebookNode:
    """Returns the notebook that a student with the reference's answers hands in."""
    document, answers = copy_of(full), by_id(solution)
    for name, cell in by_id(document).items():
        if is_answer(cell) and name in answers:
            cell.source = answers[name].source
    return document


def _run(
    content: bytes,
    files: Mapping[str, bytes],
    answer_names: frozenset[str],
    together: frozenset[str],
    imports: str,
) -> dict[str, str]:
    from autograder.grading.judge import cell_verdicts

    limits = Limits(sandbox=levels.detect().level or NONE)
    # formgrader calls from within its server's event loop; the engine has its own.
    with ThreadPoolExecutor(1) as pool:
        execution = pool.submit(
            execute,
            content,
            limits,
            {},
            answer_names,
            files,
            together,
            imports,
            strict=False,
        ).result()
    document = from_bytes(execution.notebook)
    points = {
        name: cell.metadata.nbgrader.points for name, cell in named_tests(document)
    }
    found = {}
    for name, (received, message) in cell_verdicts(document).items():
        if name not in together and received < points[name]:
            why = message.splitlines()[0][:200] if message else "no message"
            if execution.status != GRADED:
                why = execution.reason
            found[name] = f"the reference's answer fails it apart: {why}"
    return found


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write(path: Path, kept: dict[str, dict[str, str]]) -> None:
    # Who may not write there tries again the next time.
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        draft.replace(path)
