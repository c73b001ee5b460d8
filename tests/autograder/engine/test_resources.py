"""What the processes take that a process has started."""

import os
import subprocess
import sys
import time

from autograder.engine.resources import (
    children_of,
    memory_of_children,
    private_folder,
    size_of,
)


def test_a_child_is_found_and_its_memory_counted():
    code = "x = bytearray(b'x' * 50_000_000); print(1, flush=True); input()"
    child = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        child.stdout.readline()
        assert child.pid in children_of(os.getpid())
        assert memory_of_children(os.getpid()) > 50_000_000
    finally:
        child.communicate(b"\n")
    deadline = time.monotonic() + 5
    while child.pid in children_of(os.getpid()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert child.pid not in children_of(os.getpid())


def test_a_process_that_is_gone_has_nothing():
    assert children_of(2**22 - 1) == []
    assert memory_of_children(2**22 - 1) == 0


def test_the_size_of_a_folder_is_what_it_takes_on_disk(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "a").write_bytes(b"x" * 100_000)
    with open(tmp_path / "sparse", "wb") as file:
        file.truncate(10_000_000_000)
    (tmp_path / "link").symlink_to("/usr")
    assert 100_000 <= size_of(tmp_path) < 200_000


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
        assert size_of(place) == float("inf")
    assert not os.path.exists(place)
