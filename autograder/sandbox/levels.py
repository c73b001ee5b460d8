"""Finds out which sandbox this machine allows: enters each level and looks around.

    python -m autograder.sandbox.levels LEVEL

enters a level and tries to leave it; what went wrong is printed.
"""

import functools
import os
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from autograder.limits import NONE
from autograder.sandbox.policy import (
    LANDLOCK,
    LEVELS,
    NAMESPACES,
    RLIMITS,
    Policy,
    make_policy,
    own_variables,
    work_folder,
)

TRIAL_SECONDS = 30


class TrialBounds(NamedTuple):
    """Bounds that are enough for a trial, in place of a run's `Limits`."""

    disk_bytes: int = 1_000_000
    processes: int = 64
    open_files: int = 64


@dataclass(frozen=True)
class Found:
    """What this machine allows.

    Attributes:
        level: The strongest of `LEVELS` that works; `"none"` if none does.
        missing: For each level that does not work, why.
    """

    level: str
    missing: dict[str, str] = field(default_factory=dict)


@functools.cache
def detect() -> Found:
    """Tries the levels, the strongest first."""
    missing: dict[str, str] = {}
    for level in LEVELS:
        fault = try_level(level)
        if not fault:
            return Found(level, missing)
        missing[level] = fault
    return Found(NONE, missing)


def try_level(level: str) -> str:
    """Enters a level in a process of its own.

    Returns:
        Why the level does not hold; empty if it does.
    """
    if sys.platform != "linux":
        return "this system is not Linux"
    try:
        result = subprocess.run(
            [sys.executable, "-m", "autograder.sandbox.levels", level],
            capture_output=True,
            text=True,
            timeout=TRIAL_SECONDS,
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        return f"entering it took over {TRIAL_SECONDS} s"
    if result.returncode == 0:
        return ""
    lines = (result.stdout + result.stderr).strip().splitlines()
    return lines[-1] if lines else f"its process ended with {result.returncode}"


def _trial(level: str) -> int:
    if level not in LEVELS:
        raise ValueError(f"the level must be one of {LEVELS}. Received: {level!r}")
    from autograder.sandbox import enter

    with tempfile.TemporaryDirectory(prefix="lw-") as place:
        secret = Path(place).parent / f"{Path(place).name}.secret"
        secret.write_text("secret")
        policy = make_policy(level, place, TrialBounds())
        # In a fork: `enter` leaves its caller's process in place of returning.
        pid = os.fork()
        if pid == 0:
            enter.enter(policy, lambda _: None)
            os._exit(_look(policy, secret))
        _, status = os.waitpid(pid, 0)
        secret.unlink()
    return os.waitstatus_to_exitcode(status)


def _look(policy: Policy, secret: Path) -> int:
    """Tries what the level forbids; returns an exit status and prints the fault."""
    from autograder.sandbox.enter import finish_start

    faults = []
    os.environ.update(own_variables(policy))
    os.chdir(work_folder(policy))
    Path("mine.txt").write_text("mine")
    finish_start()
    if os.getuid() == 0:
        faults.append("it runs as root")
    try:
        subprocess.run([sys.executable, "-c", ""], check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        faults.append(f"{sys.base_prefix} is closed to other users than root")
    if policy["level"] != RLIMITS:
        try:
            secret.read_text()
            faults.append("a file outside can be read")
        except OSError:
            pass
    if policy["level"] == NAMESPACES and os.getpid() != 1:
        faults.append("it sees the processes outside")
    if policy["level"] == NAMESPACES and len(socket.if_nameindex()) > 1:
        faults.append("it sees the network outside")
    if policy["level"] == LANDLOCK:
        try:
            socket.socket()
            faults.append("it can make sockets")
        except OSError:
            pass
    print("; ".join(faults), flush=True)
    return len(faults)


if __name__ == "__main__":
    sys.exit(_trial(sys.argv[1]))
