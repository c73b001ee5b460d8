"""The load: what it refuses, how it counts, whose Python it can run."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from autograder.course import CourseError
from autograder.proof.load import memory, ports, reachable, report, run, student
from autograder.proof.load.client import StepError

pytestmark = pytest.mark.kernel

USER = 65531


def test_too_many_students_are_refused():
    with pytest.raises(CourseError, match="At most 50"):
        run.check(51, None, ["cold"])
    with pytest.raises(CourseError, match="At most 50"):
        run.check(None, 51, ["cold"])


def test_nobody_is_no_load():
    with pytest.raises(CourseError, match="--students"):
        run.check(None, None, ["cold"])


def test_one_user_cannot_have_more_shared_kernels_than_the_parent_gives():
    run.check(12, None, ["shared"], users=False)
    run.check(13, None, ["cold", "own"], users=False)
    run.check(13, None, ["shared"], users=True)
    with pytest.raises(CourseError, match="only root"):
        run.check(13, None, ["shared"], users=False)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        ([3.0], (3.0, 3.0, 3.0)),
        ([2.0, 1.0], (1.5, 2.0, 2.0)),
        ([float(n) for n in range(1, 11)], (5.5, 9.0, 10.0)),
        ([float(n) for n in range(1, 12)], (6.0, 10.0, 11.0)),
    ],
)
def test_spread(seconds, expected):
    assert report.spread(seconds) == expected


def test_means_count_a_kernel_with_its_share_of_a_parent():
    def of(kernel, parent, server):
        sizes = zip(memory.PARTS, (kernel, parent, server), strict=True)
        return {part: {"all": size, "anonymous": size / 2} for part, size in sizes}

    measured = {"students": {"s01": of(100, 10, 50), "s02": of(200, 10, 70)}}
    assert memory.means(measured) == {
        "kernel": 150,
        "parent": 10,
        "server": 60,
        "total": 160,
    }
    assert memory.means(measured, "anonymous")["total"] == 80


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's smaps_rollup")
def test_proportional_size_grows_with_what_a_process_writes():
    size = 50_000_000
    before = memory.proportional([os.getpid()])
    block = bytearray(b"x") * size
    after = memory.proportional([os.getpid()])
    assert after["all"] - before["all"] == pytest.approx(len(block) / 1e6, rel=0.2)
    assert after["anonymous"] <= after["all"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's smaps_rollup")
def test_a_process_that_is_gone_has_no_size():
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert memory.proportional([gone.pid]) == {"all": 0, "anonymous": 0}


def _cell(name, source, solution):
    meta = {"grade_id": name, "solution": solution, "grade": not solution}
    cell = nbformat.v4.new_code_cell(source)
    cell.metadata["nbgrader"] = meta
    return cell


def test_answers_go_into_the_students_cells_only():
    released = nbformat.v4.new_notebook(
        cells=[_cell("f", "raise NotImplementedError", True), _cell("t", "test", False)]
    )
    reference = nbformat.v4.new_notebook(
        cells=[_cell("f", "answer", True), _cell("t", "hidden test", False)]
    )
    student.fill_in(released, reference)
    assert [cell.source for cell in released.cells] == ["answer", "test"]


def test_an_answer_that_is_missing_is_named():
    released = nbformat.v4.new_notebook(cells=[_cell("f", "", True)])
    with pytest.raises(StepError, match="no answer f"):
        student.fill_in(released, nbformat.v4.new_notebook())


def _hub(folder, names):
    return SimpleNamespace(
        assignment="hw",
        names=names,
        inbound=folder / "inbound",
        home=lambda name: folder / "homes" / name,
    )


def _submit(folder, name, text, own, timestamp="2027-03-12 18:30:00 UTC"):
    submitted = folder / "inbound" / f"{name}+hw+2027+x"
    submitted.mkdir(parents=True)
    (submitted / "hw.ipynb").write_text(text)
    if timestamp is not None:
        (submitted / "timestamp.txt").write_text(timestamp)
    (folder / "homes" / name / "hw").mkdir(parents=True)
    (folder / "homes" / name / "hw" / "hw.ipynb").write_text(own)


def test_only_whole_submissions_count(tmp_path):
    _submit(tmp_path, "s01", "all of it", "all of it")
    _submit(tmp_path, "s02", "all of", "all of it")
    _submit(tmp_path, "s03", "all of it", "all of it", timestamp=None)
    _submit(tmp_path, "stranger", "all of it", "all of it")
    there = _hub(tmp_path, ["s01", "s02", "s03", "s04"])
    assert run.complete_submissions(there) == {"s01"}


def test_without_an_exchange_nothing_has_arrived(tmp_path):
    assert run.complete_submissions(_hub(tmp_path, ["s01"])) == set()


def test_free_ports_are_free():
    first = ports.free_ports(3)
    assert 1023 < first < 65536 - 2


def test_a_folder_that_others_cannot_enter_is_found(tmp_path):
    tmp_path.chmod(0o755)
    closed = tmp_path / "closed"
    (closed / "inner" / "folder").mkdir(parents=True)
    closed.chmod(0o700)
    (closed / "inner").chmod(0o700)
    found = reachable.closed_above([closed / "inner" / "folder", "/usr"])
    # pytest's own folder may be its user's alone.
    assert closed in found or any(path in closed.parents for path in found)
    assert reachable.closed_above(["/usr"]) == []
    assert reachable.command_prefix(["/usr"]) == []


ASK = """
import os
print(os.getuid(), os.listdir({closed!r}), open({file!r}).read())
"""


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs a mount of its own"
)
def test_others_reach_what_was_named_and_nothing_else(tmp_path):
    closed = tmp_path / "closed"
    (closed / "shown").mkdir(parents=True)
    (closed / "shown" / "file").write_text("seen")
    (closed / "secret").write_text("not seen")
    closed.chmod(0o700)
    file = str(closed / "shown" / "file")
    python = Path("/usr/bin/python3")
    if not python.exists():
        pytest.skip("no Python that an ordinary user can run")
    prefix = reachable.command_prefix([closed / "shown"])
    outer = reachable.closed_above([closed])
    drop = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    ask = ASK.format(closed=str(closed), file=file)
    result = subprocess.run(
        [*prefix, *drop, str(python), "-c", ask], capture_output=True, text=True
    )
    assert result.stdout.split(maxsplit=1) == [str(USER), "['shown'] seen\n"], (
        result.stderr[-1000:] or outer
    )
    # Outside of the command's own view nothing has changed.
    assert sorted(path.name for path in closed.iterdir()) == ["secret", "shown"]
    refused = subprocess.run(
        [*drop, str(python), "-c", ask], capture_output=True, text=True
    )
    assert refused.returncode != 0
