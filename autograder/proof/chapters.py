"""Runs chapters from a fresh kernel and says what they took and what they found."""

import os
import time

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)

from autograder.course import CourseError

HEADLINE = "headline"
# A chapter may take three minutes at the default budget; a loaded machine more.
CELL_SECONDS = {"smoke": 300, "default": 1200, "full": None}


def run_chapter(course, name, budget, target=None):
    """Runs one chapter's notebook.

    Args:
        course: `Course`, built.
        name: String, the chapter's name, such as `"04_resnet"`.
        budget: String: `"smoke"`, `"default"` or `"full"`.
        target: Path where the executed notebook is written; `None` writes nothing.

    Returns:
        The executed notebook, and the float seconds that it took, the kernel's start
        and imports included.

    Raises:
        CourseError: If the chapter is not built, or a cell fails; the message holds
            the traceback.
    """
    path = course.notebooks / f"{name}.ipynb"
    if not path.is_file():
        raise CourseError(f"{path} is not there: run `autograder build`")
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS[budget],
        resources={"metadata": {"path": str(path.parent)}},
    )
    environment = {
        **os.environ,
        "LAYERWISE_BUDGET": budget,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    # The figures belong into the notebook, whatever this process draws with.
    environment.pop("MPLBACKEND", None)
    began = time.monotonic()
    try:
        client.execute(env=environment)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise CourseError(f"Chapter {name} failed:\n{error}") from error
    seconds = time.monotonic() - began
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
    return notebook, seconds


def headline(notebook):
    """Returns what the cells tagged `headline` printed."""
    return "".join(
        output.get("text", "")
        for cell in notebook.cells
        if HEADLINE in cell.metadata.get("tags", []) and cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    )


def run_chapters(course, names=(), budget=None):
    """Runs chapters and prints the minutes and headline figures of each.

    Args:
        course: `Course`, built.
        names: List of strings, parts of chapter names; empty for all.
        budget: String; without it, the environment's `LAYERWISE_BUDGET`.

    Returns:
        Integer, the exit status: 0.

    Raises:
        CourseError: If no chapter has such a name, or one fails.
    """
    budget = budget or os.environ.get("LAYERWISE_BUDGET", "default")
    if budget not in CELL_SECONDS:
        raise CourseError(
            f"LAYERWISE_BUDGET must be one of {', '.join(CELL_SECONDS)}. "
            f"Received: {budget!r}"
        )
    chapters = [
        path.stem
        for path in sorted(course.notebooks.glob("*.ipynb"))
        if not names or any(name in path.stem for name in names)
    ]
    if not chapters:
        raise CourseError(f"No chapter in {course.notebooks} has a name of {names}")
    for name in chapters:
        print(f"{name} ...", flush=True)
        target = course.root / "build" / "chapters" / f"{name}.ipynb"
        notebook, seconds = run_chapter(course, name, budget, target)
        print(f"{name}: {seconds / 60:.1f} min at {budget}, in {target}")
        for line in headline(notebook).splitlines():
            print(f"    {line}")
    return 0
