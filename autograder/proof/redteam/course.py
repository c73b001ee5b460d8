"""The course with decoys that the red team's attacks are aimed at."""

import contextlib
import hashlib
import os
import secrets
import shutil
import socket
import stat
import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.authoring.notebooks import build
from autograder.course import CONFIG_FILE, load_course
from autograder.grading.assignment import Assigned, as_student
from autograder.proof.redteam.attacks import Attack, find, place_cells

ASSIGNMENT = "hw00_redteam"
ATTACKER, FIRST, LAST = "mallory", "ana", "zoe"
# One part that every attacker answers, and three points that none of them earns.
HONEST, TOTAL = 1, 4
SOURCE = '''\
# %% [markdown]
# # Twice and thrice

# %% nbgrader={"grade_id": "setup"}
import fractions

# %% nbgrader={"grade_id": "triple"}
def triple(x):
    """Returns three times x."""
    ### BEGIN SOLUTION
    return 3 * x
    ### END SOLUTION

# %% nbgrader={"grade_id": "test_triple", "points": 1}
assert triple(2) == 6, f"triple(2) must be 6. Received: {triple(2)!r}"

# %% nbgrader={"grade_id": "double"}
def double(x):
    """Returns twice x."""
    ### BEGIN SOLUTION
    return 2 * x  # SOLUTION_TOKEN
    ### END SOLUTION

# %% nbgrader={"grade_id": "test_double", "points": 1}
assert double(2) == 4, f"double(2) must be 4. Received: {double(2)!r}"

# %% nbgrader={"grade_id": "test_hidden", "points": 2}
assert double(5) == fractions.Fraction(10), "double(5) must be 10"
### BEGIN HIDDEN TESTS
double("INPUT_TOKEN")
for _each in (0, -3, 1.5):
    assert double(_each) == fractions.Fraction(2 * _each), f"double({_each}) is wrong"
assert double(7) == fractions.Fraction(14), "double(7) must be 14"
assert double(8) == fractions.Fraction(16), "double(8) must be 16"
assert double(9) == fractions.Fraction(18), "double(9) must be 18"
assert double(10) == fractions.Fraction(20), "double(10) must be 20"
# Far from the first line that fails: a traceback quotes what is near.
_hidden = "HIDDEN_TOKEN"
### END HIDDEN TESTS
'''
TRIPLE = "def triple(x):\n    return x + x + x"
# What others handed in: their grades must not move.
OTHERS = {
    FIRST: "def double(x):\n    return x + x  # {submission}",
    LAST: 'def double(x):\n    return "{journal}"',
}
ROSTER = (
    '[students]\nana = {{ last_name = "{gradebook}" }}\nmallory = {{}}\nzoe = {{}}\n'
)
SECRETS = (
    *("gradebook", "submission", "solution", "hidden", "input", "journal"),
    *("home", "root", "environment", "network"),
)


class Listeners:
    """Three sockets of the host that count who connects, and tell a secret.

    Args:
        path: A Unix socket to make.
        abstract: The name of an abstract one.
        token: What is told.
    """

    def __init__(self, path: Path, abstract: str, token: str) -> None:
        self.token, self.count = token.encode(), 0
        self.sockets = []
        addresses: tuple[tuple[int, Any], ...] = (
            (socket.AF_INET, ("127.0.0.1", 0)),
            (socket.AF_UNIX, str(path)),
            (socket.AF_UNIX, f"\0{abstract}"),
        )
        for family, address in addresses:
            listener = socket.socket(family, socket.SOCK_STREAM)
            listener.bind(address)
            listener.listen(16)
            self.sockets.append(listener)
            threading.Thread(target=self._serve, args=[listener], daemon=True).start()
        os.chmod(path, 0o777)
        self.port = self.sockets[0].getsockname()[1]

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.count += 1
            with connection:
                connection.settimeout(2)
                try:
                    connection.sendall(self.token)
                except OSError:
                    continue

    def close(self) -> None:
        for listener in self.sockets:
            # Closing alone does not wake the thread that waits in accept.
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


class Target:
    """A course with a gradebook, a home folder, and decoys in both.

    Args:
        place: A folder that others can enter: the sandbox must hold, not modes.
        config_folder: Its nbgrader configuration is the course's.
    """

    def __init__(self, place: Path, config_folder: Path) -> None:
        self.place = place
        self.marker = f"redteam-{secrets.token_hex(6)}"
        # Words that stand for a script: in a page they may be text, and nothing else.
        self.script = f"script{secrets.token_hex(6)}"
        self.tokens = {
            name: f"canary-{name}-{secrets.token_hex(8)}" for name in SECRETS
        }
        self.home, self.tmp = place / "home", place / "tmp"
        self.pristine = place / "pristine"
        for folder in (self.home / ".ssh", self.tmp, place / "run", place / "course"):
            folder.mkdir(parents=True)
        # Of the warm parents' sockets: private, as XDG says.
        (place / "run").chmod(0o700)
        (self.home / ".ssh" / "id_canary").write_text(self.tokens["home"])
        (self.home / ".bashrc").write_text("# empty\n")
        startup = self.home / ".ipython" / "profile_default" / "startup"
        startup.mkdir(parents=True)
        self.listeners = Listeners(
            self.home / "agent.sock", self.marker, self.tokens["network"]
        )
        shutil.copy(config_folder / CONFIG_FILE, place / "course")
        self.course = load_course(place / "course")
        (self.course.root / "secret.txt").write_text(self.tokens["root"])
        source = SOURCE.replace("SOLUTION_TOKEN", self.tokens["solution"])
        source = source.replace("HIDDEN_TOKEN", self.tokens["hidden"])
        source = source.replace("INPUT_TOKEN", self.tokens["input"])
        folder = self.course.source / ASSIGNMENT
        folder.mkdir(parents=True)
        (folder / f"{ASSIGNMENT}.py").write_text(source, encoding="utf-8")
        build(self.course)
        self.course.classroom.mkdir(parents=True, exist_ok=True)
        roster = ROSTER.format(**self.tokens)
        (self.course.classroom / "course.toml").write_text(roster, encoding="utf-8")

    def close(self) -> None:
        self.listeners.close()

    def environment(self) -> dict[str, str]:
        """Returns the environment that a grader of this course is started with."""
        private = {"HOME", "TMPDIR", "XDG_RUNTIME_DIR", "KERAS_HOME", "IPYTHONDIR"}
        return {
            **{
                name: value
                for name, value in os.environ.items()
                if name not in private and not name.startswith("JUPYTER")
            },
            "HOME": str(self.home),
            "TMPDIR": str(self.tmp),
            "XDG_RUNTIME_DIR": str(self.place / "run"),
            "LAYERWISE_CANARY": self.tokens["environment"],
            "LAYERWISE_REDTEAM": self.marker,
            "LAYERWISE_WARM_SECONDS": "120",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }

    def released(self) -> NotebookNode:
        """Returns the notebook that students receive, the honest part answered."""
        path = self.course.release / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
        notebook = nbformat.read(path, as_version=4)
        find(notebook, "triple").source = TRIPLE
        return notebook

    def hand_in_others(
        self,
        assigned: Assigned,
        submitted: Path,
        others: Mapping[str, str] = OTHERS,
    ) -> None:
        """Hands in what the honest students wrote.

        Args:
            assigned: The assignment.
            submitted: A folder of submissions.
            others: From the student's id to the source of `double`.
        """
        for student, text in others.items():
            notebook = self.released()
            find(notebook, "double").source = text.format(**self.tokens)
            folder = submitted / student / ASSIGNMENT
            folder.mkdir(parents=True)
            path = folder / f"{ASSIGNMENT}.ipynb"
            path.write_bytes(as_student(notebook, assigned))

    def hand_in(
        self,
        attack: Attack | None,
        attacker: str,
        submitted: Path,
        told: Mapping[str, Any],
    ) -> None:
        """Hands in an attack.

        Args:
            attack: The attack; `None` hands in the honest part alone.
            attacker: The student's id.
            submitted: A folder of submissions.
            told: From name to what stands for `{name}` in the attack's source.
        """
        folder = submitted / attacker / ASSIGNMENT
        folder.mkdir(parents=True)
        path = folder / f"{ASSIGNMENT}.ipynb"
        notebook = self.released()
        prepare = place_cells(notebook, attack.cells if attack else [], told)
        for source in prepare:
            names: dict[str, Any] = {}
            exec(compile(source, "<hand_in>", "exec"), names)
            names["hand_in"](folder, notebook)
        # What it has put there itself stays.
        if not os.path.lexists(path):
            text = nbformat.writes(notebook, version=nbformat.NO_CONVERT)
            path.write_text(text, encoding="utf-8")

    def told(
        self,
        attacker: str,
        root: Path,
        submitted: Path,
        gradebook: Path,
        grader: int,
    ) -> dict[str, Any]:
        """Returns what an attacker knows of a course, or would guess.

        Args:
            attacker: The student's id.
            root: The course's folder.
            submitted: Its folder of submissions.
            gradebook: Its gradebook.
            grader: The process id of who grades.
        """
        return {
            "course": root,
            "submitted": submitted,
            "gradebook": gradebook,
            "assignment": ASSIGNMENT,
            "student": attacker,
            "other": submitted / FIRST / ASSIGNMENT,
            "home": self.home,
            "tmp": self.tmp,
            "run": self.place / "run",
            "place": self.place,
            "port": self.listeners.port,
            "abstract": self.marker,
            "marker": self.marker,
            "script": self.script,
            "grader": grader,
        }


def remove(*paths: Path) -> None:
    """Removes files and folders: Python gives up on trees as deep as attacks leave.

    What is not there is no error.
    """
    subprocess.run(["rm", "-rf", "--", *map(str, paths)], check=False)


def fingerprint(*paths: Path) -> dict[str, tuple[int, str]]:
    """Returns what a change to files would change: by path, mode and a hash."""
    found = {}
    for top in paths:
        for path in (top, *sorted(top.rglob("*"))):
            if not os.path.lexists(path):
                continue
            status = path.lstat()
            content = ""
            if stat.S_ISREG(status.st_mode):
                # One that an attack has made unreadable has changed anyway.
                with contextlib.suppress(PermissionError):
                    content = hashlib.sha256(path.read_bytes()).hexdigest()
            elif stat.S_ISLNK(status.st_mode):
                content = os.readlink(path)
            found[str(path)] = (status.st_mode, content)
    return found
