"""Runs a notebook in two processes: the student's cells in one, tests in the other."""

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.cells import label, to_bytes
from autograder.compat_nbgrader import kernel_pid, provisioner_of, use_kernel_spec
from autograder.engine.cell_limit import (
    DEAD,
    INTERRUPTED,
    STUCK,
    limit_met,
    over_notebook,
    remaining,
    run_cell,
)
from autograder.engine.folders import private_folder, write_files
from autograder.engine.kernel_client import STARTUP, kernel_environment, make_client
from autograder.engine.outputs import add_error, mark_not_run
from autograder.engine.resource_monitor import Watch
from autograder.limits import (
    CRASHED,
    GRADED,
    NONE,
    OUT_OF_MEMORY,
    TIMEOUT,
    Execution,
    Limits,
)
from autograder.sandbox import cgroups, levels
from autograder.sandbox.policy import Policy, make_policy, visible_variables
from autograder.verdict.names import plain_python
from autograder.verdict.roles import BOTH, VERDICT, Role, roles_of
from autograder.warm import messages
from autograder.warm.client import ForkedProcess
from autograder.warm.kernelspec import KERNEL_SPEC, SUBMISSION_ARGUMENTS
from autograder.warm.provisioner import Request

# How long an interrupted function of the student's may take to give up. Seconds.
GIVE_UP = 5


async def run(
    document: NotebookNode,
    limits: Limits,
    folder: Path,
    answer_names: Collection[str],
    given: Mapping[str, bytes] | None = None,
    together: Collection[str] = (),
    imports: str = "",
    strict: bool = True,
) -> Execution:
    """Runs all cells of a notebook, tests apart from the rest.

    Args:
        document: Outputs are written into it.
        limits: What the notebook may use.
        folder: The student kernel's working folder.
        answer_names: The names that answers bind.
        given: What lies beside the verdict process, by relative path. It has a folder
            of its own: a module in the student's would be imported.
        together: The grade ids of tests that run in the student's process.
        imports: What the verdict process runs before the first cell.
        strict: Whether the run ends where a locked cell fails in the verdict process.
    """
    began = time.monotonic()
    roles = roles_of(document, answer_names, together)
    locked = sorted({name for role in roles if role for name in role.locked})
    ends = [*socket.socketpair(), *socket.socketpair()]
    control, control_there, link_student, link_verdict = ends
    run = _Run(document, limits, folder, control)
    level = limits.sandbox or levels.detect().level
    environment = visible_variables(kernel_environment(limits.threads))
    # HOME is among the settings that choose the warm parent.
    environment["HOME"] = os.path.expanduser("~")
    use_kernel_spec(run.client.manager, KERNEL_SPEC)
    run.client.extra_arguments = list(SUBMISSION_ARGUMENTS)
    # `WarmProvisioner` reads it from the manager.
    run.client.manager.warm_request = Request(  # type: ignore[attr-defined]
        "autograder.verdict.runner:student_kernel",
        (json.dumps(locked),),
        (link_student.fileno(),),
        limits.cpu_seconds,
        _policy(level, folder.parent, limits),
    )
    # For what the watch misses between two looks; files in memory count here.
    bounds = {
        "memory": limits.memory_bytes + limits.disk_bytes,
        "pids": limits.processes,
    }
    places = cgroups.find() if level != NONE else {}
    with (
        private_folder("lv-") as trusted,
        cgroups.make_groups(2, places, **bounds) as groups,
    ):
        work = Path(trusted, "work")
        write_files(work, given)
        verdict = None
        try:
            with open(os.devnull, "r+b") as null:
                there = [control_there.fileno(), link_verdict.fileno()]
                run.verdict = verdict = ForkedProcess(
                    "autograder.verdict.runner:verdict_process",
                    (),
                    environment,
                    work,
                    [*[null.fileno()] * 3, *there],
                    limits.cpu_seconds,
                    _policy(level, trusted, limits),
                )
            async with run.client.async_setup_kernel(env=environment):
                for end in ends[1:]:
                    end.close()
                # It has imported what it needs before any student code runs.
                await run.wait_for_verdict()
                started = time.monotonic()
                pids = [kernel_pid(run.client), verdict.pid]
                run.watch = Watch(pids, limits, level, folder.parent, groups)
                looking = asyncio.create_task(run.watch.look_forever())
                await run.all_cells(roles, imports, strict)
                looking.cancel()
                ended = time.monotonic()
                # It dies while the kernel is being ended: both take time.
                verdict.kill()
        finally:
            for end in ends:
                end.close()
            if verdict is not None:
                verdict.kill()
                verdict.wait(10)
    return Execution(
        to_bytes(document),
        run.status,
        run.reason,
        ended - started,
        started - began,
        run.cell_seconds,
        level,
    )


def _policy(level: str, place: Path | str, limits: Limits) -> Policy | None:
    return None if level == NONE else make_policy(level, place, limits)


class _Run:
    """The state of one run.

    Args:
        document: Outputs are written into it.
        limits: What the notebook may use.
        folder: The student kernel's working folder.
        control: The socket to the verdict process.
    """

    verdict: ForkedProcess
    watch: Watch

    def __init__(
        self,
        document: NotebookNode,
        limits: Limits,
        folder: Path,
        control: socket.socket,
    ) -> None:
        self.document = document
        self.limits = limits
        self.control = control
        self.client = make_client(document, limits, folder)
        self.status, self.reason = GRADED, ""
        self.cell_seconds: dict[str, float] = {}
        self.count = 0

    async def wait_for_verdict(self) -> None:
        """Waits until the verdict process is ready.

        Raises:
            RuntimeError: If it is not in time.
        """
        if not await self._answered(STARTUP):
            raise RuntimeError("the verdict process did not start")
        messages.receive(self.control)

    async def all_cells(
        self, roles: Sequence[Role | None], imports: str, strict: bool
    ) -> None:
        """Runs the cells in their order until they end or the run must."""
        deadline = time.monotonic() + self.limits.notebook_wall
        if imports:
            first = nbformat.v4.new_code_cell(imports)
            whole = self.limits.cell_seconds, self.limits.cell_wall
            await self._ask(first, Role(BOTH), "imports", whole)
        for index, (cell, role) in enumerate(
            zip(self.document.cells, roles, strict=True)
        ):
            if role is None:
                continue
            seconds = remaining(self.watch, self.limits, deadline)
            if seconds is None:
                self._end(index, TIMEOUT, over_notebook(self.watch, self.limits))
                return
            name = label(cell, index)
            cell.metadata.pop("tags", None)
            began = time.monotonic()
            if role.place == VERDICT:
                going = await self._test(index, cell, role, name, seconds)
            else:
                going = await self._student(index, cell, name, seconds)
                if going and role.place == BOTH:
                    answer, _ = await self._ask(cell, role, name, seconds)
                    # In a course that was not built for it such a cell may need what
                    # is not there; so do the tests that run with the student's code.
                    if answer is None or strict:
                        going = self._check_locked(index, answer, name)
            if not going:
                return
            self.cell_seconds[name] = time.monotonic() - began

    async def _student(
        self, index: int, cell: NotebookNode, name: str, seconds: tuple[int, int]
    ) -> bool:
        """Has the student kernel run a cell; returns whether the run goes on."""
        done = await run_cell(self.client, self.watch, cell, index, *seconds)
        if done.end == STUCK:
            fault = f"cell {name} ran over {done.limit} and did not stop"
            self._end(index, TIMEOUT, fault)
            await self.client.manager.shutdown_kernel(now=True)
        elif done.end == DEAD:
            self._end(index, *self._death(name))
        elif done.end == INTERRUPTED:
            self._interrupted(cell, name, done.limit)
        return done.end not in (STUCK, DEAD)

    async def _test(
        self,
        index: int,
        cell: NotebookNode,
        role: Role,
        name: str,
        seconds: tuple[int, int],
    ) -> bool:
        """Has the verdict process run a test; returns whether the run goes on."""
        answer, limit = await self._ask(cell, role, name, seconds)
        if answer is None:
            if limit:
                fault = f"cell {name} ran over {limit} and did not stop"
                self._end(index, TIMEOUT, fault)
            else:
                self._end(index, *self._death(name))
            return False
        cell.outputs = [nbformat.from_dict(output) for output in answer["outputs"]]
        self.count += 1
        cell.execution_count = self.count
        if limit:
            self._interrupted(cell, name, limit)
        elif answer["fault"] or not await self.client.manager.is_alive():
            await self._wait_for_end()
            self._end(index, *self._death(name, answer["fault"]))
            return False
        return True

    async def _wait_for_end(self) -> None:
        """Gives a kernel whose link broke the time to be seen dead."""
        deadline = time.monotonic() + 1
        while await self.client.manager.is_alive() and time.monotonic() < deadline:
            await asyncio.sleep(0.01)

    def _check_locked(
        self, index: int, answer: dict[str, Any] | None, name: str
    ) -> bool:
        if answer is not None and not any(
            output["output_type"] == "error" for output in answer["outputs"]
        ):
            return True
        fault = f"locked cell {name} failed in the verdict process"
        self._end(index, CRASHED, fault)
        return False

    async def _ask(
        self, cell: NotebookNode, role: Role, name: str, seconds: tuple[int, int]
    ) -> tuple[dict[str, Any] | None, str]:
        """Has the verdict process run a cell.

        Returns:
            Its answer, `None` if there is none and both processes had to be ended; and
            the limit that was met, empty if none was.
        """
        cpu, wall = seconds
        request = {
            "source": plain_python(cell.source),
            "name": name,
            "needs": list(role.needs),
            "locked": list(role.locked),
        }
        limit = ""
        self.watch.begin_cell(cpu)
        try:
            messages.send(self.control, request)
            if await self._answered(wall, self.watch.over_time):
                return messages.receive(self.control)[0], ""
            limit = limit_met(self.watch, cpu, wall)
            # The student's function is interrupted first: the test gets its error.
            await self.client.manager.interrupt_kernel()
            if await self._answered(GIVE_UP):
                return messages.receive(self.control)[0], limit
            self.verdict.send_signal(signal.SIGINT)
            if await self._answered(GIVE_UP):
                # The test is over, but the student's function goes on.
                messages.receive(self.control)
        except (EOFError, OSError, ValueError, RecursionError):
            # It is gone, or what it says is too large or none: it says no more.
            self.verdict.kill()
            return None, limit
        finally:
            self.watch.end_cell()
        await self.client.manager.shutdown_kernel(now=True)
        self.verdict.kill()
        return None, limit

    async def _answered(
        self, seconds: float, over: asyncio.Event | None = None
    ) -> bool:
        """Waits for the verdict process: for its answer, or its end.

        Args:
            seconds: The wall time after which waiting ends.
            over: What ends waiting too.

        Returns:
            Whether there is something to receive.
        """
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self.control, ready.set)
        events = [ready, over] if over is not None else [ready]
        waiting = [asyncio.create_task(event.wait()) for event in events]
        try:
            await asyncio.wait(
                waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            loop.remove_reader(self.control)
            for task in waiting:
                task.cancel()
        return ready.is_set()

    def _death(self, name: str, fault: str = "") -> tuple[str, str]:
        """Returns the status and reason of a process that died, or broke the link."""
        if self.watch.was_out_of_memory():
            allowed = f"{self.limits.memory_bytes / 1e9:g} GB"
            reason = f"cell {name} took more than {allowed} of memory"
            return OUT_OF_MEMORY, reason
        if self.watch.over_disk:
            allowed = f"{self.limits.disk_bytes / 1e9:g} GB"
            reason = f"cell {name} wrote more than {allowed} of files, or too deep"
            return CRASHED, reason
        if self.watch.over_messages:
            return CRASHED, f"cell {name} sent more messages than can be taken"
        kernel = provisioner_of(self.client).process
        ends = [end.poll() for end in (kernel, self.verdict) if end is not None]
        if -signal.SIGXCPU in ends:
            reason = f"cell {name} went over {self.limits.cpu_seconds} s of CPU time"
            return TIMEOUT, reason
        if fault and kernel is not None and kernel.poll() is None:
            return CRASHED, f"cell {name} broke the link to its test: {fault}"
        return CRASHED, f"the kernel died in cell {name}"

    def _interrupted(self, cell: NotebookNode, name: str, limit: str) -> None:
        fault = f"cell {name} ran over {limit} and was interrupted"
        self.status, self.reason = TIMEOUT, self.reason or fault
        add_error(cell, "CellTimeout", fault)

    def _end(self, index: int, status: str, reason: str) -> None:
        self.status, self.reason = status, reason
        mark_not_run(self.document.cells[index:], reason)
