"""Running chapters."""

import nbformat
import pytest

from autograder.authoring.notebooks import build
from autograder.course import CourseError
from autograder.proof.chapters import (
    chapter_facts,
    headline,
    run_chapter,
    run_chapters,
)

pytestmark = pytest.mark.kernel


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


def test_what_a_run_showed_is_kept_until_the_chapter_changes(tiny, monkeypatch):
    add_to_chapter(tiny, '\n# %% tags=["headline"]\nprint("one")\n')
    facts = chapter_facts(tiny.course, "01_tiny")
    assert facts.headline.endswith("one\n")
    assert facts.cpu_seconds > 0
    with monkeypatch.context() as patch:
        # A second run would fail.
        patch.setattr("autograder.proof.chapters.run_chapter", None)
        assert chapter_facts(tiny.course, "01_tiny") == facts
    add_to_chapter(tiny, '\n# %% tags=["headline"]\nprint("two")\n')
    assert chapter_facts(tiny.course, "01_tiny").headline.endswith("two\n")


def test_a_chapter_that_fails_does_not_keep_the_next_from_running(tiny, capsys):
    good = (tiny.chapters / "01_tiny.py").read_text(encoding="utf-8")
    (tiny.chapters / "02_tiny.py").write_text(good, encoding="utf-8")
    add_to_chapter(tiny, "\n# %%\n1 / 0\n")
    assert run_chapters(tiny.course, budget="smoke") == 1
    shown = capsys.readouterr().out
    assert "ZeroDivisionError" in shown
    assert "02_tiny: 0." in shown
    assert shown.splitlines()[-1] == "1 of 2 chapters failed: 01_tiny"


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
