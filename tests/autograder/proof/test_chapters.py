"""Running chapters."""

import nbformat
import pytest

from autograder.authoring.notebooks import build
from autograder.course import CourseError
from autograder.proof.chapters import headline, run_chapter, run_chapters


def add_to_chapter(tiny, text):
    path = tiny.chapters / "01_tiny.py"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    build(tiny.course)


def test_a_chapter_runs_and_its_headline_is_printed(tiny, capsys):
    add_to_chapter(
        tiny,
        '\n# %% tags=["headline"]\nimport os, sys\n'
        "print(os.environ['LAYERWISE_BUDGET'])\nprint('no', file=sys.stderr)\n"
        "\n# %%\nprint('other')\n",
    )
    assert run_chapters(tiny.course, budget="smoke") == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "01_tiny ..."
    assert shown[1].startswith("01_tiny: 0.")
    assert shown[2:] == ["    half of pi: 1.5707963267948966", "    smoke"]
    written = tiny.root / "build" / "chapters" / "01_tiny.ipynb"
    assert "1.5707963267948966" in headline(nbformat.read(written, as_version=4))
    # The notebook that is built stays without outputs.
    built = nbformat.read(tiny.notebooks / "01_tiny.ipynb", as_version=4)
    assert headline(built) == ""


def test_a_cell_that_fails_comes_with_its_traceback(tiny):
    add_to_chapter(tiny, "\n# %%\n1 / 0\n")
    with pytest.raises(CourseError, match="Chapter 01_tiny failed") as caught:
        run_chapter(tiny.course, "01_tiny", "smoke")
    assert "ZeroDivisionError" in str(caught.value)


@pytest.mark.parametrize(
    ("source", "fault"),
    [("import time; time.sleep(60)", "timed out"), ("import os; os._exit(1)", "died")],
)
def test_a_chapter_that_hangs_or_dies_is_said(tiny, monkeypatch, source, fault):
    monkeypatch.setattr("autograder.proof.chapters.CELL_SECONDS", {"smoke": 2})
    add_to_chapter(tiny, f"\n# %%\n{source}\n")
    with pytest.raises(CourseError, match=rf"Chapter 01_tiny failed[\s\S]*{fault}"):
        run_chapter(tiny.course, "01_tiny", "smoke")


def test_wrong_use_is_said(tiny, monkeypatch):
    with pytest.raises(CourseError, match="run `autograder build`"):
        run_chapter(tiny.course, "99_gone", "smoke")
    with pytest.raises(CourseError, match=r"has a name of .*gone"):
        run_chapters(tiny.course, ["gone"])
    monkeypatch.setenv("LAYERWISE_BUDGET", "tiny")
    with pytest.raises(CourseError, match=r"smoke, default, full\. Received: 'tiny'"):
        run_chapters(tiny.course)
