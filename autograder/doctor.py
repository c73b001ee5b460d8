"""`autograder doctor`: what this machine has, and what grading on it would lack."""

import getpass
import os
import platform
import shutil
import sys
from importlib import metadata
from pathlib import Path

from autograder.course import CourseError, find_course
from autograder.engine.pool import count_cores
from autograder.sandbox import cgroups, levels
from autograder.sandbox.policy import LANDLOCK, LEVELS, NAMESPACES, RLIMITS
from autograder.warm import client

DEVICES = Path("/dev")
PACKAGES = ("layerwise", "tensorflow", "keras", "jax", "torch", "nbgrader", "ipykernel")
REMEDIES = {
    NAMESPACES: "User namespaces are needed (sysctl kernel.unprivileged_userns_clone=1 "
    "or kernel.apparmor_restrict_unprivileged_userns=0, user.max_user_namespaces > 0), "
    "or root with CAP_SYS_ADMIN; in a container, an unmasked /proc.",
    LANDLOCK: "Landlock is needed (Linux 5.13 or later, `landlock` among the kernel's "
    "lsm=) and libseccomp (Debian: libseccomp2).",
    RLIMITS: "Linux is needed.",
}


def examine(folder: Path | str | None = None) -> int:
    """Prints the report.

    Args:
        folder: Where the course is; `None` for the one around the current folder.

    Returns:
        The exit status: 0 if a class can be graded here, else 1.
    """
    found = levels.detect()
    _line("system", f"{platform.system()} {platform.release()}, {platform.machine()}")
    _line("python", f"{platform.python_version()}, {sys.executable}")
    _line("cores", f"{count_cores()}")
    _line("user", _user())
    _line("warm kernels", "yes" if client.available() else "no: kernels start cold")
    _line("sandbox", found.level)
    for level, why in found.missing.items():
        _line(f"  no {level}", why)
        _line("", REMEDIES[level])
    _line("landlock", _landlock())
    _line("cgroups", _cgroups())
    _line("gpu", _graphics())
    for package in PACKAGES:
        try:
            _line(package, metadata.version(package))
        except metadata.PackageNotFoundError:
            _line(package, "not installed")
    alembic = shutil.which("alembic")
    _line("PATH", "has the environment" if alembic else "lacks the environment's bin")
    _line("exchange", _exchange(folder))
    enough = LEVELS.index(LANDLOCK)
    fit = found.level in LEVELS[: enough + 1]
    print("A class can be graded here." if fit else "Grading a class needs --unsafe.")
    return 0 if fit else 1


def _line(name: str, value: str) -> None:
    print(f"{name:14}  {value}", flush=True)


def _user() -> str:
    if not hasattr(os, "geteuid"):
        return getpass.getuser()
    return "root" if os.geteuid() == 0 else f"{os.geteuid()}"


def _landlock() -> str:
    try:
        from autograder.sandbox.landlock import SCOPED, version
    except ImportError as error:
        return f"no: {error}"
    number = version()
    if not number:
        return "no"
    scope = "" if number >= SCOPED else "; signals are refused by seccomp"
    return f"version {number}{scope}"


def _cgroups() -> str:
    """Says which hierarchy is mounted, and what of it this user may use."""
    if Path("/sys/fs/cgroup/cgroup.controllers").exists():
        kind = "version 2"
    elif Path("/sys/fs/cgroup").is_dir():
        kind = "version 1"
    else:
        return "none"
    used = cgroups.find()
    if used:
        return f"{kind}: {' and '.join(used)} of each submission"
    return (
        f"{kind}, not delegated: memory is watched ({cgroups.VARIABLE} names a folder)"
    )


def _graphics() -> str:
    # Windows has no such folder: nothing is found in it.
    found = [path.name for kind in ("nvidia*", "kfd*") for path in DEVICES.glob(kind)]
    return ", ".join(sorted(found)) or "none"


def _exchange(folder: Path | str | None) -> str:
    try:
        course = find_course(folder)
    except CourseError as error:
        return f"no course: {error}"
    root = Path(course.config.Exchange.get("root", course.root / "exchange"))
    if not root.is_dir():
        return f"{root} is not there: students can fetch nothing"
    mode = root.stat().st_mode & 0o777
    return f"{root}, mode {mode:o}"
