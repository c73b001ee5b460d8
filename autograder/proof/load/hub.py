"""A hub of the load's own: a folder, an exchange with one assignment, three ports."""

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import psutil

import autograder
from autograder.course import CONFIG_FILE, Course, CourseError
from autograder.proof.load import spawner
from autograder.proof.load.client import HubClient, StepError
from autograder.proof.load.ports import free_ports
from autograder.proof.load.reachable import command_prefix
from autograder.sandbox import syscalls
from autograder.warm.kernelspec import specification
from autograder.warm.multiuser import VARIABLE

START_SECONDS, STOP_SECONDS = 120, 20
# A socket's path has at most 107 characters; below the folder a parent's takes 61.
MOST_CHARACTERS = 45
# A server's start on a machine on which all others start too.
SERVER_SECONDS = 600


class LoadHub:
    """A hub that lives as long as a `with` block.

    Args:
        course: The course, built.
        assignment: The assignment's id.
        names: The students' ids.
        kinds: The kernels that the hub offers, of `KINDS`.

    Raises:
        CourseError: If something is missing that a hub needs.
    """

    def __init__(
        self,
        course: Course,
        assignment: str,
        names: list[str],
        kinds: Sequence[str],
    ) -> None:
        self.files = course.root / "hub"
        require_hub(self.files)
        self.folder = make_folder()
        self.course, self.assignment = course, assignment
        self.names, self.kinds = names, kinds
        self.first_user = free_users(len(names) + 1) if os.geteuid() == 0 else None
        self.token = secrets.token_hex(32)
        self.port = free_ports(3)
        self.address = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    @property
    def inbound(self) -> Path:
        """The folder in the exchange where submissions arrive."""
        return self.folder / "course" / "exchange" / "layerwise" / "inbound"

    def home(self, name: str) -> Path:
        """Returns a student's home folder."""
        return self.folder / "homes" / name

    def user(self, name: str) -> int:
        """Returns the user id that a student's processes must have."""
        if self.first_user is None:
            return os.getuid()
        return spawner.user_of(name, self.first_user)

    def words(self) -> str:
        """Returns the last that the hub has logged."""
        log = self.folder / "hub.log"
        return log.read_text(errors="replace")[-3000:] if log.exists() else ""

    def __enter__(self) -> Self:
        try:
            self._lay_out()
            self._release()
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        # No signal may end this process before what it started has ended.
        with _signals_wait():
            if self.process is not None and self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self.process.wait(STOP_SECONDS)
            end_children()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _lay_out(self) -> None:
        self.folder.chmod(0o711)
        for name, mode in (
            ("private", 0o700),
            ("homes", 0o711),
            ("warm", 0o755),
            ("jupyter", 0o755),
            ("course", 0o755),
            ("course/exchange", 0o755),
        ):
            path = self.folder / name
            path.mkdir()
            path.chmod(mode)
        for kind in self.kinds:
            kernel = self.folder / "jupyter" / "kernels" / kind
            kernel.mkdir(parents=True)
            text = json.dumps(self._specification(kind))
            (kernel / "kernel.json").write_text(text, encoding="utf-8")

    def _specification(self, kind: str) -> dict[str, Any]:
        chosen = specification()
        if kind == "cold":
            del chosen["metadata"]
        else:
            folder = str(self.folder / "warm") if kind == "shared" else ""
            chosen["env"] = {VARIABLE: folder}
        return {**chosen, "display_name": kind}

    def _release(self) -> None:
        root = self.folder / "course"
        shutil.copy(self.course.root / CONFIG_FILE, root)
        released = self.course.release / self.assignment
        if not released.is_dir():
            raise CourseError(f"{released} is not there: run `autograder build`")
        shutil.copytree(released, root / released.relative_to(self.course.root))
        made = subprocess.run(
            [
                *(sys.executable, "-m", "nbgrader", "release_assignment"),
                self.assignment,
            ],
            cwd=root,
            capture_output=True,
            text=True,
            umask=0o022,
        )
        if made.returncode != 0:
            raise CourseError(f"nbgrader did not release:\n{made.stderr[-2000:]}")

    def _start(self) -> None:
        package = Path(autograder.__file__).parents[1]
        paths = {
            *(Path(sys.base_prefix), Path(sys.prefix)),
            *(package, self.course.root, self.folder),
        }
        prefix = command_prefix(sorted(paths)) if self.first_user else []
        shared = str(self.folder / "warm") if "shared" in self.kinds else ""
        first = "" if self.first_user is None else str(self.first_user)
        with (self.folder / "hub.log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    *(*prefix, sys.executable, "-m", "jupyterhub", "-f"),
                    str(Path(__file__).with_name("hub_config.py")),
                ],
                cwd=self.folder / "private",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                umask=0o022,
                # The hub ends when this process does.
                preexec_fn=lambda: syscalls.prctl(
                    syscalls.PR_SET_PDEATHSIG, signal.SIGTERM
                ),
                env={
                    **os.environ,
                    "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32),
                    "LAYERWISE_LOAD_FOLDER": str(self.folder),
                    "LAYERWISE_LOAD_HUB_FILES": str(self.files),
                    "LAYERWISE_LOAD_PORT": str(self.port),
                    "LAYERWISE_LOAD_SERVER_SECONDS": str(SERVER_SECONDS),
                    "LAYERWISE_LOAD_TOKEN": self.token,
                    VARIABLE: shared,
                    spawner.VARIABLE: first,
                },
            )

    async def enroll(self) -> dict[str, str]:
        """Waits for the hub and makes the students known to it.

        Returns:
            From name to the token that the student asks with.

        Raises:
            StepError: If the hub does not start, or refuses.
        """
        admin = self.client(self.token)
        deadline = time.monotonic() + START_SECONDS
        while True:
            with contextlib.suppress(StepError):
                await admin.ask("GET", "/hub/api/")
                break
            ended = self.process is None or self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise StepError(f"the hub did not start:\n{self.words()}")
            await asyncio.sleep(0.3)
        tokens = {}
        for name in self.names:
            await admin.ask("POST", f"/hub/api/users/{name}", {})
            made = await admin.ask("POST", f"/hub/api/users/{name}/tokens", {})
            tokens[name] = made["token"]
        return tokens

    async def server_pid(self, name: str) -> int:
        """Returns the process id of a student's server, as the hub knows it."""
        admin = self.client(self.token)
        user = await admin.ask("GET", f"/hub/api/users/{name}")
        return user["servers"][""]["state"]["pid"]

    def client(self, token: str) -> HubClient:
        """Returns who asks this hub with a token."""
        return HubClient(self.address, token)


def require_hub(files: Path) -> None:
    """Raises `CourseError` unless this machine can run a hub at all."""
    import importlib.util

    if sys.platform != "linux":
        raise CourseError("`autograder load` reads memory as Linux reports it")
    if importlib.util.find_spec("jupyterhub") is None:
        raise CourseError("jupyterhub is not installed: install layerwise[hub]")
    proxy = files / "node_modules" / ".bin" / "configurable-http-proxy"
    if not proxy.exists():
        raise CourseError(f"{proxy} is not there: `make hub` installs it")


def make_folder() -> Path:
    """Makes the load's folder, in which there is room for the names of sockets."""
    folder = Path(tempfile.mkdtemp(prefix="layerwise-load-"))
    if len(str(folder)) > MOST_CHARACTERS:
        folder.rmdir()
        raise CourseError(
            f"{folder} is too long for the sockets in it, at most {MOST_CHARACTERS} "
            "characters: name a shorter folder in TMPDIR"
        )
    return folder


def free_users(number: int) -> int:
    """Returns the first of as many user ids in a row that no account has."""
    import pwd

    taken = {account.pw_uid for account in pwd.getpwall()}
    taken |= {uids.real for uids in _users_of_processes()}
    first = 50_000
    while taken & set(range(first, first + number)):
        first += 100
    return first


def _users_of_processes() -> Iterator[Any]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            yield process.uids()


def own_parents() -> int:
    """Returns how many warm parents of a student's own this process's hub has now."""
    sockets = set()
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            words = process.cmdline()
            if "autograder.warm.forkserver" in words and words[-1] != "shared":
                sockets.add(words[-2])
    return len(sockets)


def adopt() -> None:
    """Makes this process the parent of what its children leave behind."""
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)


def end_children(seconds: float = 15) -> int:
    """Kills all that this process started, and what that left behind.

    Args:
        seconds: When to give up.

    Returns:
        How many are still there.
    """
    deadline = time.monotonic() + seconds
    while True:
        left = psutil.Process().children(recursive=True)
        for process in left:
            with contextlib.suppress(psutil.Error):
                process.kill()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if not left or time.monotonic() > deadline:
            return len(left)
        time.sleep(0.05)


@contextlib.contextmanager
def _signals_wait() -> Iterator[None]:
    kept = {
        number: signal.signal(number, signal.SIG_IGN)
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)
