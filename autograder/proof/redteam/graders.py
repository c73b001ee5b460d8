"""Graders in processes of their own, which an attack may kill or hang.

    python -m autograder.proof.redteam.graders ROOT

serves this engine: one line of JSON in, one out. Stock nbgrader has
`autograder.proof.stock`.
"""

import contextlib
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

import psutil

from autograder.course import CourseError, load_course
from autograder.grading.grade_class import grade_class
from autograder.limits import Limits
from autograder.proof.redteam.course import ASSIGNMENT, FIRST, LAST, Target

START_SECONDS = 120
# How long the processes of a submission may take to go, once it is graded.
GONE_SECONDS = 3
# A process, by its id and when it was created.
Processes = dict[tuple[int, float], psutil.Process]


class GraderProcess:
    """A process that grades what it is told to, and is started again when it dies.

    Args:
        arguments: What stands after `python -m`.
        environment: The process's.
        log: A file for what it says beside its answers.
        greets: Whether it writes a line when it is ready.
    """

    def __init__(
        self,
        arguments: Sequence[str | Path],
        environment: Mapping[str, str],
        log: Path,
        greets: bool = False,
    ) -> None:
        self.command = [sys.executable, "-m", *map(str, arguments)]
        self.environment, self.greets = environment, greets
        self.log = log.open("w")
        self.process: subprocess.Popen[bytes] | None = None
        self.buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()
        self.log.close()

    def ready(self) -> int:
        """Starts it, unless it runs; returns its process id.

        Raises:
            CourseError: If it does not start.
        """
        if self.process is None or self.process.poll() is not None:
            self.end()
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.log,
                env=self.environment,
                start_new_session=True,
            )
            self.buffer = b""
            if self.greets and self._answer(START_SECONDS) is None:
                words = Path(self.log.name).read_text(errors="replace")[-2000:]
                raise CourseError(f"The grader did not start:\n{words}")
        return self.process.pid

    def ask(self, line: str, seconds: float) -> Any:
        """Has it do something.

        Args:
            line: What it is told.
            seconds: How long it may take; then it is ended.

        Returns:
            What it answered; `None` if it died or was not in time.
        """
        assert self.process is not None
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{line}\n".encode())
            self.process.stdin.flush()
        except OSError:
            return None
        answer = self._answer(seconds)
        if answer is None:
            self.end()
        return answer

    def _answer(self, seconds: float) -> Any:
        assert self.process is not None
        assert self.process.stdout is not None
        deadline, output = time.monotonic() + seconds, self.process.stdout
        while b"\n" not in self.buffer:
            left = max(0, deadline - time.monotonic())
            if not select.select([output], [], [], left)[0]:
                return None
            part = os.read(output.fileno(), 1 << 16)
            if not part:
                return None
            self.buffer += part
        line, self.buffer = self.buffer.split(b"\n", 1)
        return json.loads(line)

    def end(self) -> None:
        """Ends it, whether it answers or not."""
        if self.process is not None:
            # SIGKILL: an attack may have stopped it, and then no other signal ends it.
            self.process.kill()
            self.process.wait()
            for pipe in filter(None, (self.process.stdin, self.process.stdout)):
                pipe.close()
            self.process = None


def of_course(target: Target) -> Processes:
    """Finds the processes that belong to a course that is attacked."""
    words, found = (target.marker, str(target.place)), {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid == os.getpid() or process.status() == psutil.STATUS_ZOMBIE:
                continue
            texts = [*process.cmdline()]
            with contextlib.suppress(psutil.Error, OSError):
                texts += [process.cwd(), *process.environ().values()]
            if any(word in text for text in texts for word in words):
                found[process.pid, process.create_time()] = process
    return found


def end_left(
    target: Target, known: Collection[tuple[int, float]], grader: int
) -> list[str]:
    """Finds and ends what an attack left running.

    Args:
        target: The course that was attacked.
        known: What `of_course` found before the attack.
        grader: The process id of the grader.

    Returns:
        The beginning of each one's command line.
    """
    deadline = time.monotonic() + GONE_SECONDS
    # A parent that started meanwhile, for other packages or settings, is the engine's.
    parents = listening(target)
    while True:
        left = {
            key: process
            for key, process in of_course(target).items()
            if key not in known
            and process.pid not in parents
            and not _is_of_grader(process, grader)
        }
        if not left or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    words = []
    for process in left.values():
        with contextlib.suppress(psutil.Error):
            program, *arguments = process.cmdline() or [process.name()]
            line = " ".join([Path(program).name, *arguments])
            words.append(line.replace(str(target.place), "")[:60])
            process.kill()
    return words


def listening(target: Target) -> set[int]:
    """Returns the process ids of the warm parents that answer in a course."""
    pids: set[int] = set()
    for path in (target.place / "run").glob("*/*.sock"):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as parent:
            parent.connect(str(path))
            who = parent.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            pids.add(struct.unpack("3i", who)[0])
    return pids


def _is_of_grader(process: psutil.Process, grader: int) -> bool:
    """Returns whether it is the grader, or what Python keeps beside its workers."""
    with contextlib.suppress(psutil.Error):
        helper = "multiprocessing.resource_tracker" in " ".join(process.cmdline())
        return process.pid == grader or (helper and process.ppid() == grader)
    return True


def end_parents(target: Target) -> None:
    """Ends the warm parents of a course, and whatever else of it still runs."""
    for process in of_course(target).values():
        with contextlib.suppress(psutil.Error):
            process.send_signal(signal.SIGCONT)
            process.kill()


def serve(root: str) -> None:
    """Grades attackers and the honest students, each time a line says so."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    course = load_course(Path(root))
    print(json.dumps("ready"), file=answers, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        outcomes = grade_class(
            course,
            ASSIGNMENT,
            Limits(**asked["limits"]),
            workers=2,
            force=True,
            # The honest ones before and beside the attackers, and after.
            students=[FIRST, *asked["attackers"], LAST],
            plain=asked["plain"],
        )
        answer = {outcome.student: asdict(outcome) for outcome in outcomes}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    serve(*sys.argv[1:])
