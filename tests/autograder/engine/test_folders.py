"""Private folders, and what they hold."""

import os
import subprocess
import sys

from autograder.engine.folders import private_folder, size_of


def test_the_size_of_a_folder_is_what_it_takes_on_disk(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a").write_bytes(b"x" * 100_000)
    with open(tmp_path / "sparse", "wb") as file:
        file.truncate(10_000_000_000)
    (tmp_path / "link").symlink_to("/usr")
    assert 100_000 <= size_of(tmp_path, 10) < 200_000


def test_a_folder_of_too_many_entries_is_too_large(tmp_path):
    for number in range(11):
        (tmp_path / str(number)).touch()
    assert size_of(tmp_path, 11) == 0
    assert size_of(tmp_path, 10) == float("inf")


def make_deep(folder, depth):
    """Makes folders so deep that the innermost has no name that the system takes."""
    code = (
        "import os, sys\nos.chdir(sys.argv[1])\n"
        "for _ in range(int(sys.argv[2])):\n    os.mkdir('deep'); os.chdir('deep')"
    )
    subprocess.run([sys.executable, "-c", code, str(folder), str(depth)], check=True)


def test_folders_without_a_name_are_too_large_and_go_all_the_same():
    with private_folder("lw-") as place:
        make_deep(place, 1500)
        assert size_of(place, 10_000) == float("inf")
    assert not os.path.exists(place)
