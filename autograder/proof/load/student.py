"""One student's work at a hub, step by step, in the requests that JupyterLab sends."""

import json
import time
from collections.abc import Awaitable
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.cells import is_answer
from autograder.proof.load.client import Channel, StepError
from autograder.proof.load.hub import LoadHub

COURSE = "layerwise"
WHO = "import json, os; print(json.dumps([os.getpid(), os.getppid(), os.getuid()]))"


class SimulatedStudent:
    """A student at the hub.

    Args:
        hub: The load's.
        name: The student's id.
        token: What the student asks with.
        kind: The kernel that the student opens, one of `KINDS`.
        reference: The reference's answers.

    Attributes:
        pid: The process of the student's server.
        kernel: The kernel's process, its parent's and its user.
        channel: The open notebook's connection to its kernel.
        session: The open notebook's, as the server knows it.
    """

    pid: int
    kernel: tuple[int, int, int]
    channel: Channel
    session: str

    def __init__(
        self,
        hub: LoadHub,
        name: str,
        token: str,
        kind: str,
        reference: NotebookNode,
    ) -> None:
        self.hub, self.name, self.kind = hub, name, kind
        self.client = hub.client(token)
        self.server = f"/user/{name}/"
        self.assignment, self.reference = hub.assignment, reference
        self.path = f"{hub.assignment}/{hub.assignment}.ipynb"

    async def start_server(self) -> None:
        """Starts the server, and watches its progress as the hub's page does."""
        asked = f"/hub/api/users/{self.name}/server"
        await self.client.ask("POST", asked, {})
        text = await self.client.read("GET", f"{asked}/progress")
        events = [
            json.loads(line[5:]) for line in text.splitlines() if line[:5] == "data:"
        ]
        if not events or not events[-1].get("ready"):
            raise StepError(f"the server did not start: {events[-1:]}")
        self.pid = await self.hub.server_pid(self.name)

    async def fetch(self) -> None:
        """Fetches the assignment through nbgrader's list of assignments."""
        listed = await self.client.ask(
            "GET", f"{self.server}assignments?course_id={COURSE}"
        )
        self._require(listed, "released")
        fetched = await self._act("fetch")
        self._require(fetched, "fetched")

    async def open(self) -> None:
        """Opens the notebook: reads it, starts a kernel, connects to it."""
        await self.client.ask("GET", f"{self.server}api/contents/{self.path}")
        await self.start_kernel(self.kind)
        await self.look_at_kernel()

    async def start_kernel(self, kind: str) -> None:
        """Starts a kernel for the notebook, and waits until it answers."""
        session = await self.client.ask(
            "POST",
            f"{self.server}api/sessions",
            {
                "path": self.path,
                "name": self.path,
                "type": "notebook",
                "kernel": {"name": kind},
            },
        )
        self.session = session["id"]
        self.channel = Channel(self.client, self.server, session["kernel"]["id"])
        await self.channel.open()

    async def look_at_kernel(self) -> None:
        """Finds out whose the kernel is and who forked it.

        Raises:
            StepError: If it is not what was asked for, or another user's.
        """
        pid, parent, user = json.loads(await self.channel.run(WHO))
        self.kernel = pid, parent, user
        if user != self.hub.user(self.name):
            raise StepError(f"the kernel is user {user}'s")
        came = kind_of(parent, self.pid)
        if came != self.kind:
            raise StepError(f"the kernel was to be {self.kind}, and is {came}")

    async def end_kernel(self) -> None:
        """Closes the notebook and ends its kernel."""
        self.channel.close()
        await self.client.ask("DELETE", f"{self.server}api/sessions/{self.session}")

    async def import_keras(self) -> None:
        """Runs the cell that every notebook starts with."""
        await self.channel.run("import keras")

    async def answer(self) -> None:
        """Types the reference's answers, runs all cells, and saves.

        The visible tests are among the cells: one that fails ends the step.
        """
        shown = await self.client.ask(
            "GET", f"{self.server}api/contents/{self.path}?content=1"
        )
        notebook = nbformat.from_dict(shown["content"])
        fill_in(notebook, self.reference)
        notebook.metadata["kernelspec"] = {
            "name": self.kind,
            "display_name": self.kind,
            "language": "python",
        }
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            try:
                await self.channel.run(cell.source)
            except StepError as error:
                name = cell.metadata.get("nbgrader", {}).get("grade_id", number)
                raise StepError(f"cell {name}: {error}") from error
        await self.client.ask(
            "PUT",
            f"{self.server}api/contents/{self.path}",
            {"type": "notebook", "format": "json", "content": notebook},
        )

    async def validate(self) -> None:
        """Lets nbgrader validate the notebook, in a kernel of its own."""
        said = await self.client.ask(
            "POST", f"{self.server}assignments/validate", {"path": self.path}
        )
        if not said["success"]:
            raise StepError(f"not validated: {str(said['value'])[-500:]}")
        if set(said["value"]) - {"passed"}:
            raise StepError(f"not valid: {str(said['value'])[:500]}")

    async def submit(self) -> None:
        """Submits through nbgrader's list of assignments."""
        listed = await self._act("submit")
        self._require(listed, "submitted")

    async def leave(self) -> None:
        """Ends the kernel and stops the server."""
        await self.end_kernel()
        asked = f"/hub/api/users/{self.name}"
        await self.client.ask("DELETE", f"{asked}/server")

    async def _act(self, action: str) -> Any:
        return await self.client.ask(
            "POST",
            f"{self.server}assignments/{action}",
            {"assignment_id": self.assignment, "course_id": COURSE},
        )

    def _require(self, listed: Any, status: str) -> None:
        if not listed["success"]:
            raise StepError(str(listed["value"])[-500:])
        seen = {
            entry["status"]
            for entry in listed["value"]
            if entry["assignment_id"] == self.assignment
        }
        if status not in seen:
            raise StepError(f"{self.assignment} is not {status} but {sorted(seen)}")


def fill_in(notebook: NotebookNode, reference: NotebookNode) -> None:
    """Puts the reference's answers into the cells that are the student's.

    Args:
        notebook: The notebook as released; it is changed.
        reference: The notebook with answers.

    Raises:
        StepError: If an answer's cell is not in the reference.
    """
    answers = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in reference.cells
        if is_answer(cell)
    }
    for cell in filter(is_answer, notebook.cells):
        name = cell.metadata["nbgrader"]["grade_id"]
        if name not in answers:
            raise StepError(f"the reference has no answer {name}")
        cell.source = answers[name]


def kind_of(parent: int, server: int) -> str:
    """Returns the kind of a kernel.

    Args:
        parent: The process that the kernel is a child of.
        server: The process of the student's server.
    """
    if parent == server:
        return "cold"
    with open(f"/proc/{parent}/cmdline", encoding="utf-8") as file:
        words = file.read().rstrip("\0").split("\0")
    if "autograder.warm.forkserver" not in words:
        return f"a child of {' '.join(words)}"
    return "shared" if words[-1] == "shared" else "own"


async def timed(step: Awaitable[None]) -> float:
    """Waits for a step; returns the seconds that it took."""
    start = time.perf_counter()
    await step
    return time.perf_counter() - start
