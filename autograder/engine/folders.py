"""Private folders of a run, and how much they hold."""

import contextlib
import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path


def size_of(folder: Path, most_entries: int) -> float:
    """Adds up what the files under a folder take on disk.

    Args:
        folder: The folder.
        most_entries: How many files, folders, links and sockets may lie under it.

    Returns:
        Bytes. Infinity if there are more entries, or if folders lie so deep that they
        have no name; what vanishes meanwhile has no size.
    """
    total, count, folders = 0.0, 0, [str(folder)]
    while folders:
        try:
            with os.scandir(folders.pop()) as scan:
                for entry in scan:
                    count += 1
                    if count > most_entries:
                        return float("inf")
                    # One that vanishes must not hide those that come after it.
                    with contextlib.suppress(FileNotFoundError):
                        if entry.is_dir(follow_symlinks=False):
                            folders.append(entry.path)
                        else:
                            status = entry.stat(follow_symlinks=False)
                            total += 512 * status.st_blocks
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                return float("inf")
    return total


@contextlib.contextmanager
def private_folder(prefix: str) -> Iterator[str]:
    """Makes a folder, yields its path, and removes it whatever is in it by then.

    Python's own `TemporaryDirectory` gives up on folders that lie 1,000 deep.
    """
    place = tempfile.mkdtemp(prefix=prefix)
    try:
        yield place
    finally:
        try:
            shutil.rmtree(place)
        except (OSError, RecursionError):
            if os.name == "posix":
                subprocess.run(["rm", "-rf", "--", place], stderr=subprocess.DEVNULL)
            else:
                shutil.rmtree(place, ignore_errors=True)


def write_files(folder: Path, files: Mapping[str, bytes] | None) -> None:
    """Makes a folder, which may exist, with files by relative path."""
    folder.mkdir(exist_ok=True)
    for name, content in (files or {}).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
