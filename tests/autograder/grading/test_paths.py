"""Folders that were made to hurt whoever reads them."""

import os
import socket

import pytest

from autograder.grading import submission
from autograder.grading.grade_class import grade_class
from autograder.grading.submission import (
    MISSING,
    UNREADABLE,
    find_students,
    read_files,
    read_regular,
    read_submission,
)
from autograder.limits import Limits

pytestmark = pytest.mark.kernel


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "hw"
    made.mkdir()
    return made


def names(folder):
    return sorted(read_files(folder, folder / "hw.ipynb"))


def test_links_are_not_followed(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.txt").write_text("token")
    (folder / "file").symlink_to(secret / "key.txt")
    (folder / "place").symlink_to(secret)
    (folder / "loop").symlink_to(folder)
    (folder / "mine.txt").write_text("mine")
    assert names(folder) == ["mine.txt"]


def test_pipes_sockets_and_devices_are_not_opened(folder):
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.bind(str(folder / "socket"))
        (folder / "null").symlink_to("/dev/zero")
        assert names(folder) == []
        assert read_regular(folder / "pipe") is None
        assert read_regular(folder / "null") is None
        assert read_regular(folder) is None


def test_a_file_that_became_a_link_is_not_read(folder, tmp_path, monkeypatch):
    (tmp_path / "secret.txt").write_text("token")
    (folder / "a.txt").write_text("a")
    listed = submission._list_files(folder)
    (folder / "a.txt").unlink()
    (folder / "a.txt").symlink_to(tmp_path / "secret.txt")
    monkeypatch.setattr(submission, "_list_files", lambda _: listed)
    assert read_files(folder, folder / "hw.ipynb") == {}


def test_many_files_and_deep_folders_are_bounded(folder):
    for number in range(submission.MAX_ENTRIES + 500):
        (folder / f"f{number:05}").touch()
    assert len(names(folder)) <= submission.MAX_ENTRIES
    deep = folder
    for _ in range(60):
        deep /= "d"
    deep.mkdir(parents=True)
    (deep / "bottom.txt").write_text("x")
    assert "bottom.txt" not in " ".join(names(folder))


def test_a_sparse_file_is_left_out_and_others_stay(folder):
    with open(folder / "big.bin", "wb") as file:
        file.truncate(50_000_000_000)
    (folder / "small.txt").write_text("x")
    assert names(folder) == ["small.txt"]


def test_names_in_other_alphabets_stay_and_no_text_goes(folder):
    (folder / "数据.txt").write_text("x")
    (folder / "ü n.txt").write_text("x")
    (folder / "new\nline.txt").write_text("x")
    with open(os.fsencode(folder) + b"/\xff.txt", "w"):
        pass
    assert names(folder) == ["ü n.txt", "数据.txt"]


@pytest.mark.parametrize("part", ["student", "assignment"])
def test_a_folder_that_is_a_link_is_told_of_and_not_followed(entered, part):
    entered.hand_in("ana", entered.answered())
    ana = entered.submitted / "ana"
    mal = entered.submitted / "mal"
    if part == "student":
        mal.symlink_to(ana)
    else:
        mal.mkdir()
        (mal / entered.assignment).symlink_to(ana / entered.assignment)
    # Whoever handed it in gets an outcome: nobody vanishes.
    assert find_students(entered.course, entered.assignment) == ["ana", "mal"]
    read = read_submission(entered.course, entered.assignment, "mal")
    assert (read.status, read.notebook) == (MISSING, None)
    assert "is a link, which is not followed" in read.reason


def test_a_file_where_the_folder_should_be(entered):
    (entered.submitted / "bo").mkdir(parents=True)
    (entered.submitted / "bo" / entered.assignment).write_text("my answer")
    assert find_students(entered.course, entered.assignment) == ["bo"]
    read = read_submission(entered.course, entered.assignment, "bo")
    assert (read.status, read.notebook) == (MISSING, None)
    assert "is a file, not a folder" in read.reason


def test_a_notebook_that_is_a_pipe_does_not_wait(entered):
    path = entered.hand_in("ana", None)
    os.mkfifo(path)
    read = read_submission(entered.course, entered.assignment, "ana")
    assert read.status in (MISSING, UNREADABLE)


@pytest.mark.parametrize("kind", ["pipe", "link", "folder"])
def test_a_date_that_is_no_file_is_none_and_nobody_waits(entered, tmp_path, kind):
    folder = entered.hand_in("ana", b"").parent
    if kind == "pipe":
        os.mkfifo(folder / "timestamp.txt")
    elif kind == "folder":
        (folder / "timestamp.txt").mkdir()
    else:
        (tmp_path / "early.txt").write_text("2001-01-01 10:00:00 UTC")
        (folder / "timestamp.txt").symlink_to(tmp_path / "early.txt")
    (outcome,) = grade_class(entered.course, entered.assignment, Limits(), workers=1)
    assert outcome.flags == ["no-time"]
