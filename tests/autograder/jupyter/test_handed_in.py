"""What students put into the exchange is copied as it is, and nothing it leads to."""

import os
import pwd
import shutil
import subprocess
import sys

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.grading.submission import MAX_DEPTH
from autograder.jupyter.exchange import OwnedCollect
from autograder.serve.inbox import find_arrivals, is_owner, parse
from autograder.serve.safe_copy import take

pytestmark = pytest.mark.kernel

HW = "hw"
STAMP = "2026-11-24 16:50:12.123456 UTC"
ME = pwd.getpwuid(os.geteuid()).pw_name
NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs to be root")
NOBODY = 65534


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """The address of an empty gradebook; making one takes long."""
    address = f"sqlite:///{tmp_path_factory.mktemp('gradebook')}/gradebook.db"
    with pytest.MonkeyPatch.context() as patch:
        # nbgrader runs alembic by its name.
        folder = os.path.dirname(sys.executable)
        patch.setenv("PATH", folder + os.pathsep + os.environ["PATH"])
        Gradebook(address, "course").close()
    return address


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "private" / f"{HW}.ipynb"
    path.parent.mkdir()
    path.write_text("the solution")
    return path


@pytest.fixture
def inbound(tmp_path):
    folder = tmp_path / "exchange" / "course" / "inbound"
    folder.mkdir(parents=True)
    return folder


def submit(inbound, student, stamp=STAMP, end="r", content="mine"):
    folder = inbound / f"{student}+{HW}+{stamp}+{end}"
    folder.mkdir()
    (folder / f"{HW}.ipynb").write_text(content)
    (folder / "timestamp.txt").write_text(stamp)
    return folder


@pytest.fixture
def collect(tmp_path, gradebook):
    """Collects as the instructor; returns a dict of what there is afterwards."""
    config = Config()
    config.CourseDirectory.root = str(tmp_path / "classroom")
    config.CourseDirectory.course_id = "course"
    config.CourseDirectory.assignment_id = HW
    config.CourseDirectory.db_url = gradebook
    config.Exchange.root = str(tmp_path / "exchange")

    def run(check_owner=True):
        config.ExchangeCollect.check_owner = check_owner
        os.chmod(tmp_path / "exchange", 0o777)
        OwnedCollect(coursedir=CourseDirectory(config=config), config=config).start()
        submitted = tmp_path / "classroom" / "submitted"
        return {
            path.relative_to(submitted).as_posix(): path.read_text()
            for path in submitted.rglob("*.ipynb")
        }

    return run


def test_files_and_folders_are_copied_as_they_are(tmp_path):
    source, target = tmp_path / "from", tmp_path / "to"
    (source / "a" / "b").mkdir(parents=True)
    (source / "a" / "b" / "data.csv").write_bytes(b"1,2")
    (source / ".hidden").write_bytes(b"")
    assert take(source, target) == []
    assert (target / "a" / "b" / "data.csv").read_bytes() == b"1,2"
    assert (target / ".hidden").read_bytes() == b""


def test_links_and_pipes_are_left_out_and_named(tmp_path, secret):
    source, target = tmp_path / "from", tmp_path / "to"
    source.mkdir()
    (source / "link").symlink_to(secret)
    (source / "folder").symlink_to(secret.parent)
    (source / "zeros").symlink_to("/dev/zero")
    os.mkfifo(source / "pipe")
    (source / "kept").write_text("kept")
    left_out = " ".join(take(source, target))
    assert [path.name for path in target.rglob("*")] == ["kept"]
    assert "'link'" in left_out
    assert "'pipe'" in left_out


def test_a_folder_that_is_swapped_for_a_link_meanwhile_changes_nothing(
    tmp_path, secret
):
    source, target = tmp_path / "from", tmp_path / "to"
    source.mkdir()
    (source / f"{HW}.ipynb").write_text("mine")

    def swap(uid):
        source.rename(tmp_path / "away")
        source.symlink_to(secret.parent)
        return uid == os.geteuid()

    take(source, target, swap)
    assert (target / f"{HW}.ipynb").read_text() == "mine"
    with pytest.raises(OSError, match="from"):
        take(source, tmp_path / "again")


@NEEDS_ROOT
def test_files_of_another_user_are_left_out(tmp_path):
    source, target = tmp_path / "from", tmp_path / "to"
    source.mkdir()
    (source / "others").write_text("a hard link")
    os.chown(source / "others", NOBODY, NOBODY)
    assert "others" in take(source, target)[0]
    with pytest.raises(PermissionError):
        take(source, tmp_path / "again", lambda uid: uid == NOBODY)


def test_what_is_too_large_too_deep_or_too_much_is_left_out(tmp_path):
    source, target = tmp_path / "from", tmp_path / "to"
    deep = source.joinpath(*["d"] * (MAX_DEPTH + 5))
    deep.mkdir(parents=True)
    (deep / "deep").write_text("x")
    with (source / "sparse").open("wb") as file:
        file.truncate(1 << 40)
    (source / "hw.ipynb").write_bytes(bytes(60))
    (source / "a").write_bytes(bytes(60))
    left_out = " ".join(take(source, target, most=100))
    assert [path.name for path in target.rglob("*") if path.is_file()] == ["hw.ipynb"]
    assert "'sparse'" in left_out
    assert "folders deep" in left_out


@pytest.mark.parametrize("check_owner", [True, False])
def test_a_link_to_the_solution_collects_no_solution(
    collect, inbound, secret, check_owner
):
    folder = submit(inbound, ME)
    (folder / f"{HW}.ipynb").unlink()
    (folder / f"{HW}.ipynb").symlink_to(secret)
    (folder / "all").symlink_to(secret.parent)
    assert collect(check_owner) == {}


@NEEDS_ROOT
def test_a_link_to_what_is_anothers_is_not_the_others(tmp_path, collect, inbound):
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / f"{HW}.ipynb").write_text("not handed in")
    os.chown(theirs, NOBODY, NOBODY)
    link = inbound / f"nobody+{HW}+{STAMP}+r"
    link.symlink_to(theirs)
    assert not is_owner(parse(link))
    assert collect() == {}


@pytest.mark.parametrize(
    "name",
    [
        f"zoe+{HW}+when I like+r",
        f"zoe+{HW}",
        f"..+{HW}+{STAMP}+r",
        f"zoe+{HW}+99999999999999999999+r",
        f"zoe+{HW}+other+{STAMP}+r",
        f"z\no\x80e+{HW}+{STAMP}+r",
    ],
)
@pytest.mark.parametrize("kind", ["folder", "file", "link"])
def test_a_name_of_ones_own_making_does_not_stop_the_class(
    collect, inbound, name, kind
):
    submit(inbound, ME)
    bad = inbound / name
    if kind == "folder":
        bad.mkdir()
    elif kind == "file":
        bad.touch()
    else:
        bad.symlink_to("x" * 300)
    assert collect(check_owner=False) == {f"{ME}/{HW}/{HW}.ipynb": "mine"}


def test_a_folder_that_cannot_be_copied_does_not_stop_the_class(collect, inbound):
    for student in ("ana", "bo", "zoe"):
        submit(inbound, student)
    shutil.rmtree(inbound / f"bo+{HW}+{STAMP}+r")
    (inbound / f"bo+{HW}+{STAMP}+r").symlink_to("x" * 300)
    assert sorted(collect(check_owner=False)) == [
        f"{student}/{HW}/{HW}.ipynb" for student in ("ana", "zoe")
    ]


def test_links_that_lead_too_far_do_not_stop_the_grader(inbound):
    (inbound / f"zoe+{HW}+{STAMP}+r").symlink_to("x" * 300)
    submit(inbound, "ana")
    assert [found.student for found in find_arrivals(inbound)] == ["ana"]


@NEEDS_ROOT
def test_a_closed_folder_does_not_stop_a_grader_who_is_not_root(tmp_path, inbound):
    folder = submit(inbound, "ana")
    folder.chmod(0)
    code = (
        "import os, sys; from pathlib import Path;"
        "from autograder.serve.safe_copy import take;"
        f"os.setresuid(*[{NOBODY}] * 3)\n"
        "try: take(Path(sys.argv[1]), Path('never'))\n"
        "except OSError as error: print(type(error).__name__)"
    )
    for path in (tmp_path, *tmp_path.parents):
        if "pytest" in str(path):
            path.chmod(0o755)
    said = subprocess.run(
        [sys.executable, "-c", code, folder], capture_output=True, text=True
    )
    assert said.stdout == "PermissionError\n", said.stderr
