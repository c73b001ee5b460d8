"""Says what one sandboxed process is allowed."""

import importlib.util
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, TypedDict

NAMESPACES, LANDLOCK, RLIMITS = "namespaces", "landlock", "rlimits"
# The strongest first.
LEVELS = (NAMESPACES, LANDLOCK, RLIMITS)

HOME = "/home/student"
# Files, folders, links and sockets that a submission may make.
MOST_FILES = 20_000
# Terminals that it may have open: shell commands in notebooks take one each.
MOST_TERMINALS = 64
# Users from here on are not in passwd, and none is `nobody`, as whom others may run
# processes. A process's id is added, so that two submissions never share a user.
FIRST_UID = 1_900_000_000
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
ETC = (
    "alternatives",
    "fonts",
    "ld.so.cache",
    "ld.so.conf",
    "ld.so.conf.d",
    "localtime",
    "mime.types",
    "nsswitch.conf",
    "os-release",
    "timezone",
)
# What numerical libraries look up about the processor.
MACHINE = ("/sys/devices/system/cpu", "/sys/devices/system/node")
# No graphics card: submissions would share its memory, on which no bound holds.
DEVICES = ("null", "zero", "full", "random", "urandom")
# Names of variables that a submission may see; a prefix ends in an underscore.
VISIBLE = (
    "CUDA_",
    "JAX_",
    "KERAS_",
    "LANG",
    "LANGUAGE",
    "LC_",
    "LD_LIBRARY_PATH",
    "LAYERWISE_BUDGET",
    "MKL_NUM_THREADS",
    "MPLCONFIGDIR",
    "NBGRADER_EXECUTION",
    "NVIDIA_",
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "PATH",
    "PYTHONHASHSEED",
    "PYTHONPATH",
    "PYTHONUTF8",
    "TF_",
    "TZ",
    "XLA_FLAGS",
)
# A variable with one of these in its name may hold a secret, whatever its prefix.
SECRET = ("KEY", "TOKEN", "SECRET", "PASSWORD")


class Policy(TypedDict):
    """What one process may do; a plain dict, since it crosses to a fork as JSON."""

    level: str
    place: str
    disk_bytes: int
    processes: int
    open_files: int


class Bounds(Protocol):
    """The part of `autograder.limits.Limits` that a policy takes over."""

    @property
    def disk_bytes(self) -> int: ...

    @property
    def processes(self) -> int: ...

    @property
    def open_files(self) -> int: ...


def make_policy(level: str, place: str | Path, limits: Bounds) -> Policy:
    """Says what a process may do, and makes its folders.

    Args:
        level: One of `LEVELS`.
        place: A folder that is this process's alone. Its folder `work` is the working
            folder; sockets may be made in it.
        limits: What the run may use.
    """
    place = Path(place)
    for name in ("work", "root", "tmp", "home"):
        (place / name).mkdir(exist_ok=True)
    return {
        "level": level,
        "place": str(place),
        "disk_bytes": limits.disk_bytes,
        "processes": limits.processes,
        "open_files": limits.open_files,
    }


def work_folder(policy: Policy) -> str:
    """Returns the working folder's path, the same inside and outside."""
    return os.path.join(policy["place"], "work")


def home_and_scratch(policy: Policy) -> tuple[str, str]:
    """Returns the paths of the home and of the folder for temporary files, inside."""
    if policy["level"] == NAMESPACES:
        return HOME, "/tmp"
    return os.path.join(policy["place"], "home"), os.path.join(policy["place"], "tmp")


def own_variables(policy: Policy) -> dict[str, str]:
    """Returns the variables that a sandbox sets over those that were asked for."""
    home, scratch = home_and_scratch(policy)
    return {
        "HOME": home,
        "TMPDIR": scratch,
        "USER": "student",
        "LOGNAME": "student",
        "IPYTHONDIR": os.path.join(home, ".ipython"),
        # There is no network: pip would try again for a quarter of a minute.
        "PIP_RETRIES": "0",
    }


def visible_variables(environment: Mapping[str, str]) -> dict[str, str]:
    """Returns the part of an environment that a submission may see."""
    return {
        name: value
        for name, value in environment.items()
        if any(
            name.startswith(known) if known.endswith("_") else name == known
            for known in VISIBLE
        )
        and not any(word in name for word in SECRET)
    }


def readable_paths() -> list[str]:
    """Returns what is read-only inside: the system, the environment, the course's data.

    Each path exists, and none lies in another.
    """
    # Not the folders that hold them: those are the course's root.
    specs = map(importlib.util.find_spec, ("autograder", "layerwise"))
    packages = [str(Path(spec.origin).parent) for spec in specs if spec and spec.origin]
    asked = [
        *SYSTEM,
        *(f"/etc/{name}" for name in ETC),
        *MACHINE,
        sys.prefix,
        sys.base_prefix,
        os.path.realpath(sys.prefix),
        os.path.realpath(sys.base_prefix),
        *packages,
        # Where Keras keeps what its datasets downloaded.
        os.path.expanduser("~/.keras/datasets"),
    ]
    paths: list[str] = []
    for path in sorted({path for path in asked if os.path.exists(path)}):
        if not any(path.startswith(f"{above}/") for above in paths):
            paths.append(path)
    return paths
