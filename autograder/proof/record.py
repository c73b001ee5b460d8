"""Runs chapters by seed and keeps what they measured, with where and when.

A chapter's source is run as a script, without Jupyter, so that a machine needs nothing
but Keras and `layerwise` for it. On another machine, with a backend of its own:

    KERAS_BACKEND=jax python -m autograder.proof.record 04 --seeds 0 1 2 --to runs

writes the runs to `runs/04_resnet.json`; `autograder record --merge runs/*.json` adds
them to the records here.
"""

import argparse
import datetime
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from autograder.course import CourseError
from layerwise import records

CHAPTERS = Path(__file__).resolve().parents[2] / "course" / "chapters"

# Figures are drawn, since drawing belongs to a chapter's time, and not shown.
RUN = """
import runpy, sys
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
plt.show = lambda *_, **__: plt.close("all")
runpy.run_path(sys.argv[1], run_name="__main__")
"""


def run_by_seed(source: Path, seed: int, budget: str = "default") -> dict[str, Any]:
    """Runs a chapter's source once, in a process of its own.

    Args:
        source: The chapter, such as `course/chapters/04_resnet.py`.
        seed: `LAYERWISE_SEED` of the run.
        budget: `LAYERWISE_BUDGET` of the run.

    Returns:
        A run as `layerwise.records` describes it.

    Raises:
        CourseError: If the chapter fails or reports nothing; the message holds what
            it printed last.
    """
    with tempfile.TemporaryDirectory() as folder:
        notes, output = Path(folder, "notes"), Path(folder, "output")
        # NumPy computes on one core, as in the kernels here. A chapter that says so
        # itself would be too late: matplotlib has imported NumPy by then.
        environment = {
            "OPENBLAS_NUM_THREADS": "1",
            **os.environ,
            "LAYERWISE_BUDGET": budget,
            "LAYERWISE_SEED": str(seed),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            records.VARIABLE: str(notes),
        }
        before = _cpu_of_children()
        with output.open("w", encoding="utf-8") as file:
            process = subprocess.run(
                [sys.executable, "-c", RUN, str(source)],
                env=environment,
                stdout=file,
                stderr=subprocess.STDOUT,
                check=False,
            )
        cpu_seconds = _cpu_of_children() - before
        if process.returncode:
            last = output.read_text(encoding="utf-8", errors="replace")[-3000:]
            raise CourseError(f"Chapter {source.stem} failed:\n{last}")
        if not notes.is_file():
            raise CourseError(
                f"Chapter {source.stem} has no `layerwise.report.Report`: nothing to "
                "record"
            )
        lines = notes.read_text(encoding="utf-8").splitlines()
    head, *conclusions = map(json.loads, lines)
    return {
        **head,
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "cpu_seconds": round(cpu_seconds),
        "source": hashlib.sha256(source.read_bytes()).hexdigest()[:12],
        "conclusions": {entry.pop("conclusion"): entry for entry in conclusions},
    }


def _cpu_of_children() -> float:
    """Returns the CPU time of all processes that this one has waited for."""
    times = os.times()
    return times.children_user + times.children_system


def record(
    names: Sequence[str],
    seeds: Sequence[int],
    folder: Path = records.FOLDER,
    chapters: Path = CHAPTERS,
) -> int:
    """Runs chapters by seed and adds the runs to the records.

    Args:
        names: Parts of chapter names.
        seeds: Values of `LAYERWISE_SEED`.
        folder: Where the records lie.
        chapters: Where the sources lie.

    Returns:
        The exit status: 0, or 1 if a run failed.

    Raises:
        CourseError: If no chapter has such a name.
    """
    sources = [
        path
        for path in sorted(chapters.glob("[0-9]*.py"))
        if any(name in path.stem for name in names)
    ]
    if not sources:
        raise CourseError(f"No chapter in {chapters} has a name of {names}")
    failed = 0
    for source in sources:
        for seed in seeds:
            try:
                run = run_by_seed(source, seed)
            except CourseError as error:
                failed += 1
                print(error, flush=True)
                continue
            path = records.add(source.stem, [run], folder)
            machine = records.describe(run["machine"])
            print(f"{source.stem}, seed {seed}: {run['cpu_seconds']} s of CPU time,")
            print(f"    {machine}; in {path}", flush=True)
    return 1 if failed else 0


def merge(paths: Sequence[Path], folder: Path = records.FOLDER) -> int:
    """Adds the runs of other record files to the records.

    Args:
        paths: Files that `record` wrote, here or elsewhere.
        folder: Where the records lie.

    Returns:
        The exit status, 0.

    Raises:
        CourseError: If a file cannot be read as a record.
    """
    for path in paths:
        try:
            runs = json.loads(path.read_text(encoding="utf-8"))
            chapters = {run["chapter"] for run in runs}
            for chapter in sorted(chapters):
                mine = [run for run in runs if run["chapter"] == chapter]
                print(records.add(chapter, mine, folder), f"{len(mine)} runs")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CourseError(f"{path} is not a record of runs: {error!r}") from error
    return 0


def add_options(verb: argparse.ArgumentParser) -> None:
    """Adds the options of the script; `autograder record` has the same."""
    verb.add_argument("names", nargs="+", metavar="NAME")
    verb.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2], metavar="N")
    verb.add_argument("--to", type=Path, default=records.FOLDER, metavar="FOLDER")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    add_options(parser)
    options = parser.parse_args()
    sys.exit(record(options.names, options.seeds, options.to))
