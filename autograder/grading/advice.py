"""Says in words what was found where a notebook should be, and what to do about it."""

import itertools
import os
from collections.abc import Collection
from pathlib import Path

# A notebook over this is not read; nor are files beside it that are over it together.
MAX_BYTES = 20_000_000
# What of a folder is looked at for advice, and how much of it is told.
MAX_LOOKED, MAX_TOLD, LONGEST_NAME = 200, 5, 80
CHECKPOINTS = ".ipynb_checkpoints"
# Endings that programs put behind a notebook's name.
APPENDED = (".txt", ".json", ".download", ".crdownload", ".part")
ARCHIVES = (".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".rar")
# What else is handed in for a notebook, and what the student had in mind.
EXPORTS = {
    ".py": "a Python script",
    ".html": "a web page",
    ".htm": "a web page",
    ".pdf": "a PDF file",
    ".docx": "a document",
    ".png": "a picture",
    ".jpg": "a picture",
}


def shown_name(name: str) -> str:
    """Returns a file's name as text: what is no text is written as in Python.

    From Windows come names that are not UTF-8, and a name may hold line ends too.
    """
    if name.isprintable():
        return name
    return spell_out(os.fsencode(name).decode("utf-8", "backslashreplace"))


def spell_out(text: str) -> str:
    """Writes what is not printable in a text as Python does."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def describe_no_folder(folder: Path) -> str:
    """Says why a submission's folder cannot be read."""
    for place in (folder.parent, folder):
        if os.path.islink(place):
            return f"the folder {_told(place.name)} is a link, which is not followed"
    try:
        folder.lstat()
    except PermissionError:
        return f"the folder {_told(folder.parent.name)} may not be entered"
    except (OSError, ValueError):
        return "nothing was handed in"
    return f"{_told(folder.name)} is a file, not a folder with a notebook"


def describe_unread(path: Path) -> str:
    """Says why a file was not read; continues "the file ..."."""
    try:
        size = path.lstat().st_size
    except OSError:
        size = 0
    if size > MAX_BYTES:
        return (
            f"has {size:,} bytes; at most {MAX_BYTES:,} are read. Clear all outputs, "
            "save and hand in again"
        )
    return "is no file that can be read. Save the notebook anew and hand in again"


def is_plain_file(path: Path) -> bool:
    """Returns whether there is a regular file, and no link to one."""
    return os.path.isfile(path) and not os.path.islink(path)


def describe_missing(folder: Path, path: Path, known: Collection[str] = ()) -> str:
    """Says what was found in place of a notebook, and what to do.

    Args:
        folder: A submission's.
        path: Where its notebook should be.
        known: The names of the assignment's notebooks: another one that is there was
            not given a wrong name.
    """
    wanted = path.name
    if os.path.islink(path):
        return f"{wanted} is a link, which is not followed"
    if os.path.isdir(path):
        inside = _find_notebook(path, wanted)
        advice = f". Hand in the notebook {inside} that is in it" if inside else ""
        return f"{wanted} is a folder, not a notebook{advice}"
    if os.path.lexists(path):
        return f"{wanted} is a pipe or a device, not a notebook"
    names = _look(folder)
    if names is None:
        return f"the folder {_told(folder.name)} may not be opened"
    shown = [name for name in names if not name.startswith(".")]
    found = ", ".join(map(_told, shown[:MAX_TOLD])) if shown else "an empty folder"
    known = {f"{name}.ipynb" for name in known} - {wanted}
    files = [name for name in shown if not _is_folder(folder / name)]
    files = [name for name in files if name not in known]
    for advice in (_of_names(files, wanted), _of_folders(folder, names, wanted)):
        if advice:
            return f"{wanted} is not there; found {advice}"
    return f"{wanted} is not there; found {found}"


def _of_names(names: list[str], wanted: str) -> str:
    """Returns advice on files whose names come close to a notebook's."""
    stem = wanted.removesuffix(".ipynb")
    notebooks = [name for name in names if name.lower().endswith(".ipynb")]
    if notebooks:
        listed = ", ".join(map(_told, notebooks[:MAX_TOLD]))
        return f"{listed}. Name it {wanted} and hand in again"
    for name in sorted(names, key=lambda name: not name.startswith(stem)):
        lower = name.lower()
        base, ending = os.path.splitext(lower)
        if ending in APPENDED and base.endswith(".ipynb"):
            return (
                f"{_told(name)}: a program has put {ending} behind its name. Name it "
                f"{wanted} and hand in again"
            )
        if ending in ARCHIVES:
            return (
                f"{_told(name)}, which is not unpacked. Unpack it and hand in the "
                f"notebook itself, as {wanted}"
            )
        if lower == stem.lower():
            return f"{_told(name)}. Name it {wanted} and hand in again"
        if ending in EXPORTS and base == stem.lower():
            return (
                f"{_told(name)}: {EXPORTS[ending]}, not the notebook. Hand in the "
                f"notebook itself, as {wanted}"
            )
    return ""


def _of_folders(folder: Path, names: list[str], wanted: str) -> str:
    """Returns advice on notebooks in folders below."""
    below = [name for name in names if not name.startswith(".")]
    for name in below:
        inside = _find_notebook(folder / name, wanted)
        if inside:
            return (
                f"{_told(name)}/{inside}, a folder too deep. Move it up, to "
                f"{folder.name}/{wanted}, and hand in again"
            )
    if CHECKPOINTS in names and not below:
        return (
            f"{CHECKPOINTS} alone, where Jupyter keeps copies of what it saved. Open "
            f"the notebook, save it as {wanted} and hand in again"
        )
    return ""


def _find_notebook(folder: Path, wanted: str) -> str:
    """Returns where a notebook lies in a folder, two levels down; else nothing."""
    places = [folder]
    if not _is_folder(folder):
        return ""
    places += [
        folder / name
        for name in (_look(folder) or [])[:MAX_TOLD]
        if not name.startswith(".") and _is_folder(folder / name)
    ]
    for place in places:
        notebooks = [it for it in _look(place) or [] if it.lower().endswith(".ipynb")]
        for name in sorted(notebooks, key=lambda name: name != wanted):
            relative = (place / name).relative_to(folder)
            return "/".join(map(_told, relative.parts))
    return ""


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _look(folder: Path) -> list[str] | None:
    """Returns the first names in a folder, sorted; `None` if it cannot be opened."""
    try:
        with os.scandir(folder) as scan:
            return sorted(entry.name for entry in itertools.islice(scan, MAX_LOOKED))
    except OSError:
        return None


def _told(name: str) -> str:
    """Returns a name for a sentence: text, of one line, and not too long."""
    name = shown_name(name)
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}..."
