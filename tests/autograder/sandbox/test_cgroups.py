"""Control groups: where they can be made, and what they do."""

import os
import subprocess
import sys

import pytest

from autograder.sandbox import cgroups

pytestmark = pytest.mark.kernel

DELEGATED = cgroups.find()
ALLOWED = pytest.mark.skipif(
    set(DELEGATED) != set(cgroups.BOUNDS), reason="no control groups are delegated here"
)


@pytest.fixture
def mounted(tmp_path, monkeypatch):
    """A folder in which every new folder is a group, as in the system's own."""
    monkeypatch.delenv(cgroups.VARIABLE, raising=False)
    made, mkdir = tmp_path / "mounted", cgroups.Path.mkdir

    def make(path, *args, **kwargs):
        mkdir(path, *args, **kwargs)
        for version in (0, 1):
            for name in cgroups.BOUNDS:
                if (path.parent / f"has-{name}-{version + 1}").exists():
                    (path / cgroups.BOUNDS[name][version]).touch()

    def remove(path):
        for file in path.iterdir():
            file.unlink()
        os.rmdir(path)

    monkeypatch.setattr(cgroups.Path, "mkdir", make)
    monkeypatch.setattr(cgroups.Path, "rmdir", remove)
    return made


def provide(folder, version, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"has-{name}-{version}").touch()


def test_version_1_has_a_folder_for_each(mounted, tmp_path):
    own = tmp_path / "own"
    own.write_text("5:pids:/\n4:memory:/jobs/7\n3:cpu,cpuacct:/\n0::/\n")
    provide(mounted / "memory" / "jobs" / "7", 1, "memory")
    provide(mounted / "pids", 1, "pids")
    assert cgroups.find(mounted, own) == {
        "memory": mounted / "memory" / "jobs" / "7",
        "pids": mounted / "pids",
    }


def test_version_2_has_one_for_all(mounted, tmp_path):
    own = tmp_path / "own"
    own.write_text("0::/user.slice/hub.service\n")
    folder = mounted / "user.slice" / "hub.service"
    provide(folder, 2, "memory", "pids")
    assert cgroups.find(mounted, own) == {"memory": folder, "pids": folder}


def test_what_is_not_delegated_is_not_used(mounted, tmp_path):
    own = tmp_path / "own"
    own.write_text("0::/user.slice\n")
    # There is no such folder; then there is one without the controllers' files.
    assert cgroups.find(mounted, own) == {}
    (mounted / "user.slice").mkdir(parents=True)
    assert cgroups.find(mounted, own) == {}
    assert cgroups.find(mounted, tmp_path / "nothing") == {}


def test_an_administrator_names_a_folder(mounted, tmp_path, monkeypatch):
    own = tmp_path / "own"
    own.write_text("0::/user.slice\n")
    provide(mounted / "delegated", 2, "memory", "pids")
    monkeypatch.setenv(cgroups.VARIABLE, str(mounted / "delegated"))
    assert set(cgroups.find(mounted, own).values()) == {mounted / "delegated"}


def test_without_a_place_there_are_no_groups():
    with cgroups.make_groups(2, {}, memory=1, pids=1) as groups:
        assert groups == []


# The process waits for a line, so that it is in its group before it does anything.
WAIT = "input(); "


def start(code):
    return subprocess.Popen(
        [sys.executable, "-c", WAIT + code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@ALLOWED
def test_a_process_that_takes_too_much_is_killed():
    with cgroups.make_groups(1, DELEGATED, memory=60_000_000, pids=20) as (group,):
        modest = start("x = bytearray(b'x' * 10_000_000); print(len(x))")
        group.add(modest.pid)
        assert modest.communicate(b"\n")[0] == b"10000000\n"
        assert not group.has_killed()
        greedy = start("x = bytearray(b'x' * 300_000_000)")
        group.add(greedy.pid)
        greedy.communicate(b"\n")
        assert greedy.returncode == -9
        assert group.has_killed()
        folders = group.folders
    assert not any(folder.exists() for folder in folders)


@ALLOWED
def test_processes_are_counted():
    code = (
        "import subprocess\n"
        "try:\n    [subprocess.Popen(['sleep', '1']) for _ in range(40)]\n"
        "except OSError as error:\n    print(error.errno)"
    )
    with cgroups.make_groups(1, DELEGATED, memory=500_000_000, pids=10) as (group,):
        many = start(code)
        group.add(many.pid)
        assert many.communicate(b"\n")[0].split()[-1] == b"11"


def test_a_group_whose_maker_was_killed_is_removed(tmp_path):
    gone = subprocess.Popen(["true"])
    gone.wait()
    own, old, new = (
        tmp_path / f"layerwise-{pid}-{name}-0"
        for pid, name in ((os.getpid(), 1), (gone.pid, 2), (gone.pid, 3))
    )
    for folder in (own, old, new):
        folder.mkdir()
    for folder in (own, old):
        os.utime(folder, (1, 1))
    cgroups.remove_stale(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([own, new])
