"""One notebook of one's own is graded by the same engine."""

import nbformat
import pytest

from autograder.cli import main
from autograder.course import CourseError
from autograder.grading.check import check
from autograder.limits import Limits

pytestmark = pytest.mark.kernel

LIMITS = Limits(cell_seconds=10)


def save(notebook, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def test_it_prints_points_and_messages_and_writes_a_page(tiny, tmp_path, capsys):
    wrong = tiny.answered(double="def double(x):\n    return 4")
    path = save(wrong, tmp_path / "mine" / "hw00_tiny.ipynb")
    assert check(tiny.course, path, LIMITS) == 1
    text = capsys.readouterr().out
    assert "0/2  test_double  AssertionError: double(0) gave 4" in text
    assert "3/3  test_area" in text
    assert "-/4  why          a person marks this answer" in text
    assert "hw00_tiny: 3/5" in text
    page = path.with_name("hw00_tiny-feedback.html")
    assert str(page) in text
    html = page.read_text(encoding="utf-8")
    assert "(Score: 3.0 / 9.0)" in html
    assert "_secret" not in html
    assert not tiny.autograded.exists()
    assert not (tiny.classroom / "gradebook.db").exists()
    assert not (tiny.classroom / "journal.jsonl").exists()


def test_all_passed_is_exit_status_0_and_out_names_the_page(tiny, tmp_path, capsys):
    path = save(tiny.answered(), tmp_path / "hw00_tiny" / "anything.ipynb")
    page = tmp_path / "pages" / "mine.html"
    options = ["--course", str(tiny.root), "check", str(path), "--out", str(page)]
    assert main(options) == 0
    assert page.is_file()
    assert "hw00_tiny: 5/5" in capsys.readouterr().out


def test_an_unknown_assignment_is_a_clear_error(tiny, tmp_path, capsys):
    path = save(tiny.answered(), tmp_path / "downloads" / "copy (1).ipynb")
    with pytest.raises(CourseError, match=r"--assignment\. Assignments: hw00_tiny"):
        check(tiny.course, path, LIMITS)
    with pytest.raises(CourseError, match="no assignment 'hw99'"):
        check(tiny.course, path, LIMITS, "hw99")
    with pytest.raises(CourseError, match="is not there"):
        check(tiny.course, tmp_path / "none.ipynb", LIMITS)
    assert check(tiny.course, path, LIMITS, "hw00_tiny") == 0
    options = ["--course", str(tiny.root), "check", str(path)]
    assert main(options) == 2
    assert "does not say which assignment it is" in capsys.readouterr().err


def test_a_file_that_is_no_notebook_gets_an_outcome(tiny, tmp_path, capsys):
    path = tmp_path / "hw00_tiny.ipynb"
    path.write_bytes(b"\x89PNG\r\n")
    assert check(tiny.course, path, LIMITS) == 1
    text = capsys.readouterr().out
    assert "is not a notebook but a picture" in text
    assert "hw00_tiny: 0/5, unreadable" in text


def test_changed_tests_are_put_back_and_files_beside_are_there(
    tiny, tmp_path, capsys, find_cell
):
    mine = tiny.answered(double="from own import double")
    find_cell(mine, "test_area").source = "pass"
    path = save(mine, tmp_path / "hw00_tiny" / "hw00_tiny.ipynb")
    (path.parent / "own.py").write_text("def double(x):\n    return x + x\n")
    assert check(tiny.course, path, LIMITS) == 0
    assert "put back: test_area was changed" in capsys.readouterr().out
