"""What students hand in, and where it lies."""

import os

import pytest

from autograder.grading.submission import MAX_BYTES, find_students, read_submission

NAME = "hw00_tiny.ipynb"


def test_a_good_submission_comes_with_the_files_beside_it(tiny):
    path = tiny.hand_in("ana", tiny.released(), timestamp="2027-03-12 18:30:00 UTC")
    folder = path.parent
    (folder / "plots").mkdir()
    (folder / "plots" / "a.csv").write_text("1")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / NAME).write_text("{}")
    (folder / "scratch.ipynb").write_text("{}")
    (folder / "link.txt").symlink_to("/etc/hostname")
    found = read_submission(tiny.course, tiny.assignment, "ana")
    assert found.status == ""
    assert found.reason == ""
    assert found.notebook == path.read_bytes()
    assert sorted(found.files) == ["plots/a.csv", "timestamp.txt"]


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        ([], ["is not there; found an empty folder"]),
        (["hw00_tiny (1).ipynb"], ["found hw00_tiny (1).ipynb", f"Name it {NAME}"]),
        (["notes.txt"], ["is not there; found notes.txt"]),
        (["timestamp.txt"], ["is not there; found timestamp.txt"]),
    ],
)
def test_what_is_missing_is_said_with_what_is_there(tiny, names, parts):
    tiny.hand_in("ana", None)
    for name in names:
        tiny.hand_in("ana", b"{}", name=name)
    found = read_submission(tiny.course, tiny.assignment, "ana")
    assert found.status == "missing"
    assert found.notebook is None
    for part in parts:
        assert part in found.reason


def test_no_folder_a_link_a_folder_for_a_file_and_a_huge_file(tiny):
    def read(student):
        found = read_submission(tiny.course, tiny.assignment, student)
        return found.status, found.reason

    assert read("nobody") == ("missing", "nothing was handed in")
    path = tiny.hand_in("ana", tiny.released())
    link = tiny.hand_in("bo", None)
    link.symlink_to(path)
    assert read("bo") == ("missing", f"{NAME} is a link, which is not followed")
    tiny.hand_in("cy", None).mkdir()
    assert read("cy") == ("missing", f"{NAME} is a folder, not a notebook")
    os.truncate(tiny.hand_in("dee", b"{}"), MAX_BYTES + 1)
    outcome, reason = read("dee")
    assert outcome == "unreadable"
    assert "20,000,001 bytes; at most 20,000,000 are read" in reason


def test_files_beside_the_notebook_are_bounded(tiny):
    path = tiny.hand_in("ana", tiny.released())
    for name in ("a.bin", "b.bin"):
        (path.parent / name).touch()
        os.truncate(path.parent / name, MAX_BYTES // 2 + 1)
    found = read_submission(tiny.course, tiny.assignment, "ana")
    assert found.status == ""
    assert sorted(found.files) == ["a.bin"]


def test_students_are_found_in_the_order_of_their_ids(tiny):
    for student in ("s10", "s9", "ana"):
        tiny.hand_in(student, None)
    (tiny.submitted / "zed").mkdir()
    (tiny.submitted / ".hidden" / tiny.assignment).mkdir(parents=True)
    assert find_students(tiny.course, tiny.assignment) == ["ana", "s9", "s10"]
    assert find_students(tiny.course, "hw99_x") == []
