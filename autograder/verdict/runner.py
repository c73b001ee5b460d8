"""The two processes that `warm.child` runs for a split verdict."""

import asyncio
import contextlib
import io
import json
import linecache
import socket
import time
import traceback

from autograder.verdict.remote import Client, install_verbs
from autograder.verdict.server import Server
from autograder.warm import wire
from autograder.warm.child import make_kernel

MAX_OUTPUT = 200_000


def student_kernel(locked, *rest):
    """Runs an IPython kernel that also serves the verdict process.

    Args:
        locked: String, a JSON list of the names that locked cells bind.
        *rest: The kernel's arguments, and the descriptor of the link.
    """
    *arguments, descriptor = rest
    app = make_kernel(arguments)
    link = socket.socket(fileno=descriptor)
    server = Server(link, app.shell.user_ns, set(json.loads(locked)))
    loop = asyncio.get_event_loop()

    def serve():
        try:
            server.serve_one()
        except (EOFError, OSError):
            loop.remove_reader(link)

    loop.add_reader(link, serve)
    app.start()


def verdict_process(control_descriptor, link_descriptor):
    """Runs locked and test cells as they come, until there are no more.

    Args:
        control_descriptor: Integer, the descriptor of the socket to the engine. A
            request is `{"source", "name", "needs", "locked"}`; the answer has
            `outputs` as a notebook holds them, and `seconds`.
        link_descriptor: Integer, that of the socket to the student kernel.
    """
    control = socket.socket(fileno=control_descriptor)
    link = socket.socket(fileno=link_descriptor)
    namespace = {"__name__": "__main__", "get_ipython": _NoShell}
    locked = set()
    client = Client(link, namespace, locked)
    install_verbs(client)
    while True:
        try:
            cell, _ = wire.receive(control)
        except EOFError:
            return 0
        locked.update(cell["locked"])
        wire.send(control, run_cell(cell, namespace, client))


def run_cell(cell, namespace, client):
    """Runs one cell and says what it put out.

    Args:
        cell: Dict, a request.
        namespace: Dict, the verdict's names.
        client: `Client`.

    Returns:
        Dict, the answer.
    """
    began = time.monotonic()
    captured = _Bounded()
    outputs = []
    file = f"<{cell['name']}>"
    lines = cell["source"].splitlines(keepends=True)
    linecache.cache[file] = (len(cell["source"]), None, lines, file)
    try:
        with contextlib.redirect_stdout(captured), contextlib.redirect_stderr(captured):
            _fetch(cell["needs"], namespace, client)
            exec(compile(cell["source"], file, "exec"), namespace)
    except (Exception, KeyboardInterrupt, SystemExit) as error:
        outputs.append(error_output(error, file))
    if captured.getvalue():
        text = {
            "output_type": "stream",
            "name": "stdout",
            "text": captured.getvalue(),
        }
        outputs.insert(0, text)
    return {"outputs": outputs, "seconds": time.monotonic() - began}


def _fetch(names, namespace, client):
    """Brings the student's names as they are now; what is not there is not bound."""
    for name in names:
        namespace.pop(name, None)
    if names:
        namespace.update(client.ask("names", tuple(names)))


def error_output(error, file):
    """Returns an exception as a notebook's error output.

    The test's own frames come first, then the student's.

    Args:
        error: Exception.
        file: String, the file name under which the cell was compiled.
    """
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == file]
    entries = traceback.format_list(own)
    theirs = getattr(error, "remote_traceback", "")
    if theirs:
        entries.append(f"In the submitted code:\n{theirs}")
    name, message = type(error).__name__, str(error)
    notes = "".join(f"\n{note}" for note in getattr(error, "__notes__", ()))
    entries.append(f"\x1b[31m{name}\x1b[0m: {message}{notes}")
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": entries,
    }


class _Bounded(io.StringIO):
    """Text that stops growing."""

    def write(self, text):
        room = MAX_OUTPUT - self.tell()
        return super().write(text[: max(0, room)])


class _NoShell:
    """Takes the magics of locked cells, which mean nothing here."""

    def run_line_magic(self, *_):
        return None

    run_cell_magic = run_line_magic

    def __getattr__(self, name):
        raise AttributeError(f"there is no IPython in the verdict process: {name}")
