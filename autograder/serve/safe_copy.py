"""Copies what somebody has handed in, while they may still change it.

The folder is its student's, who can put links there, pipes, or another folder in its
place at any moment; whoever copies it reads what the student must not. So each folder
is opened once, never through a link, and what is looked at is what is copied.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from autograder.grading.submission import MAX_BYTES, MAX_DEPTH, MAX_ENTRIES


def take(
    folder: Path,
    target: Path,
    is_welcome: Callable[[int], bool] = lambda uid: True,
    most: int = 2 * MAX_BYTES,
) -> list[str]:
    """Copies a folder's regular files that belong to the folder's owner.

    Args:
        folder: A submission in the exchange.
        target: Where the copy is made; it must not exist.
        is_welcome: Says whether the folder may belong to a user id.
        most: Bytes to copy at most.

    Returns:
        What was left out, and why.

    Raises:
        OSError: If it is no folder, is gone, or is somebody else's.
    """
    top = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        owner = os.fstat(top).st_uid
        if not is_welcome(owner):
            raise PermissionError(f"{folder.name!r} is somebody else's")
        target.mkdir(0o750)
        return _copy_content(top, target, owner, most)
    finally:
        os.close(top)


def _copy_content(top: int, target: Path, owner: int, most: int) -> list[str]:
    left_out: list[str] = []
    seen = 0

    def skip(name: str, error: str | None = None) -> None:
        left_out.append(f"{name!r}: {error or 'is no plain file of its student'}")

    walk = os.fwalk(
        dir_fd=top,
        follow_symlinks=False,
        onerror=lambda error: skip("a folder", error.strerror),
    )
    for place, folders, names, descriptor in walk:
        below = target / place
        seen += len(folders) + len(names)
        if seen > MAX_ENTRIES:
            skip(place, f"over {MAX_ENTRIES} files and folders")
            return left_out
        folders[:] = [name for name in folders if _is_folder(name, descriptor)]
        if place.count("/") >= MAX_DEPTH:
            skip(place, f"over {MAX_DEPTH} folders deep")
            folders[:] = []
        for name in folders:
            (below / name).mkdir(0o750)
        # Notebooks first: files beside them must not use up the bytes that are left.
        for name in sorted(names, key=lambda name: (not name.endswith(".ipynb"), name)):
            try:
                content = _read(name, descriptor, owner, most)
            except OSError as error:
                skip(name, error.strerror)
                continue
            if content is None or not name.isprintable():
                skip(name)
            elif len(content) > most:
                skip(name, f"would be more than {most:,} bytes")
            else:
                (below / name).write_bytes(content)
                most -= len(content)
    return left_out


def _is_folder(name: str, folder: int) -> bool:
    try:
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and name.isprintable()


def _read(name: str, folder: int, owner: int, most: int) -> bytes | None:
    """Reads a file; one that is too large only as far as to see that it is."""
    # Without waiting for the other end of a pipe.
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(name, flags, dir_fd=folder)
    with open(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_uid != owner:
            return None
        return file.read(most + 1)
