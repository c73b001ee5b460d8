"""What a kernel does otherwise when it runs a submission: an IPython extension.

It goes on after `exit()`, shows an exception in a time that does not grow with the
stack, and runs shell commands where no terminal can be had. A submission can undo all
of it, to its own harm alone: what must hold against it, holds outside.
"""

import codecs
import contextlib
import functools
import os
import subprocess
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from ipykernel.iostream import OutStream

from autograder.warm import plain_traceback

if TYPE_CHECKING:
    from ipykernel.kernelapp import IPKernelApp
    from ipykernel.zmqshell import ZMQInteractiveShell

# More than is ever kept of a cell: the rest need not be sent.
MOST_PRINTED = 2_000_000
IGNORED = (
    "The notebook goes on: where it is graded, exit() and quit() end nothing. "
    "Remove them, or the kernel that you work in ends here."
)


class BoundedStream(OutStream):
    """Standard output that drops what a cell prints beyond a bound.

    A loop that prints would otherwise send more than the engine can take.
    """

    printed = 0

    def set_parent(self, parent: dict[str, Any]) -> None:
        """Begins to count for a new cell."""
        self.printed = 0
        super().set_parent(parent)

    def write(self, string: str) -> int | None:  # type: ignore[override]
        """Writes a text, or what there is still room for."""
        if not isinstance(string, str):
            return super().write(string)
        room, size = MOST_PRINTED - self.printed, len(string)
        self.printed += size
        if room > 0:
            super().write(string if size <= room else string[:room])
        return size


def load_ipython_extension(shell: "ZMQInteractiveShell") -> None:
    """Changes a kernel's shell; IPython calls this when the kernel starts."""
    _ignore_exit(shell)
    plain_traceback.use(shell)
    _answer_always(shell)
    try:
        for descriptor in os.openpty():
            os.close(descriptor)
    except OSError:
        shell.system = functools.partial(  # type: ignore[method-assign]
            _system, shell
        )


def run(app: "IPKernelApp") -> NoReturn:
    """Runs a kernel until its process is ended from outside.

    A notebook can stop the event loop, or leave it by an exception: it goes on.
    """
    begin: Callable[[], object] = app.start
    while True:
        with contextlib.suppress(SystemExit, KeyboardInterrupt):
            begin()
        begin = app.io_loop.start


def _ignore_exit(shell: "ZMQInteractiveShell") -> None:
    """Makes `exit()`, `quit()` and requests to shut down end nothing.

    ipykernel ends a tenth of a second after `exit()`: how many cells still run, and get
    their points, would depend on how fast they are.
    """

    async def ignore(stream: Any, ident: Any, parent: Any) -> None:
        print(IGNORED, file=sys.stderr)

    shell.unobserve_all("exit_now")
    shell.ask_exit = lambda: print(  # type: ignore[method-assign]
        IGNORED, file=sys.stderr
    )
    for handlers in (shell.kernel.shell_handlers, shell.kernel.control_handlers):
        handlers["shutdown_request"] = ignore


def _answer_always(shell: "ZMQInteractiveShell") -> None:
    """Has a kernel reply where it cannot say what went wrong.

    ipykernel asks an exception for its message, and sends no reply where that raises:
    the cell would end at its cap on wall time.
    """
    run, run_async = shell.run_cell, shell.run_cell_async

    @functools.wraps(run)
    def run_cell(*args: Any, **options: Any) -> Any:
        return _checked(run(*args, **options))

    @functools.wraps(run_async)
    async def run_cell_async(*args: Any, **options: Any) -> Any:
        return _checked(await run_async(*args, **options))

    shell.run_cell = run_cell  # type: ignore[method-assign]
    shell.run_cell_async = run_cell_async  # type: ignore[method-assign]


def _checked(result: Any) -> Any:
    """Returns a cell's result, whose errors have messages that can be asked for."""
    for name in ("error_before_exec", "error_in_exec"):
        error = getattr(result, name, None)
        if error is not None:
            setattr(result, name, plain_traceback.with_message(error))
    return result


def _system(shell: "ZMQInteractiveShell", command: str) -> None:
    """Runs a shell command as `InteractiveShell.system` does, through a pipe."""
    if command.rstrip().endswith("&"):
        raise OSError("Background processes not supported.")
    expanded = shell.var_expand(command, depth=1)
    shell.user_ns["_exit_code"] = run_command(expanded)


def run_command(command: str) -> int:
    """Runs a shell command and prints what it puts out, as it comes.

    Returns:
        Its exit status; negative for a signal.
    """
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with subprocess.Popen(
        ["sh", "-c", command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        assert process.stdout is not None
        try:
            while data := os.read(process.stdout.fileno(), 65_536):
                print(decoder.decode(data), end="", flush=True)
        except BaseException:
            process.kill()
            raise
    status = process.returncode
    # The shell says 128 and the signal's number where a signal ended its command.
    return 128 - status if status > 128 else status
