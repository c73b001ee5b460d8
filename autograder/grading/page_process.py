"""Makes pages in a process of its own, which is ended when a page takes too much.

What turns a student's text into HTML (Markdown, highlighting, colour codes, cleaning)
takes a time that no bound on the text's length bounds. The process that writes grades
only waits for it.
"""

import contextlib
import multiprocessing
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from autograder.limits import WALL_PER_CPU

# What a page may take: CPU time (seconds), memory (bytes), and its size (characters).
SECONDS = 20
MEMORY = 1_000_000_000
MOST_PAGE = 40_000_000
# What starting the process may take. Seconds of wall time.
STARTUP = 120
PAGE, FAULT = "page", "fault"


class PageError(Exception):
    """A page could not be made; the message says why."""


class PageProcess:
    """A process that makes pages; it is started anew where it had to be ended.

    Args:
        prepare: It must be importable. Called in the process, it returns the function
            that makes a page of what is sent there.
        *arguments: Its arguments.
    """

    def __init__(
        self, prepare: Callable[..., Callable[..., str]], *arguments: Any
    ) -> None:
        self.prepare, self.arguments = prepare, arguments
        # What a page may take; a test takes less.
        self.seconds, self.memory = SECONDS, MEMORY
        self.process: BaseProcess | None = None
        self.lock = threading.Lock()

    def start(self) -> None:
        """Starts the process, which imports what it needs while others go on."""
        # Not fork: this process has threads.
        context = multiprocessing.get_context("spawn")
        self.link, there = context.Pipe()
        self.process = context.Process(
            target=_make_pages,
            args=(there, self.memory, self.prepare, self.arguments),
            daemon=True,
        )
        self.process.start()
        # Its end is known by that of the link, which nobody else may hold open.
        there.close()
        self.ready = self.used = False

    def make(self, *request: Any) -> str:
        """Returns a page as HTML.

        Args:
            *request: What the function in the process is called with: data.

        Raises:
            PageError: If it takes too much.
        """
        with self.lock:
            if self.process is None:
                self.start()
            fresh = not self.used
            try:
                return self._ask(request)
            except MemoryError:
                # Pages before this one may have left it too little.
                if not fresh:
                    self.start()
                    with contextlib.suppress(MemoryError):
                        return self._ask(request)
            raise PageError(f"it takes more than {self.memory / 1e9:g} GB of memory")

    def _ask(self, request: tuple) -> str:
        self.used = True
        try:
            if not self.ready:
                if not self.link.poll(STARTUP):
                    raise PageError(f"nothing was ready to make it in {STARTUP} s")
                self.ready = self.link.recv()
            self.link.send((request, self.seconds))
            if not self.link.poll(self.seconds * WALL_PER_CPU):
                raise PageError(f"it takes more than {self.seconds * WALL_PER_CPU} s")
            kind, text = self.link.recv()
        except (EOFError, OSError) as error:
            status = self._end()
            if status == -getattr(signal, "SIGXCPU", 0):
                message = f"it takes more than {self.seconds} s of CPU time"
                raise PageError(message) from error
            if status == -getattr(signal, "SIGKILL", 0):
                raise MemoryError from error
            message = f"what makes it ended with status {status}"
            raise PageError(message) from error
        except PageError:
            self._end()
            raise
        if kind == FAULT:
            self._end()
            if text == MemoryError.__name__:
                raise MemoryError
            raise PageError(text)
        return text

    def _end(self) -> int | None:
        """Ends the process; returns its exit status, or the signal that ended it."""
        process, self.process = self.process, None
        assert process is not None
        self.link.close()
        # Where it ended by itself, that is what is to be known.
        process.join(1)
        process.kill()
        process.join()
        return process.exitcode

    def close(self) -> None:
        """Ends the process, if there is one."""
        with self.lock:
            if self.process is not None:
                self._end()


def _make_pages(
    link: Connection,
    memory: int,
    prepare: Callable[..., Callable[..., str]],
    arguments: tuple,
) -> None:
    """Makes pages until the other end of the link closes."""
    # Ctrl-C is for the process that asks.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    make = prepare(*arguments)
    _bound_memory(memory)
    link.send(True)
    while True:
        try:
            request, seconds = link.recv()
            _bound_time(seconds)
            page = make(*request)
        except EOFError:
            return
        except Exception as error:
            link.send((FAULT, type(error).__name__))
            continue
        if len(page) > MOST_PAGE:
            link.send((FAULT, f"it has {len(page):,} characters"))
        else:
            link.send((PAGE, page))


def _bound_memory(more: int) -> None:
    """Has the system refuse this process some bytes of memory more than it has."""
    if sys.platform == "linux":
        import resource

        with open("/proc/self/statm") as file:
            taken = int(file.read().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (taken + more, hard))


def _bound_time(seconds: int) -> None:
    """Has the system end this process after some more CPU time."""
    if sys.platform != "win32":
        import resource

        usage = resource.getrusage(resource.RUSAGE_SELF)
        used = int(usage.ru_utime + usage.ru_stime)
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (used + 1 + seconds, hard))
