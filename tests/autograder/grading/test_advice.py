"""What was handed in under another name: which file was found, and what to do."""

import os
import socket

import pytest

from autograder.grading.advice import (
    describe_missing,
    describe_no_folder,
    describe_unread,
    shown_name,
)

AGAIN = "and hand in again"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "hw"
    made.mkdir()
    return made


def told(folder):
    return describe_missing(folder, folder / "hw.ipynb")


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        ([], ["found an empty folder"]),
        (["notes.txt"], ["found notes.txt"]),
        (["hw (1).ipynb"], ["found hw (1).ipynb. Name it hw.ipynb", AGAIN]),
        (["hw.IPYNB"], ["found hw.IPYNB. Name it hw.ipynb", AGAIN]),
        (["Hw.ipynb", "x.ipynb"], ["found Hw.ipynb, x.ipynb. Name it hw.ipynb", AGAIN]),
        (["hw.ipynb.txt"], ["put .txt behind its name. Name it hw.ipynb", AGAIN]),
        (["hw.ipynb.json"], ["put .json behind its name. Name it hw.ipynb", AGAIN]),
        (["hw.zip"], ["hw.zip, which is not unpacked. Unpack it", "as hw.ipynb"]),
        (["work.tar.gz"], ["work.tar.gz, which is not unpacked"]),
        (["hw"], ["found hw. Name it hw.ipynb", AGAIN]),
        (["hw.py"], ["hw.py: a Python script, not the notebook", "as hw.ipynb"]),
        (["hw.html"], ["hw.html: a web page, not the notebook"]),
        (["hw/hw.ipynb"], ["found hw/hw.ipynb, a folder too deep", AGAIN]),
        (["hw/hw/hw.ipynb"], ["found hw/hw/hw.ipynb, a folder too deep", AGAIN]),
        (["my work/Untitled.ipynb"], ["found my work/Untitled.ipynb, a folder too"]),
        (
            [".ipynb_checkpoints/hw-checkpoint.ipynb"],
            [
                ".ipynb_checkpoints alone",
                "Open the notebook, save it as hw.ipynb",
                AGAIN,
            ],
        ),
        (["hw.ipynb/hw.ipynb"], ["hw.ipynb is a folder", "the notebook hw.ipynb that"]),
    ],
)
def test_what_is_there_is_named_and_what_to_do(folder, names, parts):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"{}")
    for part in parts:
        assert part in told(folder)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"r\xe9sum\xe9.ipynb", "r\\xe9sum\\xe9.ipynb"),
        (b"a\nb.ipynb", "a\\nb.ipynb"),
        (b"\x1b[31mred.ipynb", "\\x1b[31mred.ipynb"),
        ("\u202egpj.ipynb".encode(), "\\u202egpj.ipynb"),
        (b"[bold]<script>.ipynb", "[bold]<script>.ipynb"),
        ("数据.ipynb".encode(), "数据.ipynb"),
    ],
)
def test_any_name_can_be_told(folder, name, shown):
    with open(os.path.join(os.fsencode(folder), name), "w"):
        pass
    assert shown_name(os.fsdecode(name)) == shown
    assert f"found {shown}." in told(folder)
    assert told(folder).isprintable()


def test_a_long_name_is_cut(folder):
    (folder / f"{'a' * 240}.ipynb").touch()
    assert len(told(folder)) < 250


def test_pipes_sockets_and_links_are_named(folder):
    path = folder / "hw.ipynb"
    os.mkfifo(path)
    assert told(folder) == "hw.ipynb is a pipe or a device, not a notebook"
    path.unlink()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.bind(str(path))
        assert told(folder) == "hw.ipynb is a pipe or a device, not a notebook"
    path.unlink()
    path.symlink_to(path)
    assert told(folder) == "hw.ipynb is a link, which is not followed"


def test_a_folder_that_may_not_be_opened_is_told_of(folder, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    assert told(folder) == "the folder hw may not be opened"
    monkeypatch.setattr(type(folder), "lstat", refuse)
    assert "may not be entered" in describe_no_folder(folder)
    assert describe_unread(folder / "hw.ipynb").startswith("is no file that can be")


def test_a_crowded_folder_is_looked_at_in_part(folder):
    for number in range(500):
        (folder / f"{number}.csv").touch()
    assert told(folder).count(".csv") == 5
