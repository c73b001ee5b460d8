"""Runs the two processes of a split verdict, each in a fork of the warm parent."""

import ast
import asyncio
import contextlib
import ctypes
import json
import linecache
import re
import socket
import time
import traceback
import warnings
from collections.abc import Collection
from typing import Any

from autograder.sandbox.enter import finish_start
from autograder.verdict import no_shell
from autograder.verdict.proxies import VerdictSide
from autograder.verdict.student_side import Bounded, StudentSide
from autograder.verdict.verbs import install_verbs
from autograder.warm import messages, submission_kernel
from autograder.warm.fork import make_kernel

# From Linux's `sys/prctl.h`.
PR_SET_DUMPABLE = 4
REMOTE_FRAME = r'File "([^"\n]*)", line (\d+), in ([^\n]*)(?:\n {4}([^\n]*))?'
# Frames that a student did not write.
LIBRARY = r"/site-packages/|/lib/python3|/layerwise/"
# No name of a notebook's: it holds the value of a cell's last expression.
LAST = "last expression"
MAX_OUTPUT, MAX_MESSAGE, MAX_FRAMES = 200_000, 20_000, 50


def student_kernel(locked: str, *rest: Any) -> None:
    """Runs an IPython kernel that also serves the verdict process.

    Args:
        locked: A JSON list of the names that locked cells bind.
        *rest: The kernel's arguments, and the descriptor of the link.
    """
    *arguments, descriptor = rest
    with warnings.catch_warnings():
        # ipykernel makes a port for what other processes print, which the lower
        # sandbox refuses.
        warnings.filterwarnings("ignore", "Couldn't bind IOPub Pipe")
        app = make_kernel(arguments)
    assert app.shell is not None, "a kernel that is initialised has a shell"
    link = socket.socket(fileno=descriptor)
    side = StudentSide(link, app.shell.user_ns, set(json.loads(locked)))
    loop = asyncio.get_event_loop()

    def serve() -> None:
        try:
            side.serve_one()
        except (EOFError, OSError):
            loop.remove_reader(link)

    loop.add_reader(link, serve)
    finish_start()
    submission_kernel.run(app)


def verdict_process(control_descriptor: int, link_descriptor: int) -> int:
    """Runs locked and test cells as they come, until there are no more.

    Args:
        control_descriptor: Of the socket to the engine. A request is `{"source",
            "name", "needs", "locked"}`; the answer has `outputs` as a notebook holds
            them, `seconds` and `fault`.
        link_descriptor: Of the socket to the student kernel.
    """
    _shield()
    control = socket.socket(fileno=control_descriptor)
    link = socket.socket(fileno=link_descriptor)
    namespace = no_shell.namespace()
    locked: set[str] = set()
    side = VerdictSide(link, namespace, locked)
    install_verbs(side)
    finish_start()
    messages.send(control, {"ready": True})
    while True:
        try:
            cell, _ = messages.receive(control)
        except EOFError:
            return 0
        locked.update(cell["locked"])
        messages.send(control, run_cell(cell, namespace, side))


def run_cell(
    cell: dict[str, Any], namespace: dict[str, Any], side: VerdictSide
) -> dict[str, Any]:
    """Runs one cell and says what it put out.

    Args:
        cell: A request of `verdict_process`.
        namespace: The verdict's names.
        side: Asks the student kernel.

    Returns:
        The answer; `fault` says why the student kernel can be asked no more.
    """
    began = time.monotonic()
    captured = Bounded(MAX_OUTPUT)
    outputs: list[dict[str, Any]] = []
    file = f"<{cell['name']}>"
    lines = cell["source"].splitlines(keepends=True)
    linecache.cache[file] = (len(cell["source"]), None, lines, file)
    try:
        with contextlib.redirect_stdout(captured), contextlib.redirect_stderr(captured):
            _fetch(cell["needs"], namespace, side)
            value = _execute(cell["source"], file, namespace)
            if value is not None:
                # nbgrader reads it as the points of the test.
                outputs.append(_result(value))
    except BaseException as error:
        outputs.append(error_output(error, file))
    if captured.getvalue():
        text = {
            "output_type": "stream",
            "name": "stdout",
            "text": captured.getvalue().encode("utf-8", "replace").decode("utf-8"),
        }
        outputs.insert(0, text)
    seconds = time.monotonic() - began
    return {"outputs": outputs, "seconds": seconds, "fault": side.fault}


def _execute(source: str, file: str, namespace: dict[str, Any]) -> Any:
    """Runs a cell; returns the value of its last expression, as IPython shows it."""
    tree = ast.parse(source, file)
    last = tree.body[-1] if tree.body else None
    if isinstance(last, ast.Expr) and not source.rstrip().endswith(";"):
        kept = ast.Assign([ast.Name(LAST, ast.Store())], last.value)
        tree.body[-1] = ast.copy_location(kept, last)
        ast.fix_missing_locations(tree)
    exec(compile(tree, file, "exec"), namespace)
    return namespace.pop(LAST, None)


def _result(value: Any) -> dict[str, Any]:
    return {
        "output_type": "execute_result",
        "execution_count": None,
        "metadata": {},
        "data": {"text/plain": _printable(repr(value))},
    }


def _fetch(
    names: Collection[str], namespace: dict[str, Any], side: VerdictSide
) -> None:
    """Binds the student's names as they are now, and no name that is not there."""
    for name in names:
        namespace.pop(name, None)
    if names:
        found = side.ask("names", tuple(names))
        # No more than was asked for: `np` and `checks` are the verdict's own.
        namespace.update({name: found[name] for name in names if name in found})


def error_output(error: BaseException, file: str) -> dict[str, Any]:
    """Returns an exception as a notebook's error output.

    Of an error of the student's code it shows the line of theirs that raised it, of an
    assertion its message, and of a test's own fault the test's frames.

    Args:
        error: What the cell raised.
        file: The file name under which the cell was compiled.
    """
    from layerwise.checks.expected import exercise_of
    from layerwise.checks.notebook_errors import NotBegun, frame_text, is_stub

    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename == file][-MAX_FRAMES:]
    name, message = type(error).__name__, _printable(str(error))
    entries = []
    theirs = getattr(error, "remote_traceback", None)
    if theirs is not None:
        places = re.findall(REMOTE_FRAME, theirs)
        if places and is_stub(name, message):
            exercise = exercise_of([function for _, _, function, _ in places])
            name, message = NotBegun.__name__, f"{exercise} is not begun"
        else:
            mine = [place for place in places if not re.search(LIBRARY, place[0])]
            _, *place = (mine or places or [("", "?", "?", "")])[-1]
            # Without a place too: it is what says that the student's code raised it.
            entries.append(frame_text(own[-1].lineno if own else None, *place))
    elif not isinstance(error, AssertionError):
        entries = traceback.format_list(own)
    notes = "".join(f"\n{note}" for note in getattr(error, "__notes__", ()))
    entries.append(f"\x1b[31m{name}\x1b[0m: {message}{notes}")
    return {
        "output_type": "error",
        "ename": name,
        "evalue": message,
        "traceback": [_printable(entry) for entry in entries],
    }


def _printable(text: str) -> str:
    """Returns a text that a notebook can hold: bounded, and without lone surrogates."""
    if len(text) > MAX_MESSAGE:
        text = f"{text[:MAX_MESSAGE]} [{len(text):,} characters]"
    return text.encode("utf-8", "replace").decode("utf-8")


def _shield() -> None:
    """Keeps other processes of the same user out of this one's memory."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
