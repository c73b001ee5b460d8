"""Measures this engine against stock nbgrader: the same submissions, in one run.

Submissions are made from the answers bank. For each in turn the engine grades it with
one worker, then stock nbgrader does, in a process that stays: what either spends before
its first submission is in no figure. Then the engine grades all with all workers.

Stock nbgrader has a course of its own with the configuration below, and a cold python3
kernel whatever kernels are installed.
"""

import itertools
import json
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import KernelManager

from autograder.authoring.notebooks import build
from autograder.compat_nbgrader import use_kernel_spec
from autograder.course import CONFIG_FILE, Course, load_course
from autograder.engine.kernel_client import kernel_environment
from autograder.engine.pool import count_cores
from autograder.grading.assignment import Assigned, as_student
from autograder.grading.feedback import FeedbackWriter
from autograder.grading.grade_class import grade_class
from autograder.grading.outcome import Outcome, environment
from autograder.limits import NONE, Limits
from autograder.proof.answers import RELEASE, bank_of
from autograder.proof.bank import Answer
from autograder.proof.sandbox_cost import measure_cost
from autograder.proof.stock import Stock
from autograder.warm.kernelspec import KERNEL_SPEC

LIGHT = "hw00_light"
LIGHT_SOURCE = '''\
# %% [markdown]
# # One layer

# %% nbgrader={"grade_id": "setup"}
import keras

# %% nbgrader={"grade_id": "dense"}
def dense(units, inputs):
    """Returns a built dense layer."""
    ### BEGIN SOLUTION
    layer = keras.layers.Dense(units)
    layer.build((None, inputs))
    return layer
    ### END SOLUTION

# %% nbgrader={"grade_id": "test_dense", "points": 2}
_shapes = [weight.shape for weight in dense(4, 3).get_weights()]
assert _shapes == [(3, 4), (4,)], f"expected kernel and bias. Received: {_shapes}"
'''
LIGHT_WRONG = """\
# %% [markdown] answer={"fails": {"test_dense": "expected kernel and bias"}}
# Leaves the bias out.

# %% nbgrader={"grade_id": "dense"}
def dense(units, inputs):
    layer = keras.layers.Dense(units, use_bias=False)
    layer.build((None, inputs))
    return layer
"""


@dataclass
class Row:
    """What one submission took. Wall times in seconds.

    Attributes:
        student: The submission's name in both courses.
        answer: Which answer of the bank it is.
        engine: One worker, from one submission's end to the next one's, feedback and
            gradebook included.
        cells: That of the cells in it.
        page: That of writing the feedback page.
        stock: `nbgrader autograde` alone.
        stock_page: `nbgrader generate_feedback`.
        agrees: Whether every test has the same points in both gradebooks.
    """

    student: str
    answer: str
    engine: float = 0.0
    cells: float = 0.0
    page: float = 0.0
    stock: float = 0.0
    stock_page: float = 0.0
    agrees: bool = False


@dataclass
class Figures:
    """All that a run measured; `summary` says what it means."""

    assignment: str
    workers: int
    rows: list[Row]
    together_seconds: float
    warm_seconds: list[float]
    cold_seconds: float
    sandbox_seconds: dict[str, float]
    load: list[tuple[float, float, float]] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """Returns the figures that are printed."""

        def median(values: Iterable[float]) -> float:
            return statistics.median(values)

        rows = self.rows
        stock = median(row.stock + row.stock_page for row in rows)
        engine = median(row.engine for row in rows)
        overhead = median(row.engine - row.cells for row in rows)
        bare = median(row.engine - row.cells - row.page for row in rows)
        each = self.together_seconds / len(rows)
        one = sum(row.engine for row in rows) / len(rows)
        return {
            "stock_seconds": stock,
            "stock_seconds_without_feedback": median(row.stock for row in rows),
            "engine_seconds": engine,
            "cells_seconds": median(row.cells for row in rows),
            "overhead_seconds": overhead,
            "overhead_seconds_without_feedback": bare,
            "feedback_seconds": median(row.page for row in rows),
            "ratio_one_worker": stock / engine,
            "seconds_each_all_workers": each,
            "ratio_all_workers": sum(row.stock + row.stock_page for row in rows)
            / self.together_seconds,
            "all_workers_against_one": one / each,
            "kernel_ready_seconds": median(self.warm_seconds),
            "kernel_ready_cold_seconds": self.cold_seconds,
            "start_seconds_by_sandbox": self.sandbox_seconds,
            "same_grades": sum(row.agrees for row in rows),
            "submissions": len(rows),
        }


def run_bench(
    course: Course,
    assignment: str | None,
    count: int,
    limits: Limits,
    light: bool = False,
    workers: int | None = None,
    target: Path | None = None,
) -> int:
    """Measures, prints the figures and writes them as JSON.

    Args:
        course: The course.
        assignment: The assignment's id; without it, the first.
        count: How many submissions.
        limits: What a notebook may use.
        light: Whether to take a notebook that builds one layer instead.
        workers: For the run with all workers. Without it, the cores at hand.
        target: A JSON file to write.

    Returns:
        The exit status: 0 if all grades are the same in both, else 1.

    Raises:
        CourseError: If there is no such assignment, or stock nbgrader fails.
    """
    if not light:
        assignment = assignment or next(iter(course.assignments()), "")
        course.check_assignment(assignment)
    with tempfile.TemporaryDirectory(prefix="lw-bench-") as place:
        ours = _make_engine_course(course, Path(place, "engine"), assignment, light)
        (name,) = ours.assignments()
        figures = measure(ours, name, Path(place, "stock"), count, limits, workers)
    summary = figures.summary()
    print_summary(figures, summary)
    if target is not None:
        data = {
            "summary": summary,
            "assignment": figures.assignment,
            "workers": figures.workers,
            "cores": count_cores(),
            "machine": f"{platform.machine()}, {platform.platform()}",
            "environment": environment(),
            "load_before_and_after": figures.load,
            "together_seconds": figures.together_seconds,
            "warm_seconds": figures.warm_seconds,
            "rows": [vars(row) for row in figures.rows],
        }
        Path(target).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        print(f"All figures: {target}")
    return 0 if summary["same_grades"] == summary["submissions"] else 1


def measure(
    ours: Course,
    name: str,
    root: Path,
    count: int,
    limits: Limits,
    workers: int | None = None,
) -> Figures:
    """Grades the same submissions with both.

    Args:
        ours: The engine's course, with the one assignment, built.
        name: The assignment's id.
        root: Where the stock course is made.
        count: How many submissions.
        limits: What a notebook may use.
        workers: For the run with all workers.
    """
    workers = workers or count_cores()
    assigned, answers = bank_of(ours, name)
    rows, warm_up = _hand_in(ours, root, assigned, answers, count, workers)
    load = [os.getloadavg()]
    print("starting the warm parents and stock nbgrader ...", flush=True)
    for number in {1, workers}:
        _grade(ours, name, limits, warm_up[:1], number, lambda *_: None)
    feedback = FeedbackWriter(ours, assigned)
    clock = 0.0

    with Stock(ours, root, name, limits.cell_seconds) as stock:
        stock.grade(warm_up[0])

        by_name = {row.student: row for row in rows}

        def finished(outcome: Outcome, done: int, *_: Any) -> None:
            nonlocal clock
            ended = time.perf_counter()
            row = by_name.get(outcome.student)
            if row is not None:
                row.engine, row.cells = ended - clock, outcome.seconds
                row.page = _time_page(ours, feedback, name, row.student)
                row.stock, row.stock_page = stock.grade(row.student)
                points = {key: points for key, (points, _) in outcome.cells.items()}
                row.agrees = points == stock.points(row.student)
                print_row(row, done - 1, count)
            clock = time.perf_counter()

        students = [warm_up[0], *by_name]
        _grade(ours, name, limits, students, 1, finished)

    print(f"all again with {workers} workers ...", flush=True)
    ends: list[float] = []
    students = [*warm_up, *(row.student for row in rows)]
    _grade(
        ours, name, limits, students, workers, lambda *_: ends.append(time.monotonic())
    )
    print("kernel starts ...", flush=True)
    seconds = [_time_kernel(True, limits.threads) for _ in range(max(3, count))]
    cold = _time_kernel(False, limits.threads)
    sandbox = measure_cost(limits)
    load.append(os.getloadavg())
    together = ends[-1] - ends[0]
    return Figures(name, workers, rows, together, seconds, cold, sandbox, load)


def print_row(row: Row, done: int, count: int) -> None:
    """Prints one line for one submission."""
    width = len(str(count))
    print(
        f"[{done:{width}}/{count}]  {row.answer:36}  engine {row.engine:5.2f} s (cells "
        f"{row.cells:5.2f})  stock {row.stock + row.stock_page:6.2f} s  "
        f"{'same grades' if row.agrees else 'OTHER GRADES'}",
        flush=True,
    )


def print_summary(figures: Figures, summary: dict[str, Any]) -> None:
    """Prints the figures for a person."""
    load = " and ".join(f"{entry[0]:.1f}" for entry in figures.load)
    print(
        f"\n{figures.assignment}: {len(figures.rows)} submissions, {count_cores()} "
        f"cores, load before and after {load}; medians, with feedback\n"
        "  stock nbgrader               {stock_seconds:7.2f} s a submission "
        "({stock_seconds_without_feedback:.2f} without feedback)\n"
        "  engine, 1 worker             {engine_seconds:7.2f} s a submission, "
        "{ratio_one_worker:.1f} times as fast as stock\n"
        "    cells                      {cells_seconds:7.2f} s\n"
        "    engine beside them         {overhead_seconds:7.2f} s "
        "({overhead_seconds_without_feedback:.2f} without feedback)".format(**summary)
    )
    print(
        f"  engine, {figures.workers} workers".ljust(31)
        + "{seconds_each_all_workers:7.2f} s a submission, {ratio_all_workers:.1f} "
        "times as fast as stock, {all_workers_against_one:.2f} times one worker\n"
        "  kernel ready with Keras      {kernel_ready_seconds:7.2f} s, cold "
        "{kernel_ready_cold_seconds:.2f} s\n"
        "  grades                       {same_grades} of {submissions} the same".format(
            **summary
        )
    )
    without = figures.sandbox_seconds[NONE]
    for level, seconds in figures.sandbox_seconds.items():
        added = "" if level == NONE else f", the sandbox adds {seconds - without:.3f} s"
        print(f"  both processes, {level:13}{seconds:7.2f} s to start{added}")


def _make_engine_course(
    course: Course, root: Path, assignment: str | None, light: bool
) -> Course:
    root.mkdir()
    shutil.copy(course.root / CONFIG_FILE, root)
    ours = load_course(root)
    if light:
        folder = ours.source / LIGHT
        (folder / "answers").mkdir(parents=True)
        (folder / f"{LIGHT}.py").write_text(LIGHT_SOURCE, encoding="utf-8")
        (folder / "answers" / "wrong_no_bias.py").write_text(LIGHT_WRONG, "utf-8")
    elif assignment is not None:
        shutil.copytree(course.source / assignment, ours.source / assignment)
    build(ours)
    return ours


def _hand_in(
    ours: Course,
    root: Path,
    assigned: Assigned,
    answers: list[Answer],
    count: int,
    workers: int,
) -> tuple[list[Row], list[str]]:
    """Hands the same submissions in to both courses.

    Returns:
        A row for each submission, and the names of those that only warm up.
    """
    name = assigned.assignment
    empty = [answer for answer in answers if answer.name == RELEASE]
    others = [answer for answer in answers if answer.name != RELEASE]
    # Spread over the bank, from the reference on.
    step = max(1, len(others) // count)
    chosen = list(itertools.islice(itertools.cycle(others[::step]), count))
    rows = [Row(f"s{place:03}", a.name) for place, a in enumerate(chosen, start=1)]
    warm_up = [f"a{place:03}" for place in range(workers)]
    students = [*warm_up, *(row.student for row in rows)]
    for student, answer in zip(students, [*empty * workers, *chosen], strict=True):
        content = as_student(answer.notebook, assigned)
        for submitted in (ours.submitted, root / "submitted"):
            folder = submitted / student / name
            folder.mkdir(parents=True)
            (folder / f"{name}.ipynb").write_bytes(content)
    return rows, warm_up


def _grade(
    course: Course,
    name: str,
    limits: Limits,
    students: list[str],
    workers: int,
    report: Callable[..., None],
) -> None:
    grade_class(course, name, limits, workers, True, students, report=report)


def _time_page(
    course: Course, feedback: FeedbackWriter, name: str, student: str
) -> float:
    path = course.autograded / student / name / f"{name}.ipynb"
    began = time.perf_counter()
    feedback.write(student, nbformat.read(path, as_version=4))
    return time.perf_counter() - began


def _time_kernel(warm: bool, threads: int) -> float:
    """Returns the seconds from asking for a kernel to the reply of `import keras`."""
    manager = KernelManager()
    if warm:
        use_kernel_spec(manager, KERNEL_SPEC)
    began = time.perf_counter()
    manager.start_kernel(
        env=kernel_environment(threads),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=120)
        client.execute("import keras", reply=True, timeout=120)
        return time.perf_counter() - began
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
