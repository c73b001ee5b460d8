"""The load: phase by phase, all students at once; then each kind of kernel again."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course import Course, CourseError
from autograder.proof.load import memory, report
from autograder.proof.load.client import StepError
from autograder.proof.load.hub import SERVER_SECONDS, LoadHub, adopt, own_parents
from autograder.proof.load.student import SimulatedStudent, timed

# The kinds of kernels, in the order in which they run.
KINDS = ("cold", "own", "shared")
MOST_STUDENTS = 50
# The shared parent forks at most so many for one user within ten seconds.
MOST_OF_ONE_USER = 12
Phase = tuple[str, int, Callable[[SimulatedStudent], Awaitable[None]]]
# Name, limit in seconds, step. Everybody is done with one before anybody begins the
# next: all come at once, each time.
PHASES: tuple[Phase, ...] = (
    ("start server", SERVER_SECONDS, SimulatedStudent.start_server),
    ("fetch", 300, SimulatedStudent.fetch),
    ("open notebook", 600, SimulatedStudent.open),
    ("import keras", 900, SimulatedStudent.import_keras),
    ("run answer", 900, SimulatedStudent.answer),
    ("validate", 1200, SimulatedStudent.validate),
    ("submit", 300, SimulatedStudent.submit),
    ("leave", 300, SimulatedStudent.leave),
)
MEASURED = ("import keras", "run answer")
# Below this much free memory the load ends before the machine does. Megabytes.
LEAST_FREE = 1000


def load(
    course: Course,
    count: int | None,
    opened: int | None,
    kinds: Sequence[str] | None,
    assignment: str,
    seconds: int,
    targets: Mapping[str, Path | None],
) -> int:
    """Runs the load and prints what it saw.

    Args:
        course: The course, built.
        count: How many students come at once; `None` for none.
        opened: How often one student opens a notebook with each kind of kernel, one
            after the other; `None` for never.
        kinds: Of `KINDS`; without it, all of them.
        assignment: The assignment's id.
        seconds: The limit for each kind of kernel.
        targets: The files to write, `json` and `markdown`.

    Returns:
        The exit status: 0 if nobody met an error and nothing is lost.

    Raises:
        CourseError: If it asks for too much, or a hub cannot run here.
    """
    kinds = list(dict.fromkeys(kinds or KINDS))
    check(count, opened, kinds)
    course.check_assignment(assignment)
    path = course.source / assignment / f"{assignment}.ipynb"
    if not path.is_file():
        raise CourseError(f"{path} is not there: run `autograder build {assignment}`")
    reference = nbformat.read(path, as_version=4)
    adopt()
    # SIGTERM ends a load as Ctrl-C does.
    # A shell that starts this in the background has SIGINT ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    result: dict[str, Any] = {"machine": report.machine(), "assignment": assignment}
    if opened:
        result["opened"] = asyncio.run(
            _open_often(course, assignment, reference, kinds, opened, seconds)
        )
        report.print_opened(result["opened"])
    result["kinds"] = {}
    if count:
        for kind in kinds:
            run = asyncio.run(
                _run_kind(course, assignment, reference, kind, count, seconds)
            )
            report.print_kind(kind, run)
            result["kinds"][kind] = run
    report.print_memory(result["kinds"])
    if target := targets.get("json"):
        target.write_text(json.dumps(result, indent=1) + "\n")
    if target := targets.get("markdown"):
        target.write_text(report.markdown(result))
    runs = [*result["kinds"].values(), *filter(None, [result.get("opened")])]
    return int(any(run["errors"] or run.get("lost") for run in runs))


def check(
    count: int | None,
    opened: int | None,
    kinds: Sequence[str],
    users: bool | None = None,
) -> None:
    """Raises `CourseError` if this is no load, or too much of one.

    Args:
        count: Students at once.
        opened: How often one student opens a notebook.
        kinds: Of `KINDS`.
        users: Whether each student can have a user of their own; default: for root.
    """
    users = os.geteuid() == 0 if users is None else users
    if not count and not opened:
        raise CourseError("Say how many: --students N, --open N, or both")
    most = max(count or 0, opened or 0)
    if most > MOST_STUDENTS:
        raise CourseError(f"At most {MOST_STUDENTS} students. Received: {most}")
    if not users and "shared" in kinds and (count or 0) > MOST_OF_ONE_USER:
        raise CourseError(
            f"A shared parent serves a user {MOST_OF_ONE_USER} kernels at once, and "
            "only root can give students users of their own: take fewer students or "
            "`--kernels cold own`."
        )


async def _run_kind(
    course: Course,
    assignment: str,
    reference: NotebookNode,
    kind: str,
    count: int,
    seconds: int,
) -> dict[str, Any]:
    """Returns what students of one kind of kernel met, for the report."""
    before, start = memory.available(), time.monotonic()
    names = [f"s{number:02}" for number in range(1, count + 1)]
    result: dict[str, Any] = {
        "students": count,
        "phases": {},
        "memory": {},
        "errors": [],
        "load": [os.getloadavg()[0]],
    }
    with LoadHub(course, assignment, names, [kind]) as hub:
        result["own_users"] = hub.first_user is not None
        this = asyncio.current_task()
        assert this is not None
        watch = asyncio.ensure_future(_watch_memory(this, result))
        try:
            async with asyncio.timeout(seconds):
                tokens = await hub.enroll()
                working = [
                    SimulatedStudent(hub, name, tokens[name], kind, reference)
                    for name in names
                ]
                for phase in PHASES:
                    working = await _run_phase(phase, working, result)
                    _look_for_parents(kind, phase[0], result)
                    if phase[0] in MEASURED and working:
                        measured = memory.measure(working, hub, before)
                        result["memory"][phase[0]] = measured
        except TimeoutError:
            _note(result, "", "all", f"not done after {seconds} s")
        except StepError as error:
            _note(result, "", "all", str(error))
        except asyncio.CancelledError:
            if not result.get("out_of_memory"):
                raise
            this.uncancel()
            _note(result, "", "all", f"less than {LEAST_FREE} MB of memory were free")
        finally:
            watch.cancel()
        result["lost"] = count - len(complete_submissions(hub))
        result["hub_log"] = hub.words() if result["errors"] else ""
    result["seconds"] = time.monotonic() - start
    result["load"].append(os.getloadavg()[0])
    result["left_in_use"] = before - memory.available()
    return result


def _look_for_parents(kind: str, phase: str, result: dict[str, Any]) -> None:
    """Notes it if kernels come from elsewhere than they should, as validating ones may.

    Where the shared parent refuses or does not fit, a parent of the student's own takes
    its place: all works, and takes more memory than the figures would say.
    """
    if kind == "own" or result.get("other_parents"):
        return
    found = result["other_parents"] = own_parents()
    if found:
        _note(result, "", phase, f"{found} students have a warm parent of their own")


async def _run_phase(
    phase: Phase, students: list[SimulatedStudent], result: dict[str, Any]
) -> list[SimulatedStudent]:
    """Runs one phase for all; returns the students who got through it."""
    name, seconds, step = phase

    async def one(student: SimulatedStudent) -> float | None:
        try:
            async with asyncio.timeout(seconds):
                return await timed(step(student))
        except TimeoutError:
            _note(result, student.name, name, f"not done after {seconds} s")
        except (StepError, OSError, KeyError, ValueError) as error:
            words = str(error) or type(error).__name__
            _note(result, student.name, name, words)
        return None

    result["free"] = memory.available()
    start = time.perf_counter()
    taken = await asyncio.gather(*map(one, students))
    result["phases"][name] = {
        "tried": len(students),
        "wall": time.perf_counter() - start,
        "seconds": [second for second in taken if second is not None],
        "least_free": result["free"],
    }
    return [
        student
        for student, second in zip(students, taken, strict=True)
        if second is not None
    ]


async def _watch_memory(task: asyncio.Task, result: dict[str, Any]) -> None:
    """Notes the least free memory of a phase; ends the load where there is none."""
    while True:
        free = memory.available()
        result["free"] = min(result.get("free", free), free)
        if free < LEAST_FREE:
            result["out_of_memory"] = True
            task.cancel()
            return
        await asyncio.sleep(0.5)


def _note(result: dict[str, Any], student: str, phase: str, words: str) -> None:
    result["errors"].append({"student": student, "phase": phase, "error": words})


def complete_submissions(hub: LoadHub) -> set[str]:
    """Returns the students whose work is whole in the exchange."""
    whole, notebook = set(), f"{hub.assignment}.ipynb"
    for folder in hub.inbound.iterdir() if hub.inbound.is_dir() else ():
        name = folder.name.split("+")[0]
        own = hub.home(name) / hub.assignment / notebook
        with contextlib.suppress(FileNotFoundError):
            same = (folder / notebook).read_bytes() == own.read_bytes()
            if same and (folder / "timestamp.txt").read_text().strip():
                whole.add(name)
    return whole & set(hub.names)


async def _open_often(
    course: Course,
    assignment: str,
    reference: NotebookNode,
    kinds: Sequence[str],
    opened: int,
    seconds: int,
) -> dict[str, Any]:
    """Opens a notebook again and again, each kind of kernel in turn."""
    result: dict[str, Any] = {
        "times": {kind: [] for kind in kinds},
        "errors": [],
        "load": [os.getloadavg()[0]],
    }
    with LoadHub(course, assignment, ["s01"], kinds) as hub:
        try:
            async with asyncio.timeout(seconds):
                tokens = await hub.enroll()
                student = SimulatedStudent(
                    hub, "s01", tokens["s01"], kinds[0], reference
                )
                await student.start_server()
                await student.fetch()
                # The first of each kind is apart: it starts a parent of one's own, and
                # reads from the disk what no memory has yet.
                for _ in range(1 + opened):
                    for kind in kinds:
                        result["times"][kind].append(await _open_once(student, kind))
        except TimeoutError:
            _note(result, "s01", "open", f"not done after {seconds} s")
        except (StepError, OSError, KeyError, ValueError) as error:
            _note(result, "s01", "open", str(error))
        result["hub_log"] = hub.words() if result["errors"] else ""
    result["load"].append(os.getloadavg()[0])
    return result


async def _open_once(student: SimulatedStudent, kind: str) -> dict[str, float]:
    """Opens the notebook; returns seconds until the kernel answers and until Keras."""
    student.kind = kind
    answers = await timed(student.start_kernel(kind))
    imported = await timed(student.import_keras())
    await student.look_at_kernel()
    await student.end_kernel()
    return {"kernel": answers, "import": imported, "all": answers + imported}
