"""Runs a command where every user of the machine can reach some folders.

    python -m autograder.proof.load.reachable FOLDER... -- COMMAND...

A Python under root's home folder is nobody else's to run, so that a hub could start no
server for another user there. The command gets a view of the file system of its own, in
which such a home folder is empty but for the folders named. The machine's own stays as
it is.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from autograder.sandbox import syscalls


def command_prefix(paths: Sequence[str | Path]) -> list[str]:
    """Returns what to put before a command so that all users can reach some folders.

    Nothing goes before it if everybody can reach the folders anyway.

    Raises:
        PermissionError: If a folder is out of reach and this user is not root.
    """
    closed = closed_above(paths)
    if not closed:
        return []
    if os.geteuid() != 0:
        raise PermissionError(
            f"other users cannot enter {closed[0]}, and only root can"
        )
    return [sys.executable, "-m", __spec__.name, *map(str, paths), "--"]


def closed_above(paths: Sequence[str | Path]) -> list[Path]:
    """Returns the outermost folders above some paths that other users cannot enter."""
    found = set()
    for path in map(Path, paths):
        for folder in reversed(path.absolute().parents):
            if not folder.stat().st_mode & 0o001:
                found.add(folder)
                break
    return sorted(found)


def open_up(paths: Sequence[str | Path]) -> None:
    """Puts this process where all users can reach some folders."""
    here = Path.cwd()
    syscalls.unshare(syscalls.CLONE_NEWNS)
    syscalls.mount("none", "/", "", syscalls.MS_REC | syscalls.MS_PRIVATE)
    # Held open, the folders can still be mounted once their parents are covered.
    held = {Path(path).absolute(): os.open(path, os.O_PATH) for path in paths}
    for folder in closed_above(paths):
        syscalls.mount(
            "tmpfs", str(folder), "tmpfs", syscalls.MS_NOSUID, "mode=755,size=16m"
        )
    for path, descriptor in sorted(held.items()):
        if not path.exists():
            path.mkdir(parents=True)
        if not os.path.sameopenfile(descriptor, os.open(path, os.O_PATH)):
            source = f"/proc/self/fd/{descriptor}"
            syscalls.mount(source, str(path), "", syscalls.MS_BIND | syscalls.MS_REC)
    # Anew by its name: where this process was may be covered now.
    os.chdir(here if here.is_dir() else "/")


def main(arguments: list[str]) -> None:
    """Opens the folders up and becomes the command.

    Args:
        arguments: `[FOLDER, ..., "--", PROGRAM, ARGUMENT, ...]`.
    """
    split = arguments.index("--")
    paths, command = arguments[:split], arguments[split + 1 :]
    os.umask(0o022)
    open_up(paths)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main(sys.argv[1:])
