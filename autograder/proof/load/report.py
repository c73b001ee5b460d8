"""What a load has shown: on the terminal, and as tables for the docs."""

import os
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import psutil

from autograder.proof.load.memory import PARTS, means

MOMENTS = {
    "import keras": "after `import keras`",
    "run answer": "after the answer has run",
}
ROWS = {
    "kernel": "kernel",
    "parent": "its share of a parent",
    "total": "kernel and parent",
    "server": "server",
}


# What `run` puts together of one run, and a table's row.
Run = Mapping[str, Any]
Line = Sequence[str]


def machine() -> dict[str, float]:
    """Returns what the figures depend on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory": psutil.virtual_memory().total / 1e9,
    }


def spread(seconds: Iterable[float]) -> tuple[float, float, float]:
    """Returns median, 90th percentile and maximum of some seconds.

    The percentile is the smallest of them that nine in ten do not exceed.
    """
    ordered = sorted(seconds)
    ninth = ordered[max(0, -(-9 * len(ordered) // 10) - 1)]
    return statistics.median(ordered), ninth, ordered[-1]


def print_kind(kind: str, run: Run) -> None:
    """Prints what the students of one kind of kernel met."""
    users = "a user each" if run["own_users"] else "all one system user"
    print(
        f"\n{kind} kernels: {run['students']} students, {users}; "
        f"{run['seconds']:.0f} s in all; load average {run['load'][0]:.1f} before, "
        f"{run['load'][-1]:.1f} after"
    )
    for line in _table(PHASE_HEAD, _phase_rows(run)):
        print(line)
    print(f"submissions lost: {run['lost']} of {run['students']}")
    _print_errors(run)


PHASE_HEAD = (
    *("phase", "done", "wall, s", "a minute"),
    *("median, s", "90 %, s", "max, s", "least free, GB"),
)


def _phase_rows(run: Run) -> Iterator[Line]:
    for name, phase in run["phases"].items():
        done, wall = len(phase["seconds"]), phase["wall"]
        numbers: Sequence[float] = spread(phase["seconds"]) if done else ()
        yield (
            name,
            f"{done}/{phase['tried']}",
            f"{wall:.1f}",
            f"{60 * done / wall:.0f}",
            *(f"{number:.1f}" for number in numbers),
            *(["-"] * (3 - len(numbers))),
            f"{phase['least_free'] / 1000:.1f}",
        )


def _print_errors(run: Run) -> None:
    for error in run["errors"]:
        print(f"error: {error['student']} {error['phase']}: {error['error']}")
    if run["hub_log"]:
        print(f"the hub's last words:\n{run['hub_log']}")


def print_memory(kinds: Mapping[str, Run]) -> None:
    """Prints the memory of a student for each kind of kernel that was measured."""
    rows = list(_memory_rows(kinds))
    if rows:
        print("\nmemory of one student, mean of all, MB (PSS; of it anonymous)")
        for line in _table(("", "", *kinds), rows):
            print(line)


def _memory_rows(kinds: Mapping[str, Run]) -> Iterator[Line]:
    for moment, words in MOMENTS.items():
        runs = {kind: run["memory"].get(moment) for kind, run in kinds.items()}
        if not any(runs.values()):
            continue
        sizes = {kind: means(run) for kind, run in runs.items() if run}
        plain = {kind: means(run, "anonymous") for kind, run in runs.items() if run}
        for part, label in ROWS.items():
            cells = [
                f"{sizes[kind][part]:.0f} ({plain[kind][part]:.0f})"
                if kind in sizes
                else "-"
                for kind in kinds
            ]
            yield (words, label, *cells)
        if "cold" in sizes:
            ratios = [
                f"{sizes[kind]['total'] / sizes['cold']['total']:.2f}"
                if kind in sizes
                else "-"
                for kind in kinds
            ]
            yield (words, "kernel and parent, of a cold one's", *ratios)
        yield (
            words,
            "hub and proxy, for all",
            *_all(runs, lambda run: run["hub"]["all"]),
        )
        yield (words, "PSS of everything, for all", *_all(runs, _everything))
        yield (words, "less free than before, for all", *_all(runs, _taken))


def _all(runs: Mapping[str, Run], size: Callable[[Run], float]) -> Iterator[str]:
    for run in runs.values():
        yield f"{size(run):.0f}" if run else "-"


def _taken(run: Run) -> float:
    return run["taken"]


def _everything(run: Run) -> float:
    sizes = run["students"].values()
    return run["hub"]["all"] + sum(
        size[part]["all"] for size in sizes for part in PARTS
    )


def print_opened(result: Run) -> None:
    """Prints how long a notebook took from opening to `import keras` done."""
    print(
        "\nfrom opening a notebook to `import keras` done, one at a time, in turn; "
        f"load average {result['load'][0]:.1f} before, {result['load'][-1]:.1f} after"
    )
    for line in _table(OPENED_HEAD, _opened_rows(result)):
        print(line)
    _print_errors(result)


OPENED_HEAD = (
    *("kernel", "times", "first, s", "median, s", "90 %, s", "max, s"),
    *("of it: kernel answers, s", "import, s"),
)


def _opened_rows(result: Run) -> Iterator[Line]:
    for kind, times in result["times"].items():
        if len(times) < 2:
            continue
        first, *rest = times
        numbers = spread([time["all"] for time in rest])
        parts = [
            statistics.median(time[part] for time in rest)
            for part in ("kernel", "import")
        ]
        yield (
            kind,
            str(len(rest)),
            *(f"{number:.2f}" for number in (first["all"], *numbers, *parts)),
        )


def markdown(result: Run) -> str:
    """Returns all tables of what `load` has put together, as Markdown."""
    where = f"{result['machine']['cores']} cores, {result['machine']['memory']:.0f} GB"
    parts = []
    opened = result.get("opened")
    if opened:
        parts.append(
            f"From opening a notebook to `import keras` done, on {where}, load average "
            f"{opened['load'][0]:.1f}:"
        )
        parts.append(_markdown_table(OPENED_HEAD, _opened_rows(opened)))
    for kind, run in result["kinds"].items():
        users = "a system user each" if run["own_users"] else "one system user for all"
        parts.append(
            f"{run['students']} students at once, {kind} kernels, {users}, "
            f"{result['assignment']}, on {where}, load average {run['load'][0]:.1f} "
            f"before; {len(run['errors'])} errors, {run['lost']} submissions lost:"
        )
        parts.append(_markdown_table(PHASE_HEAD, _phase_rows(run)))
    rows = list(_memory_rows(result["kinds"]))
    if rows:
        parts.append(
            "Memory of one student, the mean of all, in MB: proportional size, in "
            "brackets what of it is anonymous:"
        )
        parts.append(_markdown_table(("when", "what", *result["kinds"]), rows))
    return "\n\n".join(parts) + "\n"


def _markdown_table(head: Line, rows: Iterable[Line]) -> str:
    lines: list[Line] = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _table(head: Line, rows: Iterable[Line]) -> Iterator[str]:
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = zip(line, widths, strict=True)
        yield "  ".join(f"{cell:{width}}" for cell, width in cells).rstrip()
