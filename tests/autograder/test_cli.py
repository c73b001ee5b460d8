"""The command line: exit codes, and errors without a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from autograder.cli import main


def run(tiny, *arguments):
    return main(["--course", str(tiny.root), *arguments])


def test_build_says_what_it_made(tiny, capsys):
    (tiny.notebooks / "01_tiny.ipynb").unlink()
    assert run(tiny, "build") == 0
    assert capsys.readouterr().out.splitlines() == [
        "made       course/notebooks/en/01_tiny.ipynb",
        "unchanged  solutions/hw00_tiny/hw00_tiny.ipynb",
        "unchanged  assignments/en/hw00_tiny/hw00_tiny.ipynb",
        "3 notebooks, 1 changed",
    ]


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["grade", "hw99_x"], "There is no assignment 'hw99_x'"),
        (["grade", "hw00_tiny", "--student", "zed"], "zed: no such student"),
        (["answers", "hw99_x"], "There is no assignment 'hw99_x'"),
        (["answers", "hw00_tiny", "--only", "gone"], "no answer with 'gone'"),
    ],
)
def test_a_fault_of_the_course_is_one_line_and_2(entered, capsys, arguments, fault):
    assert run(entered, *arguments) == 2
    shown = capsys.readouterr()
    assert shown.err.startswith("autograder: ")
    assert fault in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


@pytest.mark.kernel
def test_before_anybody_handed_in_the_table_shows_what_there_is_to_be_had(
    entered, capsys
):
    before = (entered.classroom / "gradebook.db").read_bytes()
    assert run(entered, "grade", "hw00_tiny") == 1
    shown = capsys.readouterr()
    assert "Nobody handed in hw00_tiny" in shown.err
    rows = [line.split("│") for line in shown.out.splitlines() if "│" in line]
    points = {row[1].strip(): row[2].strip() for row in rows}
    assert points == {"the reference": "5/5", "untouched": "0/5"}
    assert (entered.classroom / "gradebook.db").read_bytes() == before
    assert not (entered.classroom / "journal.jsonl").exists()


def test_a_faulty_source_is_one_line_and_2(tiny, capsys):
    text = tiny.solution_source.read_text(encoding="utf-8")
    tiny.solution_source.write_text(text.replace('"points": 2', '"points": 0'), "utf-8")
    assert run(tiny, "build") == 2
    error = capsys.readouterr().err
    assert f"autograder: {tiny.solution_source}:18: points of 'test_double'" in error


def test_a_submission_that_cannot_be_graded_gives_1(entered, capsys):
    entered.hand_in("ana", b"")
    assert run(entered, "grade", "hw00_tiny", "--workers", "1") == 1
    assert "unreadable" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["paint"],
        ["grade"],
        ["grade", "hw00_tiny", "--workers", "0"],
        ["grade", "hw00_tiny", "--workers", "many"],
        ["grade", "hw00_tiny", "--cell-seconds", "-1"],
    ],
)
def test_wrong_use_gives_2(tiny, capsys, arguments):
    with pytest.raises(SystemExit) as caught:
        run(tiny, *arguments)
    assert caught.value.code == 2
    assert "usage: autograder" in capsys.readouterr().err


def test_the_program_finds_the_course_above_it_or_says_that_there_is_none(
    tiny, tmp_path
):
    program = Path(sys.executable).parent / "autograder"

    def call(folder):
        return subprocess.run(
            [program, "grade", "hw99_x"], cwd=folder, capture_output=True, text=True
        )

    inside = call(tiny.source / "hw00_tiny")
    assert (inside.returncode, inside.stdout) == (2, "")
    assert "There is no assignment 'hw99_x'" in inside.stderr
    (tmp_path / "elsewhere").mkdir()
    outside = call(tmp_path / "elsewhere")
    assert (outside.returncode, outside.stdout) == (2, "")
    assert outside.stderr.startswith("autograder: No nbgrader_config.py in ")
    assert "Traceback" not in inside.stderr + outside.stderr


def test_the_help_imports_nothing_that_takes_time():
    heavy = {"keras", "nbconvert", "nbformat", "nbgrader", "numpy", "rich", "traitlets"}
    code = (
        "import sys\nfrom autograder.cli import main\ntry:\n    main(['--help'])\n"
        f"finally:\n    print(sorted({heavy!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "usage: autograder" in done.stdout
    assert done.stderr == "[]\n"
