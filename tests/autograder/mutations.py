"""Submissions that went wrong in some way, drawn by a seed.

`mutate` changes a submission's folder in place, and always the same way for a seed:

    folder with hw.ipynb, a right answer  ──►  mutate(folder, "hw.ipynb", seed)  ──►
    cut, renamed, merged, without metadata, as a pipe, with files of odd names, ...

`FAMILIES` has them all. What they leave can be removed with `rm -rf` by its owner.
"""

import codecs
import contextlib
import copy
import json
import os
import random
import socket

# Values that stand where something else should.
ODD = (
    *(None, True, -1, 0, 2**70, 1e999, float("nan"), "", "x", "\ud800", "[/red]\\[b]"),
    *([], {}, [None], ["a", 5], {"a": {"b": []}}, [[[[[]]]]], "\0", "a\nb", "é" * 500),
)
ODD_NAMES = (
    b"r\xe9sum\xe9.ipynb",
    b"\xff\xfe",
    b"new\nline.csv",
    b"[bold]\\[x].txt",
    b"<script>alert(1)<.csv",
    b"-rf",
    b"\x1b[31mred.csv",
    b"a" * 250,
    "\u202egpj.csv".encode(),
    "数据².csv".encode(),
    b"hw.zip",
    b".ipynb_checkpoints",
)
# Ids of students, as names of their folders.
ODD_STUDENTS = (
    b"r\xe9mi",
    b"li\nne",
    b"[red]bob\\[",
    b"<b>eve",
    "李²".encode(),
    b"a'b\"c,d",
    b"\x1b[31mred",
    b"s" * 200,
)
# What an answer may say when it fails, or print.
MESSAGES = (
    "raise ValueError('[/red] \\\\[bold] \\\\')",
    "raise ValueError('\\x1b[31m' * 500)",
    "raise ValueError('\\ud800 \\0 <script>')",
    "raise type('[bold]', (Exception,), {})('x')",
    "raise KeyError({'a': ['b'] * 50})",
    "class E(Exception):\n    def __str__(self): raise self\nraise E()",
    "print('\\\\[' * 3000)",
    "print('<b>' * 500)",
    "print('a' + ' ' * 20000 + 'b')",
    "def (:",
    "%%nomagic\nx",
    "raise SystemExit(3)",
)


def mutate(folder, name, seed):
    """Changes a submission.

    Args:
        folder: Path of its folder, which holds a notebook that can be read.
        name: The notebook's file name.
        seed: An integer: what is changed, and how.

    Returns:
        The names of what was done.
    """
    draw = random.Random(seed)
    path = folder / name
    chosen = draw.sample(sorted(FAMILIES), draw.choice((1, 1, 2, 3)))
    done = []
    # A notebook that was cut, or is gone, has no cells to change: those come first.
    for family in ("cells", "values", "bytes", "files"):
        if family not in chosen:
            continue
        change = draw.choice(FAMILIES[family])
        done.append(change.__name__)
        if family == "files":
            change(draw, folder, path)
        elif family == "bytes":
            path.write_bytes(change(draw, path.read_bytes()))
        else:
            notebook = json.loads(path.read_bytes())
            change(draw, notebook)
            path.write_bytes(json.dumps(notebook).encode())
    return done


# Bytes: what disks, mail programs and editors do.


def cut(draw, content):
    return content[: draw.randrange(len(content))]


def flip_bytes(draw, content):
    changed = bytearray(content)
    for _ in range(draw.choice((1, 3, 30))):
        changed[draw.randrange(len(changed))] = draw.randrange(256)
    return bytes(changed)


def remove_bytes(draw, content):
    place = draw.randrange(len(content))
    return content[:place] + content[place + draw.randrange(1, 40) :]


def insert_bytes(draw, content):
    place = draw.randrange(len(content))
    odd = draw.choice((b"\0", b"[" * 3000, b'"', b"\xe9", b"<<<<<<< HEAD\n", b"NaN"))
    return content[:place] + odd + content[place:]


def repeat_bytes(draw, content):
    return content * draw.choice((0, 2))


def zero_tail(draw, content):
    return content[: draw.randrange(len(content))] + bytes(512)


def other_encoding(draw, content):
    text = json.dumps(json.loads(content), ensure_ascii=False)
    encoding = draw.choice(("utf-8-sig", "utf-16", "utf-16-be", "utf-32", "cp1252"))
    return text.encode(encoding, "replace")


def other_lines(draw, content):
    return content.replace(b", ", draw.choice((b",\r\n", b",\r", b",\n")))


def marked_twice(draw, content):
    return codecs.BOM_UTF8 * 2 + content


def other_file(draw, content):
    starts = (b"PK\x03\x04", b"%PDF-1.4", b"\x89PNG", b"<html>", b"import keras")
    return draw.choice(starts) + content[: draw.randrange(200)]


# Values: what a program writes that has another idea of the format.


def _places(value, found=None):
    """Lists the dicts and lists in a JSON value, each with a key or an index."""
    found = [] if found is None else found
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        found.append((value, key))
        if isinstance(value[key], dict | list):
            _places(value[key], found)
    return found


def odd_values(draw, notebook):
    for _ in range(draw.choice((1, 1, 2, 5))):
        places = _places(notebook)
        if places:
            holder, key = draw.choice(places)
            holder[key] = copy.deepcopy(draw.choice(ODD))


def lost_values(draw, notebook):
    for _ in range(draw.choice((1, 2, 8))):
        places = _places(notebook)
        if places:
            holder, key = draw.choice(places)
            del holder[key]


def foreign_keys(draw, notebook):
    for cell in notebook["cells"]:
        cell[draw.choice(("attachments", "outputs", "x", "execution_count"))] = (
            copy.deepcopy(draw.choice(ODD))
        )


def other_format(draw, notebook):
    notebook["nbformat"] = draw.choice((1, 2, 3, 4, 5, "4", None, [4], 4.5))
    notebook["nbformat_minor"] = draw.choice((0, 2, 5, 99, None, "5"))


def worksheets(draw, notebook):
    notebook["worksheets"] = [{"cells": notebook.pop("cells")}, None, {}]


def deep_values(draw, notebook):
    deep = []
    for _ in range(draw.choice((50, 900))):
        deep = [deep]
    notebook["metadata"]["deep"] = deep


def odd_ids(draw, notebook):
    for cell in notebook["cells"]:
        cell["id"] = draw.choice(("same", "added-002", "", None, 5, "x" * 65, "setup"))


# Cells: what students and programs do to them.


def lose_metadata(draw, notebook):
    share, ids = draw.choice((0.3, 1.0)), draw.random() < 0.5
    for number, cell in enumerate(notebook["cells"]):
        if draw.random() < share:
            cell["metadata"] = {}
            if ids:
                cell["id"] = f"c{number}"


def merge_cells(draw, notebook):
    cells = notebook["cells"]
    for _ in range(draw.choice((1, 2, 4))):
        if len(cells) > 1:
            place = draw.randrange(len(cells) - 1)
            parts = [_text(cells[place]), _text(cells.pop(place + 1))]
            cells[place]["source"] = "\n\n".join(parts)


def split_cells(draw, notebook):
    cells = notebook["cells"]
    place = draw.randrange(len(cells))
    lines = _text(cells[place]).split("\n")
    middle = draw.randrange(len(lines) + 1)
    second = copy.deepcopy(cells[place])
    cells[place]["source"] = "\n".join(lines[:middle])
    second["source"] = "\n".join(lines[middle:])
    cells.insert(place + 1, second)


def shuffle_cells(draw, notebook):
    draw.shuffle(notebook["cells"])


def repeat_cells(draw, notebook):
    cells = notebook["cells"]
    copies = copy.deepcopy(draw.sample(cells, draw.randrange(1, len(cells) + 1)))
    cells.extend(copies * draw.choice((1, 3)))


def delete_cells(draw, notebook):
    cells = notebook["cells"]
    for cell in draw.sample(cells, draw.randrange(1, len(cells) + 1)):
        cells.remove(cell)


def retype_cells(draw, notebook):
    for cell in draw.sample(notebook["cells"], 2):
        cell["cell_type"] = draw.choice(("code", "markdown", "raw", "heading", "x"))


def failing_cells(draw, notebook):
    """Odd messages, in cells of the student's and in answers."""
    cells = notebook["cells"]
    for _ in range(draw.choice((1, 3))):
        source = draw.choice(MESSAGES)
        if draw.random() < 0.5:
            draw.choice(cells)["source"] = source
        else:
            cell = {"cell_type": "code", "metadata": {}, "outputs": []}
            cells.insert(draw.randrange(len(cells)), cell | {"source": source})


def _text(cell):
    source = cell["source"]
    return "".join(source) if isinstance(source, list) else source


# Files: what lies where, under which name, and who may open it.


def odd_files(draw, folder, path):
    for name in draw.sample(ODD_NAMES, 4):
        with contextlib.suppress(OSError):
            _write(os.path.join(os.fsencode(folder), name), b"1,2")


def renamed(draw, folder, path):
    names = [os.fsencode(path.name).upper(), b"copy (1).ipynb", *ODD_NAMES]
    os.rename(path, os.path.join(os.fsencode(folder), draw.choice(names)))


def appended(draw, folder, path):
    path.rename(path.with_name(path.name + draw.choice((".txt", ".json", ".zip", "~"))))


def nested(draw, folder, path):
    below = folder / draw.choice(
        ("hw", "my work", ".ipynb_checkpoints", path.name + "_")
    )
    below.mkdir()
    path.rename(below / path.name)


def no_file(draw, folder, path):
    content = path.read_bytes()
    path.unlink()
    kind = draw.choice(("pipe", "folder", "link", "loop", "socket", "nothing", "empty"))
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
        (path / path.name).write_bytes(content)
    elif kind == "link":
        path.symlink_to("/etc/hostname")
    elif kind == "loop":
        path.symlink_to(path.name)
    elif kind == "socket":
        # The name of a socket may not be long.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as there:
            there.bind(str(path))
    elif kind == "empty":
        path.touch()


def huge(draw, folder, path):
    with path.open("r+b") as file:
        file.truncate(draw.choice((2_000_000, 20_000_001, 10**12)))


def closed(draw, folder, path):
    below = folder / "below"
    below.mkdir()
    (below / "a.csv").touch()
    place = draw.choice((path, folder, below))
    place.chmod(draw.choice((0, 0o111, 0o444)))


def odd_time(draw, folder, path):
    stamps = (b"", b"\xff\xfe", b"tomorrow", b"2027-13-45", b"9" * 400, b"\0")
    _write(folder / "timestamp.txt", draw.choice(stamps))


def odd_helpers(draw, folder, path):
    for name in draw.sample(
        ("helper.py", "numpy.py", "random.py", "sitecustomize.py"), 2
    ):
        (folder / name).write_text("raise RuntimeError('mine')")


def clashing(draw, folder, path):
    """Folders with names of files, files with names of folders, and long paths."""
    for name in ("helper.py", "timestamp.txt", "data/table.csv"):
        (folder / name).mkdir(parents=True)
        _write(folder / name / "x.csv", b"1")
    if draw.random() < 0.5:
        _write(folder / "data" / "y.csv", b"1")
    else:
        os.rename(folder / "data", folder / "other")
        _write(folder / "data", b"1")
    deep = folder
    for letter in "abcdefgh":
        deep /= letter * 240
        deep.mkdir()
        _write(deep / "x.csv", b"1")


def _write(path, content):
    with open(path, "wb") as file:
        file.write(content)


FAMILIES = {
    "bytes": (
        *(cut, flip_bytes, remove_bytes, insert_bytes, repeat_bytes, zero_tail),
        *(other_encoding, other_lines, marked_twice, other_file),
    ),
    "values": (
        *(odd_values, lost_values, foreign_keys, other_format, worksheets),
        *(deep_values, odd_ids),
    ),
    "cells": (
        *(lose_metadata, merge_cells, split_cells, shuffle_cells, repeat_cells),
        *(delete_cells, retype_cells, failing_cells),
    ),
    "files": (
        *(odd_files, renamed, appended, nested, no_file, huge, closed),
        *(odd_time, odd_helpers, clashing),
    ),
}
