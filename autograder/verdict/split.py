"""Runs a notebook in two processes: the student's cells in one, tests in the other."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

import nbformat
import psutil
from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from autograder import execute
from autograder.build.names import plain_python
from autograder.sandbox import groups, levels
from autograder.sandbox.policy import NAMESPACES, NONE, make_policy, visible_variables
from autograder.usage import memory_of_children, private_folder, size_of
from autograder.verdict.roles import BOTH, VERDICT, roles_of
from autograder.warm import client, wire
from autograder.warm.provisioner import Request

# How often to look at what the processes have taken.
WATCH_SECONDS = 0.1
# How long an interrupted function of the student's may take to give up. Seconds.
GIVE_UP = 3
STARTERS = KernelSpec(
    argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    display_name="Layerwise",
    language="python",
    metadata={"kernel_provisioner": {"provisioner_name": "layerwise-warm"}},
)


async def run(document, limits, folder, students, given=None):
    """Runs all cells of a notebook, tests apart from the rest.

    Args:
        document: Notebook; outputs are written into it.
        limits: `Limits`.
        folder: Path, the student kernel's working folder.
        students: Set of the student's names.
        given: Dict from relative path to bytes, what lies beside the verdict process.
            It has a folder of its own: a module in the student's would be imported.

    Returns:
        `Execution`.
    """
    began = time.monotonic()
    roles = roles_of(document, students)
    locked = sorted({name for role in roles if role for name in role.locked})
    ends = [*socket.socketpair(), *socket.socketpair()]
    control, control_there, link_student, link_verdict = ends
    run = _Run(document, limits, folder, control)
    level = limits.sandbox or levels.detect().level
    environment = visible_variables(execute.kernel_environment(limits.threads))
    # What a parent is keyed by is a path at most.
    environment["HOME"] = os.path.expanduser("~")
    run.client.km._kernel_spec = STARTERS
    run.client.km.warm_request = Request(
        "autograder.verdict.runner:student_kernel",
        (json.dumps(locked),),
        (link_student.fileno(),),
        limits.cpu_seconds,
        _policy(level, folder.parent, limits),
    )
    # What the watch may miss in a tenth of a second; files in memory count here.
    wall = {
        "memory": limits.memory_bytes + limits.disk_bytes,
        "pids": limits.processes,
    }
    places = groups.find() if level != NONE else {}
    with (
        private_folder("lv-") as trusted,
        groups.walls(2, places, **wall) as walls,
    ):
        work = Path(trusted, "work")
        execute.write_files(work, given)
        try:
            with open(os.devnull, "r+b") as null:
                there = [control_there.fileno(), link_verdict.fileno()]
                run.verdict = client.ForkedProcess(
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
                watch = asyncio.create_task(run.watch(level, folder.parent, walls))
                await run.all_cells(roles)
                watch.cancel()
                ended = time.monotonic()
                # It dies while the kernel is ended: neither takes no time.
                run.verdict.kill()
        finally:
            for end in ends:
                end.close()
            if run.verdict is not None:
                run.verdict.kill()
                run.verdict.wait(10)
    return execute.Execution(
        nbformat.writes(document).encode("utf-8"),
        run.outcome,
        run.reason,
        ended - started,
        started - began,
        run.cell_seconds,
        level,
    )


def _policy(level, place, limits):
    return None if level == NONE else make_policy(level, place, limits)


class _Run:
    """The state of one run."""

    def __init__(self, document, limits, folder, control):
        self.document = document
        self.limits = limits
        self.control = control
        self.client = execute.make_client(document, limits, folder)
        self.verdict = None
        self.outcome, self.reason = execute.GRADED, ""
        self.cell_seconds = {}
        self.count = 0
        self.over_memory = self.over_disk = False
        self.walls = []

    async def wait_for_verdict(self):
        """Waits until the verdict process is ready.

        Raises:
            RuntimeError: If it is not in time.
        """
        if not await self._readable(execute.STARTUP):
            raise RuntimeError("the verdict process did not start")
        wire.receive(self.control)

    async def all_cells(self, roles):
        """Runs the cells in their order until they end or the run must."""
        deadline = time.monotonic() + self.limits.notebook_seconds
        for index, (cell, role) in enumerate(
            zip(self.document.cells, roles, strict=True)
        ):
            if role is None:
                continue
            left = deadline - time.monotonic()
            if left <= 0:
                fault = f"the notebook ran over {self.limits.notebook_seconds} s"
                self._end(index, execute.TIMEOUT, fault)
                return
            seconds = max(1, min(self.limits.cell_seconds, int(left)))
            label = cell.metadata.get("nbgrader", {}).get("grade_id", f"{index + 1}")
            cell.metadata.pop("tags", None)
            began = time.monotonic()
            if role.place == VERDICT:
                going = await self._test(index, cell, role, label, seconds)
            else:
                going = await self._student(index, cell, label, seconds)
                if going and role.place == BOTH:
                    answer = await self._ask(cell, role, label, seconds)
                    going = self._check_locked(index, answer, label)
            if not going:
                return
            self.cell_seconds[label] = time.monotonic() - began

    async def _student(self, index, cell, label, seconds):
        self.client.timeout = seconds
        began = time.monotonic()
        try:
            await self.client.async_execute_cell(cell, index)
        except CellTimeoutError:
            fault = f"cell {label} ran over {seconds} s and did not stop"
            self._end(index, execute.TIMEOUT, fault)
            await self.client.km.shutdown_kernel(now=True)
            return False
        except DeadKernelError:
            self._end(index, *self._death(label))
            return False
        if time.monotonic() - began >= seconds:
            self._interrupted(cell, label, seconds)
        return True

    async def _test(self, index, cell, role, label, seconds):
        began = time.monotonic()
        answer = await self._ask(cell, role, label, seconds)
        if answer is None:
            if time.monotonic() - began >= seconds:
                fault = f"cell {label} ran over {seconds} s and did not stop"
                self._end(index, execute.TIMEOUT, fault)
            else:
                self._end(index, *self._death(label))
            return False
        cell.outputs = [nbformat.from_dict(output) for output in answer["outputs"]]
        self.count += 1
        cell.execution_count = self.count
        if time.monotonic() - began >= seconds:
            self._interrupted(cell, label, seconds)
        elif answer["fault"] or not await self.client.km.is_alive():
            await self._wait_for_end()
            self._end(index, *self._death(label, answer["fault"]))
            return False
        return True

    async def _wait_for_end(self):
        """Gives a kernel whose link broke the time to be seen dead."""
        deadline = time.monotonic() + 1
        while await self.client.km.is_alive() and time.monotonic() < deadline:
            await asyncio.sleep(0.01)

    def _check_locked(self, index, answer, label):
        if answer is not None and not any(
            output["output_type"] == "error" for output in answer["outputs"]
        ):
            return True
        fault = f"locked cell {label} failed in the verdict process"
        self._end(index, execute.CRASHED, fault)
        return False

    async def _ask(self, cell, role, label, seconds):
        """Has the verdict process run a cell.

        Returns:
            Its answer; `None` if there is none and both processes had to be ended.
        """
        request = {
            "source": plain_python(cell.source),
            "name": label,
            "needs": list(role.needs),
            "locked": list(role.locked),
        }
        try:
            wire.send(self.control, request)
            if await self._readable(seconds):
                return wire.receive(self.control)[0]
            # First the student's function: its failure is an answer to the test.
            await self.client.km.interrupt_kernel()
            if await self._readable(GIVE_UP):
                return wire.receive(self.control)[0]
            self.verdict.send_signal(signal.SIGINT)
            if await self._readable(GIVE_UP):
                # The test is over; the student's function is not, and never will be.
                wire.receive(self.control)
        except (EOFError, OSError):
            return None
        await self.client.km.shutdown_kernel(now=True)
        self.verdict.kill()
        return None

    async def _readable(self, seconds):
        """Waits for the verdict process: for its answer, or its end."""
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self.control, ready.set)
        try:
            await asyncio.wait_for(ready.wait(), seconds)
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(self.control)
        return True

    async def watch(self, level, place, walls):
        """Kills a process that takes more memory, or disk, than it may.

        Args:
            level: String, the sandbox's level. At the highest the disk has an end.
            place: Path of the student kernel's private folder.
            walls: List of `Group`, one for each process; empty where there are none.
        """
        processes = [
            psutil.Process(pid)
            for pid in (self.client.km.provisioner.pid, self.verdict.pid)
        ]
        self.walls = walls
        with contextlib.suppress(OSError):
            for process, wall in zip(processes, walls, strict=False):
                wall.add(process.pid)
        start = [process.memory_info().rss for process in processes]
        # Who outlives its parent is the supervisor's child, where there is one.
        over = [process.ppid() if level != NONE else None for process in processes]
        while True:
            for process, supervisor, before in zip(processes, over, start, strict=True):
                with contextlib.suppress(psutil.NoSuchProcess):
                    taken = process.memory_info().rss - before
                    taken += memory_of_children(process.pid)
                    if supervisor is not None:
                        taken += memory_of_children(supervisor, but=process.pid)
                    if taken > self.limits.memory_bytes:
                        self.over_memory = True
                        process.kill()
            for process, wall in zip(processes, walls, strict=False):
                if wall.has_killed():
                    self.over_memory = True
                    process.kill()
            if level != NAMESPACES and size_of(place) > self.limits.disk_bytes:
                self.over_disk = True
                processes[0].kill()
            await asyncio.sleep(WATCH_SECONDS)

    def _death(self, label, fault=""):
        """Returns the outcome and reason of a process that died, or broke the link."""
        if self.over_memory or any(wall.has_killed() for wall in self.walls):
            allowed = f"{self.limits.memory_bytes / 1e9:g} GB"
            reason = f"cell {label} took more than {allowed} of memory"
            return execute.OUT_OF_MEMORY, reason
        if self.over_disk:
            allowed = f"{self.limits.disk_bytes / 1e9:g} GB"
            reason = f"cell {label} wrote more than {allowed} of files, or too deep"
            return execute.CRASHED, reason
        ends = [self.client.km.provisioner.process, self.verdict]
        if any(end is not None and end.poll() == -signal.SIGXCPU for end in ends):
            reason = f"cell {label} went over {self.limits.cpu_seconds} s of CPU time"
            return execute.TIMEOUT, reason
        if fault and ends[0].poll() is None:
            return execute.CRASHED, f"cell {label} broke the link to its test: {fault}"
        return execute.CRASHED, f"the kernel died in cell {label}"

    def _interrupted(self, cell, label, seconds):
        fault = f"cell {label} ran over {seconds} s and was interrupted"
        self.outcome, self.reason = execute.TIMEOUT, self.reason or fault
        execute.add_error(cell, "CellTimeout", fault)

    def _end(self, index, outcome, reason):
        self.outcome, self.reason = outcome, reason
        execute.mark_not_run(self.document.cells[index:], reason)
