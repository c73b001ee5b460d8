"""Runs a notebook in two processes: the student's cells in one, the tests in another."""

import asyncio
import json
import os
import select
import signal
import socket
import sys
import time

import nbformat
from jupyter_client.kernelspec import KernelSpec
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from autograder import execute
from autograder.verdict.roles import BOTH, VERDICT, roles_of
from autograder.warm import client, wire

# How long an interrupted function of the student's may take to give up. Seconds.
GIVE_UP = 3
STARTERS = KernelSpec(
    argv=[sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    display_name="Layerwise",
    language="python",
    metadata={"kernel_provisioner": {"provisioner_name": "layerwise-warm"}},
)


async def run(document, limits, folder, students):
    """Runs all cells of a notebook, tests apart from the rest.

    Args:
        document: Notebook; outputs are written into it.
        limits: `Limits`.
        folder: Path, the working folder of both processes.
        students: Set of the student's names.

    Returns:
        `Execution`.
    """
    began = time.monotonic()
    roles = roles_of(document, students)
    locked = sorted({name for role in roles if role for name in role.locked})
    ends = [*socket.socketpair(), *socket.socketpair()]
    control, control_there, link_student, link_verdict = ends
    run = _Run(document, limits, folder, control)
    try:
        manager = run.client.km
        manager._kernel_spec = STARTERS
        manager.warm_target = (
            "autograder.verdict.runner:student_kernel",
            (json.dumps(locked),),
            (link_student.fileno(),),
        )
        environment = execute.kernel_environment(limits.threads)
        with open(os.devnull, "r+b") as null:
            run.verdict = client.ForkedProcess(
                "autograder.verdict.runner:verdict_process",
                (),
                environment,
                folder,
                [null.fileno()] * 3 + [control_there.fileno(), link_verdict.fileno()],
            )
        async with run.client.async_setup_kernel(env=environment):
            for end in ends[1:]:
                end.close()
            started = time.monotonic()
            await run.all_cells(roles)
            ended = time.monotonic()
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
    )


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
            self._end(index, execute.CRASHED, f"the kernel died in cell {label}")
            return False
        if time.monotonic() - began >= seconds:
            self._interrupted(cell, label, seconds)
        return True

    async def _test(self, index, cell, role, label, seconds):
        began = time.monotonic()
        answer = await self._ask(cell, role, label, seconds)
        if answer is None:
            alive = await self.client.km.is_alive()
            if not alive:
                fault = f"the kernel died in cell {label}"
                self._end(index, execute.CRASHED, fault)
            elif time.monotonic() - began >= seconds:
                fault = f"cell {label} ran over {seconds} s and did not stop"
                self._end(index, execute.TIMEOUT, fault)
            else:
                fault = f"the verdict process died in cell {label}"
                self._end(index, execute.CRASHED, fault)
            return False
        cell.outputs = [nbformat.from_dict(output) for output in answer["outputs"]]
        self.count += 1
        cell.execution_count = self.count
        if time.monotonic() - began >= seconds:
            self._interrupted(cell, label, seconds)
        elif not await self.client.km.is_alive():
            self._end(index, execute.CRASHED, f"the kernel died in cell {label}")
            return False
        return True

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
            "source": cell.source,
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
        """Waits for the verdict process, and for the kernel's death."""
        deadline = time.monotonic() + seconds
        pause = 0.0005
        while not select.select([self.control], [], [], 0)[0]:
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(pause)
            pause = min(0.02, pause * 1.5)
        return True

    def _interrupted(self, cell, label, seconds):
        fault = f"cell {label} ran over {seconds} s and was interrupted"
        self.outcome, self.reason = execute.TIMEOUT, self.reason or fault
        execute.add_error(cell, "CellTimeout", fault)

    def _end(self, index, outcome, reason):
        self.outcome, self.reason = outcome, reason
        execute.mark_not_run(self.document.cells[index:], reason)
