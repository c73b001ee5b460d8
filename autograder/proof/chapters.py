"""Runs chapters and says what they took and what they found."""

import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)
from nbformat import NotebookNode

from autograder.compat_nbgrader import kernel_pid, use_kernel_spec
from autograder.course import Course, CourseError
from autograder.processes import cpu_of_tree
from autograder.proof.result_cache import KeptResults, key_of_run
from autograder.warm.kernelspec import KERNEL_SPEC

HEADLINE = "headline"
SMOKE = "smoke"
# A chapter may take three minutes at the default budget; a loaded machine more.
CELL_SECONDS = {SMOKE: 300, "default": 1200, "full": None}


@dataclass(frozen=True)
class ChapterRun:
    """What came of running a chapter.

    Attributes:
        notebook: The executed notebook.
        seconds: Wall time, the kernel's start and imports included.
        cpu_seconds: CPU time of the kernel and of what it started.
    """

    notebook: NotebookNode
    seconds: float
    cpu_seconds: float


def run_chapter(
    course: Course, name: str, budget: str, target: Path | None = None
) -> ChapterRun:
    """Runs one chapter's notebook from a fresh kernel: at `smoke` a warm one.

    Args:
        course: `Course`, built.
        name: The chapter's name, such as `"04_resnet"`.
        budget: `"smoke"`, `"default"` or `"full"`.
        target: Where the executed notebook is written; `None` writes nothing.

    Returns:
        `ChapterRun`.

    Raises:
        CourseError: If the chapter is not built, or a cell fails; the message holds
            the traceback.
    """
    notebook = nbformat.reads(_built(course, name), as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS[budget],
        resources={"metadata": {"path": str(course.notebooks)}},
    )
    manager = client.create_kernel_manager()
    if budget == SMOKE:
        use_kernel_spec(manager, KERNEL_SPEC)
    environment = {
        **os.environ,
        "LAYERWISE_BUDGET": budget,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    # The figures belong into the notebook, whatever this process draws with.
    environment.pop("MPLBACKEND", None)
    began = time.monotonic()
    try:
        with client.setup_kernel(env=environment):
            for index, cell in enumerate(notebook.cells):
                client.execute_cell(cell, index)
            cpu_seconds = cpu_of_tree(kernel_pid(client))
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        raise CourseError(f"Chapter {name} failed:\n{error}") from error
    seconds = time.monotonic() - began
    if target is not None:
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
    return ChapterRun(notebook, seconds, cpu_seconds)


def _built(course: Course, name: str) -> str:
    path = course.notebooks / f"{name}.ipynb"
    if not path.is_file():
        raise CourseError(f"{path} is not there: run `autograder build`")
    return path.read_text(encoding="utf-8")


@dataclass(frozen=True)
class ChapterFacts:
    """What a run of a chapter showed, small enough to keep.

    Attributes:
        pictures: How many figures it has.
        cpu_seconds: CPU time of the kernel and of what it started.
        headline: What its headline cells printed.
    """

    pictures: int
    cpu_seconds: float
    headline: str


def chapter_facts(course: Course, name: str, budget: str = SMOKE) -> ChapterFacts:
    """Returns what a chapter's run shows; one that ran before is not run again.

    Raises:
        CourseError: As `run_chapter`.
    """
    key = key_of_run(_built(course, name).encode(), budget)
    store = KeptResults("chapters")
    found: dict[str, Any] | None = store.find(key)
    if found is None:
        run = run_chapter(course, name, budget)
        facts = ChapterFacts(
            count_pictures(run.notebook), run.cpu_seconds, headline(run.notebook)
        )
        store.keep(key, asdict(facts))
        return facts
    return ChapterFacts(**found)


def count_pictures(notebook: NotebookNode) -> int:
    """Returns how many of a notebook's outputs are pictures."""
    return sum(
        "image/png" in output.get("data", {})
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )


def headline(notebook: NotebookNode) -> str:
    """Returns what the cells tagged `headline` printed."""
    return "".join(
        output.get("text", "")
        for cell in notebook.cells
        if HEADLINE in cell.metadata.get("tags", []) and cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type == "stream" and output.name == "stdout"
    )


def run_chapters(
    course: Course, names: Sequence[str] = (), budget: str | None = None
) -> int:
    """Runs chapters and prints the minutes and headline figures of each.

    One that fails does not keep the others from running.

    Args:
        course: `Course`, built.
        names: Parts of chapter names; empty for all.
        budget: Without it, the environment's `LAYERWISE_BUDGET`.

    Returns:
        The exit status: 0, or 1 if a chapter failed.

    Raises:
        CourseError: If no chapter has such a name.
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
    failed = []
    for name in chapters:
        print(f"{name} ...", flush=True)
        target = course.root / "build" / "chapters" / f"{name}.ipynb"
        try:
            run = run_chapter(course, name, budget, target)
        except CourseError as error:
            failed.append(name)
            print(error, flush=True)
            continue
        print(f"{name}: {run.seconds / 60:.1f} min at {budget}, in {target}")
        for line in headline(run.notebook).splitlines():
            print(f"    {line}")
    if failed:
        print(f"{len(failed)} of {len(chapters)} chapters failed: {', '.join(failed)}")
    return 1 if failed else 0
