"""A machine with system users, laid out as hub/README.md says, for one command.

    python machine.py ROOT PLACE COMMAND...

The command sees its own /etc with the users in it, and an installed course without
solutions, tests or history; the machine's own stays as it is. Needs root.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from autograder.proof.load.reachable import open_up
from autograder.sandbox import syscalls

TEACHER, STUDENTS = "teacher", ("ana", "bo")
INSTALLED = (".venv", "autograder", "course", "hub", "pyproject.toml")
FIRST_UID = 42000


def main(root, place, command):
    """Makes the machine and becomes the command.

    Args:
        root: Path of the course's repository.
        place: Path of a folder with the course in `course`.
        command: List of strings.
    """
    open_up([sys.base_prefix, root, place])
    show_installed(root)
    make_users(place, os.environ["LAYERWISE_HUB_PASSWORD"])
    subprocess.run(["chown", "-R", f"{TEACHER}:", place / "course"], check=True)
    (place / "course").chmod(0o700)
    os.chdir("/")
    os.execvp(command[0], command)


def show_installed(root):
    """Covers a repository with what is installed of it."""
    held = {name: os.open(root / name, os.O_PATH) for name in INSTALLED}
    syscalls.mount("tmpfs", root, "tmpfs", syscalls.MS_NOSUID, "mode=755,size=1m")
    for name, descriptor in held.items():
        target = root / name
        if (Path("/proc/self/fd") / str(descriptor)).is_dir():
            target.mkdir()
        else:
            target.touch()
        source = f"/proc/self/fd/{descriptor}"
        syscalls.mount(source, target, "", syscalls.MS_BIND | syscalls.MS_REC)
        os.close(descriptor)


def make_users(place, password):
    """Makes the groups and users of a class, with homes, in an /etc of our own."""
    etc = place / "etc"
    shutil.copytree("/etc", etc, symlinks=True)
    syscalls.mount(etc, "/etc", "", syscalls.MS_BIND)
    homes = place / "home"
    homes.mkdir()
    for group in ("layerwise-instructors", "layerwise-students"):
        subprocess.run(["groupadd", group], check=True)
    for number, name in enumerate((TEACHER, *STUDENTS)):
        group = "instructors" if name == TEACHER else "students"
        make = ["useradd", "-m", "-d", homes / name, "-s", "/bin/bash"]
        make += ["-u", str(FIRST_UID + number), "-G", f"layerwise-{group}", name]
        subprocess.run(make, check=True)
        subprocess.run(["chpasswd"], input=f"{name}:{password}", text=True, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
