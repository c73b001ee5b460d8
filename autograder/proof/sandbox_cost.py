"""Measures what a sandbox adds to the start of a submission's processes."""

import statistics
from dataclasses import replace

import nbformat

from autograder.engine.execute import execute
from autograder.limits import NONE, Limits
from autograder.sandbox import levels
from autograder.sandbox.policy import LEVELS


def measure_cost(limits: Limits, repeats: int = 9) -> dict[str, float]:
    """Starts and ends an empty submission at each level in turn.

    Args:
        limits: What the submission may use; the level is replaced.
        repeats: How many starts are measured at each level.

    Returns:
        For each level, `"none"` first, the median wall time in seconds from the request
        until both processes are ready.
    """
    allowed = [NONE, *(level for level in LEVELS if not levels.try_level(level))]
    notebook = nbformat.writes(nbformat.v4.new_notebook()).encode("utf-8")
    seconds: dict[str, list[float]] = {level: [] for level in allowed}
    # The first of each level is not counted: it finds cold caches.
    for turn in range(repeats + 1):
        for level in allowed:
            execution = execute(notebook, replace(limits, sandbox=level), None, {"f"})
            if turn:
                seconds[level].append(execution.start_seconds)
    return {level: statistics.median(values) for level, values in seconds.items()}
